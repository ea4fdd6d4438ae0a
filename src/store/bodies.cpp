#include "store/bodies.hpp"

#include <array>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/trace/codec.hpp"
#include "store/names.hpp"

namespace opentraces::store {

namespace {

constexpr std::string_view k_suffix = ".jsonl";
// A line longer than this cannot have been written from a record that was in memory.
constexpr std::size_t k_max_line = std::size_t{4} << 30;

class FileSink final : public json::Sink {
public:
    explicit FileSink(fs::NewFile& file) : m_file(file) {}

    void write(std::string_view text) override {
        m_digest.update(text);
        m_bytes += text.size();
        m_file.write(text);
    }
    std::uint64_t bytes() const { return m_bytes; }
    std::string digest() { return m_digest.finish_hex(); }

private:
    fs::NewFile& m_file;
    Sha256 m_digest;
    std::uint64_t m_bytes = 0;
};

}  // namespace

Bodies::Bodies(std::string folder, fs::Disk& disk)
    : m_traces(fs::join(folder, k_traces_folder)),
      m_pending(fs::join(folder, k_pending_folder)),
      m_disk(disk) {}

void Bodies::make_folders() {
    m_disk.make_directories(m_traces, 0700);
    m_disk.make_directories(m_pending, 0700);
}

std::string Bodies::path(const TraceId& id) const {
    if (!is_trace_id(id.str())) throw Error(ErrorCode::Internal, "an id that is no UUID would become a path");
    return fs::join(m_traces, id.str() + std::string(k_suffix));
}

std::string Bodies::pending_path(const TraceId& id, const std::string& tag) const {
    constexpr std::size_t k_tag_digits = 16;
    return fs::join(m_pending, id.str() + "." + tag.substr(0, k_tag_digits) + std::string(k_suffix));
}

std::optional<std::string> Bodies::read(const TraceId& id, const std::string& digest) {
    if (auto bytes = read_verified(path(id), digest)) return bytes;
    for (const fs::FileInfo& file : pending()) {
        if (id_of_pending(file.path) != id) continue;
        if (auto bytes = read_verified(file.path, digest)) return bytes;
    }
    return std::nullopt;
}

std::optional<std::string> Bodies::read_verified(const std::string& path, const std::string& digest) {
    try {
        std::string bytes = m_disk.read_all(path, k_max_line);
        if (sha256_hex(bytes) == digest) return bytes;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
    }
    return std::nullopt;
}

std::unique_ptr<fs::ReadFile> Bodies::open(const TraceId& id, const std::string& digest) {
    if (auto file = open_verified(path(id), digest)) return file;
    const auto found = find_pending(id, digest);
    return found ? open_verified(*found, digest) : nullptr;
}

std::unique_ptr<fs::ReadFile> Bodies::open_verified(const std::string& path, const std::string& digest) {
    try {
        auto file = m_disk.open(path);
        if (digest_of(*file) != digest) return nullptr;
        file->seek(0);
        return file;
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return nullptr;
    }
}

std::string Bodies::digest_of(fs::ReadFile& file) {
    std::string buffer(std::size_t{1} << 18, '\0');
    Sha256 digest;
    while (const std::size_t got = file.read(buffer.data(), buffer.size())) {
        digest.update(std::string_view(buffer).substr(0, got));
    }
    return digest.finish_hex();
}

std::string Bodies::digest_of(const std::string& path) {
    return digest_of(*m_disk.open(path));
}

bool Bodies::has(const TraceId& id, const std::string& digest) {
    return m_disk.info(path(id)) && digest_of(path(id)) == digest;
}

Body Bodies::write_pending(const TraceId& id, const std::string& source_digest, trace::TraceRecord& record,
                           const TraceId& supersedes) {
    record.trace_id = id.str();
    record.metadata.erase(k_supersedes);
    std::string tag = source_digest;
    if (!supersedes.empty()) {
        record.metadata.set(std::string(k_supersedes), supersedes.str());
        tag = sha256_hex(source_digest + supersedes.str());
    }
    const std::unique_ptr<fs::NewFile> file = m_disk.create(pending_path(id, tag), 0600);
    FileSink sink(*file);
    Body body;
    body.content_hash = trace::encode(record, sink);
    sink.write("\n");
    file->commit();
    body.bytes = sink.bytes();
    body.digest = sink.digest();
    return body;
}

std::optional<fs::FileInfo> Bodies::withdraw(const TraceId& id, const std::string& tag) {
    if (!m_disk.info(path(id))) return std::nullopt;
    const std::string to = pending_path(id, tag);
    m_disk.rename(path(id), to);
    return m_disk.info(to);
}

std::optional<std::string> Bodies::find_pending(const TraceId& id, const std::string& digest) {
    for (const fs::FileInfo& file : pending()) {
        if (id_of_pending(file.path) == id && digest_of(file.path) == digest) return file.path;
    }
    return std::nullopt;
}

void Bodies::adopt(const TraceId& id, const std::string& digest) {
    if (const auto found = find_pending(id, digest)) m_disk.rename(*found, path(id));
}

std::vector<fs::FileInfo> Bodies::pending() {
    std::vector<fs::FileInfo> files = m_disk.list(m_pending);
    std::erase_if(files, [](const fs::FileInfo& file) {
        const std::string name = fs::file_name(file.path);
        return file.kind != fs::FileKind::File || !(is_pending_file(name) || fs::is_temporary_name(name));
    });
    return files;
}

TraceId Bodies::id_of_pending(const std::string& path) {
    const std::string name = fs::file_name(path);
    if (!is_pending_file(name)) return {};  // half-written
    return TraceId(name.substr(0, name.find('.')));
}

void Bodies::remove_pending(const fs::FileInfo& file) {
    const auto now = m_disk.info(file.path);
    if (now && now->inode == file.inode && now->modified_ns == file.modified_ns) m_disk.remove(file.path);
}

std::vector<TraceId> Bodies::stored() {
    std::vector<TraceId> ids;
    for (const std::string& name : m_disk.names(m_traces))
        if (is_trace_file(name)) ids.emplace_back(fs::stem(name));
    return ids;
}

}  // namespace opentraces::store
