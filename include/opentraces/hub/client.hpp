// The Hub's HTTP API, as far as publishing datasets needs it. One function per request; every answer is
// checked and turned into values or an Error. docs/hub-protocol.md lists the requests and what their failures
// mean.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/clock.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/hub/identity.hpp"
#include "opentraces/hub/remote.hpp"
#include "opentraces/net/limits.hpp"
#include "opentraces/net/masking.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::hub {

struct ClientOptions {
    std::string endpoint = "https://huggingface.co";  // without a trailing slash
    std::string token;                                // empty: anonymous
    std::string remedy;                               // for a token that may not do this: remedy_for()
    std::string user_agent;                           // empty: the transport's
    int parallel_parts = 4;                           // of one large file
    net::Limits limits;
};

struct RepoInfo {
    std::string id;  // canonical owner/name
    std::string head;
    bool is_private = true;
    Gating gating = Gating::Off;
    bool disabled = false;
};

// What preupload says about one file.
struct UploadPlan {
    bool large = false;
    bool ignored = false;       // by the dataset's .gitignore
    std::string remote_digest;  // of what is at this path now, empty if nothing
};

// A file to ask preupload about.
struct UploadCandidate {
    std::string path;
    std::uint64_t size = 0;
    std::string sample;  // the first 512 bytes
};

struct LargeFile {
    std::string path;     // in the dataset
    std::string content;  // used when local_path is empty
    std::string local_path;
    std::string sha256;
    std::uint64_t size = 0;
};

// What became of one commit request.
enum class CommitVerdict {
    Done,
    ParentMoved,  // 412
    Busy,         // 409: another commit is being processed
    LfsMissing,   // 400: the Hub does not know a large file (yet)
    Unknown,      // no answer, or a 5xx: it may have been made
};
struct CommitAnswer {
    CommitVerdict verdict = CommitVerdict::Unknown;
    Receipt receipt;     // when Done
    std::string reason;  // otherwise, for people
};

struct ListedDataset {
    std::string id;
    bool is_private = false;
    std::string last_modified;
    std::int64_t downloads = 0;
    std::vector<std::string> tags;
};

class HubClient {
public:
    // `transport` does the repeating of what may be repeated (net::RetryingTransport).
    HubClient(net::Transport& transport, fs::Disk& disk, Clock& clock, ClientOptions options);

    const ClientOptions& options() const { return m_options; }
    std::string page_url(std::string_view repo) const;  // for people
    // The token is in it: somebody has put there what was sent to the Hub.
    bool holds_token(std::string_view text) const { return m_mask.finds(text); }

    Identity whoami();
    // nullopt: there is none that this token may see.
    std::optional<RepoInfo> info(const std::string& repo, const std::string& revision);
    // False if it exists already; a creation that runs at the same time is waited for.
    bool create(const std::string& repo, Visibility visibility);
    void set_visibility(const std::string& repo, Visibility visibility);
    void set_gating(const std::string& repo, Gating gating);
    // The Hub's own word on whether this token may write. Throws what the refusal means.
    void check_write_access(const std::string& repo);
    // Datasets with all of these tags, newest change first.
    std::vector<ListedDataset> datasets(const std::string& author, const std::vector<std::string>& tags,
                                        std::size_t limit);

    // Immediate entries of a folder, all pages; empty if there is no such folder.
    std::vector<RemoteFile> tree(const std::string& repo, const std::string& revision,
                                 const std::string& folder);
    std::vector<RemoteFile> paths_info(const std::string& repo, const std::string& revision,
                                       const std::vector<std::string>& paths);
    // Commit ids, newest first.
    std::vector<std::string> commits(const std::string& repo, const std::string& revision, std::size_t limit);
    // Streams bytes [from, end); resumes broken downloads; checks the digest when from is 0 (Error
    // ShardUnavailable). The token goes to the Hub's origin only.
    void download(const std::string& repo, const std::string& revision, const RemoteFile& file,
                  std::uint64_t from, const std::function<void(std::string_view)>& sink);

    // By path. `attributes`: the .gitattributes text that the same commit will bring, if it changes.
    std::map<std::string, UploadPlan> preupload(const std::string& repo, const std::string& revision,
                                                const std::vector<UploadCandidate>& files,
                                                const std::optional<std::string>& attributes);
    // Sends what the Hub does not have yet.
    void upload(const std::string& repo, const std::string& revision, const std::vector<LargeFile>& files,
                const std::function<void(const UploadProgress&)>& progress);
    // Sent once. Throws only for refusals that mean that nothing was committed.
    CommitAnswer commit(const std::string& repo, const std::string& revision,
                        const std::shared_ptr<net::BodySource>& body);
    // Answers its number.
    std::int64_t open_pull_request(const std::string& repo, const std::string& title,
                                   const std::string& description);
    // One commit in place of the branch's history.
    void squash(const std::string& repo, const std::string& branch, const std::string& message);
    // "open", "draft", "closed", "merged" or whatever the Hub says.
    std::string discussion_status(const std::string& repo, std::int64_t number);
    // Why the Hub refuses this README.md; empty if it does not, or if it cannot be asked.
    std::vector<std::string> card_problems(const std::string& text);

private:
    friend class LfsUpload;
    friend class Download;

    struct Call {
        std::string doing;  // "creating the dataset a/b", for errors
        std::string method = "GET";
        std::string url;
        std::string content_type;
        std::string body;
        bool repeatable = true;
        bool authorized = true;
        std::chrono::seconds patience{0};  // on top of Limits::stall_seconds
    };
    // Follows redirects that stay at the same origin. Any status is an answer.
    net::Response send(const Call& call, const std::shared_ptr<net::BodySource>& source = nullptr);
    // The same; a failure to get any is an Error.
    net::Response send_or_explain(const Call& call);
    // A 2xx answer, or the Error that the answer means.
    net::Response ask(const Call& call);
    // The same; nullopt for a refusal with this X-Error-Code.
    std::optional<net::Response> ask_unless(const Call& call, std::string_view error_code);
    CommitAnswer commit_answer_of(const Call& call, const net::Response& response) const;
    [[noreturn]] void fail(const Call& call, const net::Response& response) const;
    void add_token(net::Request& request) const;
    std::string api(std::string_view repo, std::string_view rest) const;
    // Server-made URLs name the public Hub even behind another endpoint.
    std::string at_endpoint(std::string url) const;
    std::optional<std::string> next_page(const net::Response& response) const;
    // Moves `call` to the next page; false after the last one. Error UnexpectedAnswer when pages or entries
    // do not end.
    bool turn_page(Call& call, const net::Response& response, std::uint64_t& page, std::size_t listed) const;
    void put_settings(const std::string& repo, const std::string& field, const std::string& json_value);

    net::Transport& m_transport;
    fs::Disk& m_disk;
    Clock& m_clock;
    ClientOptions m_options;
    std::string m_origin;
    net::Mask m_mask;
};

}  // namespace opentraces::hub
