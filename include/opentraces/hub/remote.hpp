// A dataset as the push sees it: a repository on the Hub or a folder with the same layout. One port, two
// implementations, one contract suite (tests/contract/remote.cpp).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/fs/disk.hpp"

namespace opentraces::hub {

enum class Visibility { Public, Private };
enum class Gating { Off, Auto, Manual };
std::string_view name_of(Visibility visibility);  // "public", "private"
std::string_view name_of(Gating gating);          // "off", "auto", "manual"

struct DatasetInfo {
    bool exists = false;
    std::string name;                      // canonical owner/name (renames followed), or the folder
    std::string head;                      // commit id of the branch; for a folder a digest of its state
    std::optional<Visibility> visibility;  // as the Hub says; nullopt: a folder has none
    std::optional<Gating> gating;
    std::string url;  // for people
};

struct RemoteFile {
    std::string path;
    std::uint64_t size = 0;
    // SHA-256 hex for large files, git blob id for regular ones; for a folder an id of everything in it
    // (empty if the remote has none).
    std::string digest;
    bool large = false;  // stored as LFS
    bool folder = false;
    bool operator==(const RemoteFile&) const = default;
};

// A file to be part of a commit: small content, or a file on disk.
struct FileChange {
    std::string path;
    std::string content;  // used when local_path is empty
    std::string local_path;
    std::string sha256;      // hex, of the local file
    std::string git_blob;    // git blob id of the local file; empty: not known
    std::uint64_t size = 0;  // of the local file
    bool remove = false;
};

struct CommitRequest {
    std::string parent;   // expected head
    std::string summary;  // first line
    std::string description;
    std::vector<FileChange> changes;
    // The .gitattributes at the parent, for callers that remember it; empty: the remote reads it when needed.
    std::function<std::string()> attributes;
};

struct Receipt {
    std::string oid;
    std::string url;
    std::vector<FileChange> added;  // what the remote put into the commit by itself (.gitattributes)
};

enum class CommitStatus { Done, ParentMoved };

struct CommitOutcome {
    CommitStatus status = CommitStatus::Done;
    Receipt receipt;  // when Done
};

struct UploadProgress {
    std::string path;
    std::uint64_t sent = 0;
    std::uint64_t total = 0;
};

class Remote;

// A proposal of changes to somebody else's dataset: everything done through `remote` goes to its branch.
struct PullRequest {
    std::unique_ptr<Remote> remote;
    std::int64_t number = 0;
    std::string url;
};

enum class PullRequestState { Open, Merged, Closed };  // a draft is open

// Errors: NotAuthenticated, InvalidToken, PermissionDenied, GatedRepo, RateLimited, QuotaExceeded,
// NetworkFailed, UnexpectedAnswer, NotFound, UploadFailed, DiskFailed; CommitConflict when a folder changed
// while it was being read. Every call repeats by itself what may be repeated.
class Remote {
public:
    virtual ~Remote() = default;
    // What parse_remote_spec understands; pushes are recorded under it.
    virtual std::string name() const = 0;
    virtual DatasetInfo info() = 0;
    // Creates it with this visibility if it does not exist; an existing one is left as it is.
    virtual DatasetInfo ensure(Visibility wanted) = 0;
    virtual void set_visibility(Visibility visibility) = 0;
    virtual void set_gating(Gating gating) = 0;
    // What is directly inside a folder ("" is the root) at this head, all pages; fails rather than answering
    // a part. Empty if there is no such folder.
    virtual std::vector<RemoteFile> list(const std::string& head, const std::string& folder) = 0;
    // These files at this head; paths that do not exist are missing from the answer.
    virtual std::vector<RemoteFile> find(const std::string& head, const std::vector<std::string>& paths) = 0;
    // A whole small file, within the limits of net::Limits; the digest is checked.
    virtual std::string read_small(const std::string& head, const RemoteFile& file) = 0;
    // Bytes [from, end) of a file, streamed; resumes after a broken download. The digest is checked when
    // `from` is 0: on a mismatch (Error CorruptDataset) the sink has seen bytes that must not be used.
    virtual void read(const std::string& head, const RemoteFile& file, std::uint64_t from,
                      const std::function<void(std::string_view)>& sink) = 0;
    // Why the remote would refuse this README.md; empty if it is fine or nobody can say.
    virtual std::vector<std::string> card_problems(const std::string& text) = 0;
    // Uploads what is large, then makes one commit on the expected parent. Never sends an ambiguous commit
    // twice: after a lost answer it looks at the history and decides.
    virtual CommitOutcome commit(const CommitRequest& request,
                                 const std::function<void(const UploadProgress&)>& progress) = 0;
    virtual PullRequest open_pull_request(const std::string& title, const std::string& description) = 0;
    // Error NotFound if there is no such pull request.
    virtual PullRequestState pull_request_state(std::int64_t number) = 0;
    // Makes one commit of the branch's history, with the files as they are. Cannot be undone; other branches,
    // tags and pull requests keep theirs. Error BadOption for a folder, which has no history.
    virtual void squash_history(const std::string& message) = 0;
    // Returns when a push may create the dataset, or write to the one that exists, as far as the remote
    // tells. PermissionDenied and the like otherwise. Changes nothing.
    virtual void check_write_access(const DatasetInfo& info) = 0;
};

// True if the remote's file is what the change asked for: size and digest (the disk is read for a regular
// file that comes from one and whose git blob id is not known).
bool is_result_of(const FileChange& change, const RemoteFile& file, fs::Disk& disk);

}  // namespace opentraces::hub
