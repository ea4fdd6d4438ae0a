#include "hub/folder_snapshot.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "hub/dataset_paths.hpp"
#include "hub/folder_journal.hpp"
#include "hub/folder_remote.hpp"
#include "hub/journal_text.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::hub {
namespace {

using std::chrono::milliseconds;

constexpr int k_max_depth = 32;
constexpr milliseconds k_pause{50};
constexpr int k_tries = 100;
// What changed this shortly before it was looked at may change again without its time changing.
constexpr std::int64_t k_settled_ns = 2'000'000'000;

bool is_not_data(std::string_view path, const fs::FileInfo& info) {
    if (path == ".git") return true;
    return path == k_folder_state && info.is_directory();
}

bool is_same(const fs::FileInfo& a, const fs::FileInfo& b) {
    return a.size == b.size && a.device == b.device && a.inode == b.inode && a.modified_ns == b.modified_ns;
}

bool is_settled(const fs::FileInfo& info, std::int64_t now_ns) {
    return now_ns - info.modified_ns > k_settled_ns;
}

std::string digest_in_folder(fs::Disk& inside, const std::string& path, bool large, std::uint64_t size) {
    ListedDigest digest(large, size);
    stream(inside, path, [&](std::string_view bytes) { digest.update(bytes); });
    return digest.finish_hex();
}

// The files as they were before the commit that the journal is of.
class Before {
public:
    Before(const std::string& folder, fs::Disk& inside, const FolderSnapshot& now)
        : m_folder(folder), m_inside(inside), m_files(now.files) {}

    // False: the journal does not fit the files.
    bool undo(const JournalStep& step) {
        if (!step.before) {
            m_files.erase(step.path);
            return true;
        }
        const std::string kept = fs::join(staging_folder(m_folder), step.kept);
        const bool moved = m_inside.info(kept).has_value();
        const std::string from = moved ? kept : fs::join(m_folder, step.path);
        if (!moved && !m_files.contains(step.path)) return false;
        if (state_of(m_inside, from) != *step.before) return false;
        const bool large = is_large_in_folder(step.path);
        const std::uint64_t size = step.before->size;
        m_files[step.path] = {step.path, size, digest_in_folder(m_inside, from, large, size), large, false};
        if (moved) m_kept[step.path] = kept;
        return true;
    }

    void show_in(FolderSnapshot& snapshot) {
        snapshot.files = std::move(m_files);
        snapshot.kept = std::move(m_kept);
    }

private:
    const std::string& m_folder;
    fs::Disk& m_inside;
    std::map<std::string, RemoteFile> m_files;
    std::map<std::string, std::string> m_kept;
};

Unfinished leave_out(const std::string& journal_text, const std::string& folder, fs::Disk& inside,
                     FolderSnapshot& snapshot) {
    const auto journal = journal_from_text(journal_text);
    if (!journal) return Unfinished::Unusable;
    Before before(folder, inside, snapshot);
    for (const JournalStep& step : journal->steps)
        if (!before.undo(step)) return Unfinished::Unusable;
    before.show_in(snapshot);
    return Unfinished::LeftOut;
}

}  // namespace

bool is_large_in_folder(std::string_view path) {
    return path.starts_with("data/");
}

FolderReader::FolderReader(std::string folder, Clock& clock, FolderMemory& memory)
    : m_folder(std::move(folder)), m_clock(clock), m_memory(memory) {}

std::int64_t FolderReader::now_ns() {
    return m_clock.now().time_since_epoch().count() * 1'000'000;
}

RemoteFile FolderReader::describe(fs::Disk& inside, const fs::FileInfo& info, const std::string& relative,
                                  std::vector<std::string>& read) {
    RemoteFile file;
    file.path = relative;
    file.size = info.size;
    file.large = is_large_in_folder(relative);
    if (auto known = m_memory.digest_of(relative, info)) {
        file.digest = std::move(*known);
        return file;
    }
    read.push_back(relative);
    file.digest = digest_in_folder(inside, info.path, file.large, file.size);
    if (is_settled(info, now_ns())) m_memory.learn(relative, info, file.digest);
    return file;
}

FolderReader::Seen FolderReader::look(fs::Disk& inside) {
    Seen seen;
    if (const auto folder = inside.info(m_folder)) visit(inside, *folder, "", 0, seen);
    return seen;
}

void FolderReader::visit(fs::Disk& inside, const fs::FileInfo& folder, const std::string& relative, int depth,
                         Seen& seen) {
    if (depth > k_max_depth)
        throw Error(ErrorCode::CorruptDataset, m_folder + ": folders are nested too deeply at " + relative);
    seen.folders[relative] = folder;
    for (fs::FileInfo& info : inside.list(folder.path)) {
        const std::string name = fs::file_name(info.path);
        const std::string path = relative.empty() ? name : relative + "/" + name;
        if (is_not_data(path, info)) continue;
        if (info.kind == fs::FileKind::Folder)
            visit(inside, info, path, depth + 1, seen);
        else if (info.kind == fs::FileKind::File && path != k_folder_state)
            seen.files[path] = std::move(info);
        else if (is_read_path(path))
            throw Error(ErrorCode::UnsafePath,
                        info.path + (info.kind == fs::FileKind::Link ? " is a link, which is not followed"
                                                                     : " is not what it should be"));
        else
            seen.left_out.push_back(path);
    }
}

// A name that comes, goes or is replaced changes the time of its folder, if that is not from just now: then
// everything is looked at again.
bool FolderReader::is_still(fs::Disk& inside, const Seen& seen, const std::vector<std::string>& read,
                            std::int64_t since_ns) {
    const auto same = [](const auto& a, const auto& b) {
        return a.first == b.first && is_same(a.second, b.second);
    };
    const bool settled = std::all_of(seen.folders.begin(), seen.folders.end(),
                                     [&](const auto& entry) { return is_settled(entry.second, since_ns); });
    if (!settled) {
        const Seen again = look(inside);
        return std::equal(seen.files.begin(), seen.files.end(), again.files.begin(), again.files.end(), same);
    }
    const auto is_as_seen = [&](const fs::FileInfo& info) {
        const auto now = inside.info(info.path);
        return now && is_same(info, *now);
    };
    return std::all_of(seen.folders.begin(), seen.folders.end(),
                       [&](const auto& entry) { return is_as_seen(entry.second); }) &&
           std::all_of(read.begin(), read.end(),
                       [&](const std::string& path) { return is_as_seen(seen.files.at(path)); });
}

// nullopt: the folder changed while it was looked at.
std::optional<FolderSnapshot> FolderReader::try_take(fs::Disk& inside) {
    FolderSnapshot snapshot;
    const std::int64_t since_ns = now_ns();
    const auto journal = journal_in(m_folder, inside);
    Seen seen = look(inside);
    std::vector<std::string> read;
    try {
        for (const auto& [path, info] : seen.files)
            snapshot.files[path] = describe(inside, info, path, read);
        if (journal) snapshot.unfinished = leave_out(*journal, m_folder, inside, snapshot);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        return std::nullopt;
    }
    if (!is_still(inside, seen, read, since_ns) || journal_in(m_folder, inside) != journal)
        return std::nullopt;
    snapshot.left_out = std::move(seen.left_out);
    return snapshot;
}

FolderSnapshot FolderReader::take(fs::Disk& inside) {
    std::optional<FolderSnapshot> snapshot;
    for (int attempt = 1; !(snapshot = try_take(inside)); ++attempt) {
        if (attempt == k_tries)
            throw Error(ErrorCode::CommitConflict, m_folder + " kept changing while it was being read");
        m_clock.sleep(k_pause);
    }
    Sha256 hash;
    for (const auto& [path, file] : snapshot->files)
        hash.update(path + '\0' + std::to_string(file.size) + '\0' + file.digest + '\n');
    snapshot->head = hash.finish_hex();
    return *std::move(snapshot);
}

}  // namespace opentraces::hub
