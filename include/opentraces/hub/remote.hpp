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

#include "opentraces/json/lines.hpp"

namespace opentraces::hub {

enum class Visibility { Public, Private };
enum class Gating { Off, Auto, Manual };
std::string_view name_of(Visibility visibility);
std::string_view name_of(Gating gating);

struct DatasetInfo {
    bool exists = false;
    std::string name;  // canonical owner/name, or the folder
    std::string head;  // commit id of the default branch; for a folder a digest of its state
    Visibility visibility = Visibility::Private;  // read from the Hub, never assumed
    Gating gating = Gating::Off;
    std::string url;  // for people
};

struct RemoteFile {
    std::string path;
    std::uint64_t size = 0;
    std::string digest;  // sha256 hex for large files, git blob id for regular ones
    bool large = false;  // stored as LFS; digest is then the content's SHA-256
};

// A file to be part of a commit: small content, or a file on disk.
struct FileChange {
    std::string path;
    std::string content;  // used when local_path is empty
    std::string local_path;
    std::string sha256;  // hex, of the local file
    std::uint64_t size = 0;
    bool remove = false;
};

struct CommitRequest {
    std::string parent;   // expected head
    std::string summary;  // first line
    std::string description;
    std::vector<FileChange> changes;
    bool create_pull_request = false;
};

struct Receipt {
    std::string oid;
    std::string url;
    std::string pull_request_url;
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

// Errors: NotAuthenticated, PermissionDenied, RateLimited, QuotaExceeded, NetworkFailed, UnexpectedAnswer,
// NotFound, DiskFailed. Every call retries what may be retried by itself.
class Remote {
public:
    virtual ~Remote() = default;
    virtual DatasetInfo info() = 0;
    // Creates it with this visibility if it does not exist; an existing one is left as it is.
    virtual DatasetInfo ensure(Visibility wanted) = 0;
    virtual void set_visibility(Visibility visibility) = 0;
    virtual void set_gating(Gating gating) = 0;
    // Every file at this head, all pages; fails rather than answering a part.
    virtual std::vector<RemoteFile> list(const std::string& head) = 0;
    // Whole file at this head; nullopt when the path does not exist. The digest is checked.
    virtual std::optional<std::string> read_small(const std::string& head, const std::string& path) = 0;
    // Bytes [from, end) of a file, streamed, digest checked when from is 0.
    virtual void read(const std::string& head, const RemoteFile& file, std::uint64_t from,
                      const std::function<void(std::string_view)>& sink) = 0;
    // Uploads what is large, then makes one commit on the expected parent. Never sends an ambiguous commit
    // twice: after a lost answer it looks at the head and decides.
    virtual CommitOutcome commit(const CommitRequest& request,
                                 const std::function<void(const UploadProgress&)>& progress) = 0;
};

}  // namespace opentraces::hub
