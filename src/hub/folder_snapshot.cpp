#include "folder_snapshot.hpp"

#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/hub/folder_remote.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::hub {
namespace {

constexpr int k_max_depth = 32;
constexpr std::size_t k_piece = std::size_t{1} << 20;
// A file changed this shortly before it was read may change again without its time changing.
constexpr std::int64_t k_settled_ns = 2'000'000'000;
constexpr std::string_view k_digests_file = "digests.json";

bool is_not_data(const std::string& relative) {
    return relative == k_folder_state || relative == ".git";
}

std::string file_sha256(fs::Disk& disk, const std::string& path) {
    Sha256 hash;
    std::string piece(k_piece, '\0');
    const auto file = disk.open(path);
    while (const std::size_t got = file->read(piece.data(), piece.size()))
        hash.update(std::string_view(piece).substr(0, got));
    return hash.finish_hex();
}

std::string digests_path(const std::string& folder) {
    return fs::join(fs::join(folder, k_folder_state), k_digests_file);
}

}  // namespace

bool is_large_in_folder(std::string_view path) {
    return path.starts_with("data/");
}

FolderReader::FolderReader(std::string folder, fs::Disk& disk, Clock& clock)
    : m_folder(std::move(folder)), m_disk(disk), m_clock(clock) {}

void FolderReader::load() {
    if (std::exchange(m_loaded, true)) return;
    const std::string path = digests_path(m_folder);
    if (!m_disk.info(path)) return;
    try {
        const json::Value document = json::parse(m_disk.read_all(path));
        const json::Object* files = document["files"].if_object();
        if (files == nullptr) return;
        for (const auto& [name, entry] : *files) {
            m_known[name] = {static_cast<std::uint64_t>(entry["size"].integer().value_or(0)),
                             static_cast<std::uint64_t>(entry["inode"].integer().value_or(0)),
                             entry["modified_ns"].integer().value_or(0),
                             std::string(entry["digest"].string_or())};
        }
    } catch (const json::SyntaxError&) {
        m_known.clear();  // only a cache: everything is read again
    }
}

void FolderReader::remember() {
    if (!std::exchange(m_changed, false)) return;
    json::Object files;
    for (const auto& [name, known] : m_known) {
        json::Object entry;
        entry.append("size", known.size);
        entry.append("inode", known.inode);
        entry.append("modified_ns", known.modified_ns);
        entry.append("digest", known.digest);
        files.append(name, std::move(entry));
    }
    json::Object document;
    document.append("files", std::move(files));
    try {
        m_disk.replace(digests_path(m_folder), json::to_compact(document), 0644);
    } catch (const Error&) {
        m_changed = true;
    }
}

RemoteFile FolderReader::describe(const fs::FileInfo& info, const std::string& relative) {
    RemoteFile file;
    file.path = relative;
    file.size = info.size;
    file.large = is_large_in_folder(relative);
    const auto known = m_known.find(relative);
    if (known != m_known.end() && known->second.size == info.size && known->second.inode == info.inode &&
        known->second.modified_ns == info.modified_ns) {
        file.digest = known->second.digest;
        return file;
    }
    file.digest = file.large ? file_sha256(m_disk, info.path) : git_blob_id(m_disk.read_all(info.path));
    const std::int64_t now_ns = m_clock.now().time_since_epoch().count() * 1'000'000;
    if (now_ns - info.modified_ns > k_settled_ns) {
        m_known[relative] = {info.size, info.inode, info.modified_ns, file.digest};
        m_changed = true;
    }
    return file;
}

void FolderReader::visit(const std::string& relative, int depth, FolderSnapshot& snapshot) {
    if (depth > k_max_depth)
        throw Error(ErrorCode::CorruptDataset, m_folder + ": folders are nested too deeply at " + relative);
    const std::string folder = relative.empty() ? m_folder : fs::join(m_folder, relative);
    for (const fs::FileInfo& info : m_disk.list(folder)) {
        const std::string name = fs::file_name(info.path);
        const std::string path = relative.empty() ? name : relative + "/" + name;
        if (is_not_data(path)) continue;
        if (info.is_directory())
            visit(path, depth + 1, snapshot);
        else
            snapshot.files[path] = describe(info, path);
    }
}

FolderSnapshot FolderReader::take() {
    load();
    FolderSnapshot snapshot;
    visit("", 0, snapshot);
    Sha256 hash;
    for (const auto& [path, file] : snapshot.files)
        hash.update(path + '\0' + std::to_string(file.size) + '\0' + file.digest + '\n');
    snapshot.head = hash.finish_hex();
    return snapshot;
}

}  // namespace opentraces::hub
