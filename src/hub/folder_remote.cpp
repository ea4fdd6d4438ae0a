#include "opentraces/hub/folder_remote.hpp"

#include <chrono>
#include <set>
#include <utility>

#include "folder_journal.hpp"
#include "folder_snapshot.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::hub {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_lock_pause{50};
constexpr int k_lock_tries = 1200;  // a minute
constexpr std::size_t k_piece = std::size_t{1} << 20;
constexpr std::size_t k_max_small = std::size_t{64} << 20;

class FolderRemote final : public Remote {
public:
    FolderRemote(std::string folder, fs::Disk& disk, Clock& clock)
        : m_folder(std::move(folder)),
          m_disk(disk),
          m_clock(clock),
          m_journal(m_folder, disk),
          m_reader(m_folder, disk, clock) {}

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

private:
    std::string path_of(const std::string& relative) const { return fs::join(m_folder, relative); }
    std::unique_ptr<fs::Lock> lock();
    const FolderSnapshot& at(const std::string& head) const;
    [[noreturn]] void fail_changed(const std::string& path) const;

    std::string m_folder;
    fs::Disk& m_disk;
    Clock& m_clock;
    FolderJournal m_journal;
    FolderReader m_reader;
    FolderSnapshot m_snapshot;
};

std::unique_ptr<fs::Lock> FolderRemote::lock() {
    m_disk.make_directories(path_of(std::string(k_folder_state)), 0755);
    const std::string file = fs::join(path_of(std::string(k_folder_state)), "lock");
    for (int attempt = 1;; ++attempt) {
        try {
            return m_disk.lock(file);
        } catch (const Error& error) {
            if (error.code() != ErrorCode::Locked || attempt == k_lock_tries) throw;
        }
        m_clock.sleep(k_lock_pause);
    }
}

[[noreturn]] void FolderRemote::fail_changed(const std::string& path) const {
    throw Error(ErrorCode::CommitConflict, path + " changed while the dataset was being read");
}

const FolderSnapshot& FolderRemote::at(const std::string& head) const {
    if (m_snapshot.head != head) fail_changed(m_folder);
    return m_snapshot;
}

DatasetInfo FolderRemote::info() {
    DatasetInfo result;
    result.name = m_folder;
    result.url = "file://" + m_folder;
    const auto found = m_disk.info(m_folder);
    if (!found) return result;
    if (!found->is_directory()) throw Error(ErrorCode::DiskFailed, m_folder + " is not a folder");
    result.exists = true;
    const auto held = lock();
    m_journal.recover();
    m_snapshot = m_reader.take();
    m_reader.remember();
    result.head = m_snapshot.head;
    return result;
}

DatasetInfo FolderRemote::ensure(Visibility) {
    m_disk.make_directories(m_folder, 0755);
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

void FolderRemote::read(const std::string& head, const RemoteFile& file, std::uint64_t from,
                        const std::function<void(std::string_view)>& sink) {
    const auto known = at(head).files.find(file.path);
    if (known == m_snapshot.files.end())
        throw Error(ErrorCode::NotFound, "there is no " + path_of(file.path));
    if (!m_disk.info(path_of(file.path))) fail_changed(path_of(file.path));
    const auto in = m_disk.open(path_of(file.path));
    in->seek(from);
    Sha256 sha;
    std::string whole;  // regular files only: a git blob id needs the length first
    std::string piece(k_piece, '\0');
    while (const std::size_t got = in->read(piece.data(), piece.size())) {
        const std::string_view bytes = std::string_view(piece).substr(0, got);
        if (from == 0 && known->second.large) sha.update(bytes);
        if (from == 0 && !known->second.large) whole += bytes;
        sink(bytes);
    }
    if (from != 0) return;
    const std::string digest = known->second.large ? sha.finish_hex() : git_blob_id(whole);
    if (digest != known->second.digest) fail_changed(path_of(file.path));
}

std::vector<std::string> FolderRemote::card_problems(const std::string&) {
    return {};
}

CommitOutcome FolderRemote::commit(const CommitRequest& request,
                                   const std::function<void(const UploadProgress&)>& progress) {
    const auto held = lock();
    m_journal.recover();
    if (m_reader.take().head != request.parent) return {CommitStatus::ParentMoved, {}};
    m_journal.commit(request, progress);
    m_snapshot = m_reader.take();
    m_reader.remember();
    return {CommitStatus::Done, {m_snapshot.head, "file://" + m_folder, {}}};
}

PullRequest FolderRemote::open_pull_request(const std::string&, const std::string&) {
    throw Error(ErrorCode::BadOption, "a dataset folder has no pull requests: " + m_folder,
                "Push without --create-pr, or give a Hub dataset.");
}

}  // namespace

std::unique_ptr<Remote> folder_remote(const std::string& folder, fs::Disk& disk, Clock& clock) {
    return std::make_unique<FolderRemote>(folder, disk, clock);
}

}  // namespace opentraces::hub
