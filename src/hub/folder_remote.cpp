#include "hub/folder_remote.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "hub/folder_files.hpp"
#include "hub/folder_journal.hpp"
#include "hub/folder_memory.hpp"
#include "hub/folder_snapshot.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/fs/lock_within.hpp"

namespace opentraces::hub {
namespace {

constexpr std::chrono::minutes k_longest_wait{1};
// Its zeros must not cost more than a small file.
constexpr std::size_t k_piece = std::size_t{1} << 16;
constexpr std::size_t k_max_small = std::size_t{64} << 20;

class FolderRemote final : public Remote {
public:
    FolderRemote(std::string folder, FolderPorts ports)
        : m_folder(std::move(folder)),
          m_ports(std::move(ports)),
          m_memory(m_ports.user_folder.value_or(""), m_folder, m_ports.disk),
          m_reader(m_folder, m_ports.clock, m_memory) {}

    std::string name() const override { return m_folder; }
    DatasetInfo info() override;
    DatasetInfo ensure(Visibility wanted) override;
    void set_visibility(Visibility visibility) override;
    void set_gating(Gating gating) override;
    std::vector<RemoteFile> list(const std::string& head, const std::string& folder) override;
    std::vector<RemoteFile> find(const std::string& head, const std::vector<std::string>& paths) override;
    std::string read_small(const std::string& head, const RemoteFile& file) override;
    void read(const std::string& head, const RemoteFile& file, std::uint64_t from,
              const std::function<void(std::string_view)>& sink) override;
    std::vector<std::string> card_problems(const std::string& text) override;
    CommitOutcome commit(const CommitRequest& request,
                         const std::function<void(const UploadProgress&)>& progress) override;
    PullRequest open_pull_request(const std::string& title, const std::string& description) override;
    PullRequestState pull_request_state(std::int64_t number) override;
    void squash_history(const std::string& message) override;
    void check_write_access(const DatasetInfo& info) override;

private:
    std::string path_of(const std::string& relative) const { return fs::join(m_folder, relative); }
    std::unique_ptr<fs::Lock> lock();
    void share(const std::string& path, unsigned folder_mode);
    void look();
    bool is_at(const std::string& head);
    void tell();
    const FolderSnapshot& at(const std::string& head) const;
    std::unique_ptr<fs::ReadFile> open(const std::string& place, const std::string& path);
    [[noreturn]] void fail_changed(const std::string& path);

    std::string m_folder;
    FolderPorts m_ports;
    std::unique_ptr<fs::Disk> m_inside;  // since the folder exists
    FolderMemory m_memory;
    FolderReader m_reader;
    FolderSnapshot m_snapshot;
    bool m_told = false;
};

// Only writers take it.
std::unique_ptr<fs::Lock> FolderRemote::lock() {
    const std::string state = state_folder(m_folder);
    m_inside->make_directories(state, mode_of_folders(*m_inside, m_folder));
    // Whoever keeps the dataset in git does not hand our bookkeeping on.
    const std::string ignore = fs::join(state, ".gitignore");
    if (!m_inside->info(ignore)) m_inside->replace(ignore, "*\n", 0644);
    const std::string path = fs::join(state, "lock");
    std::unique_ptr<fs::Lock> held = fs::lock_within(k_longest_wait, path, *m_inside, m_ports.clock);
    share(path, m_inside->info(state)->mode);
    return held;
}

// Whoever may write in the lock's folder has to be able to take it.
void FolderRemote::share(const std::string& path, unsigned folder_mode) {
    const unsigned writers = folder_mode & 0022;
    const unsigned mode = 0600 | writers | writers << 1;
    const auto found = m_inside->info(path);
    if (found && found->owner == m_inside->user() && found->mode != mode) m_inside->set_mode(path, mode);
}

[[noreturn]] void FolderRemote::fail_changed(const std::string& path) {
    // What was remembered of it may be what is wrong.
    m_memory.forget(path);
    m_memory.save();
    throw Error(ErrorCode::CommitConflict, path_of(path) + " changed while the dataset was being read");
}

const FolderSnapshot& FolderRemote::at(const std::string& head) const {
    if (m_snapshot.head != head)
        throw Error(ErrorCode::CommitConflict, m_folder + " changed while the dataset was being read");
    return m_snapshot;
}

void FolderRemote::look() {
    m_snapshot = m_reader.take(*m_inside);
    m_memory.save();
}

void FolderRemote::tell() {
    if (!m_ports.notify || std::exchange(m_told, true)) return;
    if (m_snapshot.unfinished == Unfinished::LeftOut)
        m_ports.notify("a push into " + m_folder +
                       " has not finished; the files are read as they were before it");
    if (m_snapshot.unfinished == Unfinished::Unusable)
        m_ports.notify(
            "a push into " + m_folder +
            " has not finished, and its journal does not fit the files; they are read as they are");
    if (!m_snapshot.left_out.empty())
        m_ports.notify(fmt::format("left out of {}: {} links and special files, the first is {}", m_folder,
                                   m_snapshot.left_out.size(), m_snapshot.left_out.front()));
}

// False as well while hands change the folder.
bool FolderRemote::is_at(const std::string& head) {
    try {
        look();
    } catch (const Error& error) {
        if (error.code() != ErrorCode::CommitConflict) throw;
        return false;
    }
    return m_snapshot.head == head;
}

DatasetInfo FolderRemote::info() {
    DatasetInfo result;
    result.name = m_folder;
    result.url = "file://" + m_folder;
    const auto found = m_ports.disk.info(m_folder);
    if (!found) return result;
    if (!found->is_directory()) throw Error(ErrorCode::DiskFailed, m_folder + " is not a folder");
    result.exists = true;
    m_inside = m_ports.disk.beneath(m_folder);
    look();
    tell();
    result.head = m_snapshot.head;
    return result;
}

DatasetInfo FolderRemote::ensure(Visibility) {
    m_ports.disk.make_directories(m_folder, 0755);
    return info();
}

void FolderRemote::set_visibility(Visibility) {
    throw Error(ErrorCode::BadOption, "a dataset folder has no visibility: " + m_folder,
                "Use the permissions of the folder.");
}

void FolderRemote::set_gating(Gating) {
    throw Error(ErrorCode::BadOption, "a dataset folder cannot be gated: " + m_folder,
                "Use the permissions of the folder.");
}

std::vector<RemoteFile> FolderRemote::list(const std::string& head, const std::string& folder) {
    const std::string prefix = folder.empty() ? "" : folder + "/";
    std::vector<RemoteFile> files;
    std::set<std::string> folders;
    for (const auto& [path, file] : at(head).files) {
        if (!path.starts_with(prefix)) continue;
        const std::size_t slash = path.find('/', prefix.size());
        if (slash == path.npos)
            files.push_back(file);
        else
            folders.insert(path.substr(0, slash));
    }
    for (const std::string& path : folders) {
        RemoteFile entry;
        entry.path = path;
        entry.folder = true;
        files.push_back(std::move(entry));
    }
    return files;
}

std::vector<RemoteFile> FolderRemote::find(const std::string& head, const std::vector<std::string>& paths) {
    std::vector<RemoteFile> files;
    for (const std::string& path : paths) {
        const auto found = at(head).files.find(path);
        if (found != m_snapshot.files.end()) files.push_back(found->second);
    }
    return files;
}

std::string FolderRemote::read_small(const std::string& head, const RemoteFile& file) {
    std::string text;
    if (file.size > k_max_small)
        throw Error(ErrorCode::CorruptDataset, path_of(file.path) + " is too large for what it should be");
    read(head, file, 0, [&](std::string_view bytes) { text += bytes; });
    return text;
}

std::unique_ptr<fs::ReadFile> FolderRemote::open(const std::string& place, const std::string& path) {
    try {
        return m_inside->open(place);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::NotFound) throw;
        fail_changed(path);
    }
}

void FolderRemote::read(const std::string& head, const RemoteFile& file, std::uint64_t from,
                        const std::function<void(std::string_view)>& sink) {
    const auto known = at(head).files.find(file.path);
    if (known == m_snapshot.files.end())
        throw Error(ErrorCode::NotFound, "there is no " + path_of(file.path));
    const auto kept = m_snapshot.kept.find(file.path);
    const std::string place = kept == m_snapshot.kept.end() ? path_of(file.path) : kept->second;
    const auto in = open(place, file.path);
    in->seek(from);
    ListedDigest digest(known->second.large, known->second.size);
    std::string piece(k_piece, '\0');
    std::uint64_t left = known->second.size - std::min(from, known->second.size);
    while (const std::size_t got = in->read(piece.data(), piece.size())) {
        const std::string_view bytes = std::string_view(piece).substr(0, got);
        if (got > left) fail_changed(file.path);
        left -= got;
        if (from == 0) digest.update(bytes);
        sink(bytes);
    }
    if (left != 0) fail_changed(file.path);
    if (from == 0 && digest.finish_hex() != known->second.digest) fail_changed(file.path);
}

std::vector<std::string> FolderRemote::card_problems(const std::string&) {
    return {};
}

CommitOutcome FolderRemote::commit(const CommitRequest& request,
                                   const std::function<void(const UploadProgress&)>& progress) {
    if (!m_inside) m_inside = m_ports.disk.beneath(m_folder);
    if (!m_ports.user_folder)
        throw Error(ErrorCode::ConfigInvalid,
                    "changing " + m_folder + " needs a folder for this user's own files",
                    "Set HOME, or OPENTRACES_HOME.");
    const FolderWriter writer(*m_ports.user_folder, m_ports.disk, m_ports.clock, m_ports.ids);
    const auto held = lock();
    FolderJournal journal(m_folder, *m_inside, m_ports.disk, writer);
    journal.recover();
    if (!is_at(request.parent)) return {CommitStatus::ParentMoved, {}};
    if (!journal.commit(request, m_snapshot, progress)) return {CommitStatus::ParentMoved, {}};
    look();
    return {CommitStatus::Done, {m_snapshot.head, "file://" + m_folder, {}}};
}

PullRequest FolderRemote::open_pull_request(const std::string&, const std::string&) {
    throw Error(ErrorCode::BadOption, "a dataset folder has no pull requests: " + m_folder,
                "Push without --create-pr, or give a Hub dataset.");
}

PullRequestState FolderRemote::pull_request_state(std::int64_t number) {
    throw Error(ErrorCode::NotFound, fmt::format("{} has no pull request {}", m_folder, number));
}

void FolderRemote::squash_history(const std::string&) {
    throw Error(ErrorCode::BadOption, "a dataset folder has no history of its own: " + m_folder,
                "If it is kept in git, or backed up, take the old files out there.");
}

void FolderRemote::check_write_access(const DatasetInfo& info) {
    const std::string place = info.exists ? m_folder : fs::parent(m_folder);
    const auto found = m_ports.disk.info(place);
    if (found && found->owner == m_ports.disk.user() && (found->mode & 0200) == 0)
        throw Error(ErrorCode::DiskFailed, "no permission to write in " + place);
}

}  // namespace

std::unique_ptr<Remote> folder_remote(const std::string& folder, FolderPorts ports) {
    return std::make_unique<FolderRemote>(folder, std::move(ports));
}

}  // namespace opentraces::hub
