#include "opentraces/flow/raw_copies.hpp"

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/store/layout.hpp"

namespace opentraces::flow {
namespace {

constexpr std::size_t k_name_digits = 32;

class FileSink final : public json::Sink {
public:
    explicit FileSink(fs::NewFile& file) : m_file(file) {}
    void write(std::string_view bytes) override { m_file.write(bytes); }

private:
    fs::NewFile& m_file;
};

}  // namespace

RawCopies::RawCopies(const std::string& project, fs::Disk& disk)
    : m_folder(store::in_project(project, store::k_raw_folder)), m_disk(disk.beneath(project)) {}

std::string RawCopies::path_of(const std::string& agent, const std::string& locator) const {
    const std::string digits = sha256_hex(agent + "\n" + locator).substr(0, k_name_digits);
    return fs::join(m_folder, digits + std::string(store::k_raw_suffix));
}

bool RawCopies::keep(const capture::SessionRef& session, const std::vector<std::string>& files,
                     fs::Disk& source) {
    if (!session.fingerprint.empty()) {
        try {
            const auto before = open(session.agent, session.locator);
            if (before && capture::read_raw_head(*before).fingerprint == session.fingerprint) return false;
        } catch (const Error& error) {
            if (error.code() != ErrorCode::CorruptSession) throw;  // then it is replaced
        }
    }
    m_disk->make_directories(m_folder, 0700);
    const auto file = m_disk->create(path_of(session.agent, session.locator), 0600);
    FileSink sink(*file);
    capture::write_raw_copy(session, files, source, sink);
    file->commit();
    return true;
}

std::optional<json::ByteSource> RawCopies::open(const std::string& agent, const std::string& locator) {
    const std::string path = path_of(agent, locator);
    if (!m_disk->info(path)) return std::nullopt;
    return open_entry({path, 0, 0});
}

json::ByteSource RawCopies::open_entry(const Entry& entry) {
    return [file = std::shared_ptr<fs::ReadFile>(m_disk->open(entry.path))](char* buffer, std::size_t size) {
        return file->read(buffer, size);
    };
}

bool RawCopies::remove(const std::string& agent, const std::string& locator) {
    return m_disk->info(m_folder) && m_disk->remove(path_of(agent, locator));
}

std::vector<RawCopies::Entry> RawCopies::all() {
    std::vector<Entry> entries;
    for (const fs::FileInfo& file : m_disk->list(m_folder)) {
        if (file.kind == fs::FileKind::File && store::is_raw_copy(fs::file_name(file.path)))
            entries.push_back({file.path, file.size, file.modified_ns});
    }
    return entries;
}

std::int64_t RawCopies::modified_ns() {
    const auto folder = m_disk->info(m_folder);
    return folder ? folder->modified_ns : 0;
}

std::uint64_t RawCopies::size(store::Store& store) {
    const std::int64_t modified = modified_ns();
    if (modified == 0) return 0;
    const auto noted = store.folder_size(std::string(store::k_raw_folder), modified);
    return noted ? *noted : counted_size();
}

void RawCopies::note_size(store::Store& store) {
    // Before counting: what changes meanwhile makes the folder another one.
    const std::int64_t modified = modified_ns();
    const std::string folder(store::k_raw_folder);
    if (modified != 0 && !store.folder_size(folder, modified))
        store.note_folder_size(folder, modified, counted_size());
}

std::uint64_t RawCopies::counted_size() {
    std::uint64_t size = 0;
    for (const Entry& entry : all())
        size += entry.bytes;
    return size;
}

}  // namespace opentraces::flow
