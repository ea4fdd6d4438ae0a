// A stand-in for the Hugging Face Hub: real HTTP on loopback, two origins (Hub and storage), state in memory.
//
// It follows the public contracts: the Hugging Face Hub HTTP API (https://huggingface.co/docs/hub/api), the
// Git LFS batch API with the Hub's "multipart" transfer, and git's object ids. It shares no code with the
// product, so that a misreading there cannot hide here. Every member function of HubEmulator may be called
// from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hub_emulator {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct Options {
    int port = 0;          // Hub origin; 0 takes a free port
    int storage_port = 0;  // storage origin; 0 takes a free port
    // Files larger than this are answered `lfs` by preupload, and refused as regular content by commit.
    std::uint64_t lfs_threshold = 10ULL * 1024 * 1024;
    std::uint64_t max_regular_size = 10ULL * 1024 * 1024;
    std::uint64_t multipart_threshold = 64ULL * 1024 * 1024;
    std::uint64_t chunk_size = 16'000'000;
    std::chrono::milliseconds presigned_ttl{900'000};
    bool verify_lfs = true;  // offer actions.verify
    // Entries per page of tree, list and commits; 0 is the Hub's own (1000, 50 with expand).
    std::size_t page_size = 0;
    std::size_t max_files_per_folder = 10'000;
    std::uint64_t max_commit_body = 0;  // 413 above; 0 is unlimited
    // The Hub answers an anonymous request for a private or missing repository 401 without X-Error-Code.
    bool anonymous_missing_has_code = false;
    bool regular_files_redirect = false;  // 307 with a relative Location, as the Hub does for cached files
    std::string data_dir;                 // load at start, save after each change; empty keeps all in memory
};

// One entity of a fine-grained token: type is `user`, `org` or `dataset`; permissions such as `repo.write`.
struct TokenScope {
    std::string type;
    std::string name;
    std::vector<std::string> permissions;
};

struct Token {
    std::string value;           // must start with `hf_`
    std::string role = "write";  // read, write, fineGrained
    std::vector<TokenScope> scopes;
    std::string display_name = "test";
};

struct Membership {
    std::string name;
    std::string role = "write";  // read, contributor, write, admin
};

struct RepoOptions {
    bool is_private = false;
    std::string gated = "false";  // false, auto, manual
    bool disabled = false;
};

struct StoredFile {
    std::uint64_t size = 0;
    std::string blob_oid;    // git blob SHA-1 (of the pointer text for LFS files)
    std::string lfs_sha256;  // empty for regular files
};

struct CommitRecord {
    std::string oid;
    std::string parent;  // empty for the first commit
    std::string title;
    std::string description;
    std::string author;
    std::string date;  // YYYY-MM-DDTHH:MM:SS.mmmZ
    std::map<std::string, StoredFile> files;
};

struct RepoRecord {
    std::string id;
    std::string internal_id;  // `_id` of the API
    bool is_private = false;
    std::string gated;
    bool disabled = false;
    std::map<std::string, std::string> refs;  // "refs/heads/main" -> commit
};

enum class Origin { k_any, k_hub, k_storage };

struct LoggedRequest {
    std::size_t number = 0;
    std::string method;
    std::string target;  // as sent, query included
    Origin origin = Origin::k_hub;
    bool had_authorization = false;
    std::string user_agent;
    std::string request_body;  // first 64 KiB
    std::uint64_t request_bytes = 0;
    int status = 0;  // 0: the connection was cut without an answer
    std::uint64_t answer_bytes = 0;
    std::string fault;  // name of the fault that fired
};

enum class FaultKind {
    k_status,             // answer `status` instead of doing the work
    k_drop_before,        // close the connection, work not done
    k_drop_after,         // do the work, close without answering
    k_error_after,        // do the work, answer `status`
    k_answer_then_work,   // answer `status`, close, wait `delay`, do the work
    k_drop_in_body,       // close after reading `bytes` bytes of the request body
    k_truncate_answer,    // correct headers, half of the body (or `bytes` bytes), close
    k_corrupt_body,       // flip one byte of the answer body
    k_stall,              // wait `delay`, then go on normally
    k_stall_after,        // do the work, wait `delay`, then answer
    k_html,               // `status` with an HTML page, as gateways send
    k_presigned_expired,  // storage: 403 AccessDenied "Request has expired"
    k_commit_slips_in,    // another user's commit of `files` (and `callback`) lands just before the work
    k_conflict_no_url,    // 409 of a creation race, body without `url`
    k_lfs_object_error,   // LFS batch: 200 with `error` on every object
    k_shuffle_preupload,  // preupload answers in reverse order
    k_gzip_text,          // compress text answers, chunked, unless `Accept-Encoding: identity`
    k_redirect_loop,      // 307 to the same relative target
    k_extra_fields,       // unknown fields in JSON objects
    k_add_headers,        // normal answer with `headers` added
};

// A disturbance and the requests it hits. Of the matching requests, the ones from `nth` on (1 is the first)
// are disturbed, `count` times (-1: for ever). Empty matchers match everything.
struct Fault {
    FaultKind kind = FaultKind::k_status;
    std::string name;
    std::string method;
    std::string path_prefix;              // of the percent-decoded path, without query
    std::vector<std::string> path_parts;  // all must occur in the percent-decoded path
    std::string repo;                     // owner/name (request body of create/delete/move included)
    Origin origin = Origin::k_any;
    int nth = 1;
    int count = 1;
    int status = 503;
    HeaderList headers;   // e.g. Retry-After, RateLimit, X-Error-Code
    std::string message;  // `error` text; empty takes a usual one
    std::uint64_t bytes = 0;
    std::chrono::milliseconds delay{0};
    std::map<std::string, std::string> files;  // k_commit_slips_in; empty: one file with a unique name
    std::function<void()> callback;            // k_commit_slips_in; may call HubEmulator
};

// Faults by name: see fault_names.hpp for the vocabulary. nullopt for an unknown name.
std::optional<Fault> named_fault(const std::string& name);
std::vector<std::string> fault_names();

class HubEmulator {
public:
    HubEmulator();
    ~HubEmulator();
    HubEmulator(const HubEmulator&) = delete;
    HubEmulator& operator=(const HubEmulator&) = delete;

    // Binds both origins on loopback and serves until stop(). Throws std::runtime_error when a port is taken.
    // Accounts and repositories outlive stop(), so a test can take the Hub away and bring it back on its
    // ports.
    void start(Options options = {});
    void stop();

    std::string hub_url() const;      // http://127.0.0.1:PORT
    std::string storage_url() const;  // http://localhost:PORT

    // Accounts. A second add_user or add_token for the same name adds a token. Organisations are made on
    // demand.
    void add_user(const std::string& name, const std::string& token, const std::string& role = "write",
                  std::vector<Membership> orgs = {});
    void add_token(const std::string& user, Token token);
    void revoke_token(const std::string& token);
    // The next answers of POST /oauth/token, in order: `authorization_pending`, `slow_down`, `expired_token`,
    // `access_denied`, `invalid_grant`, or `ok` (the last entry repeats). `ok` hands out `token`.
    void script_oauth(std::vector<std::string> answers, const std::string& token);

    // Repositories. `id` is owner/name; unknown ids throw std::out_of_range.
    void add_repo(const std::string& id, RepoOptions options = {});
    bool has_repo(const std::string& id) const;
    std::vector<std::string> repo_ids() const;
    RepoRecord repo(const std::string& id) const;
    void set_private(const std::string& id, bool value);
    void set_gated(const std::string& id, const std::string& value);
    void set_disabled(const std::string& id, bool value);
    void grant_access(const std::string& id, const std::string& user);
    void rename_repo(const std::string& from, const std::string& to);
    void remove_repo(const std::string& id);

    // Commits `files` (path -> bytes; LFS or regular by the server's own rule) and removes `deleted` on
    // `branch`, as `author`. Returns the commit id.
    std::string commit_files(const std::string& id, const std::map<std::string, std::string>& files,
                             const std::string& author = "someone", const std::string& title = "Other commit",
                             const std::string& branch = "main",
                             const std::vector<std::string>& deleted = {});

    // Newest first. `revision` as in the API: branch, tag, refs/..., commit id or prefix.
    std::vector<CommitRecord> commits(const std::string& id, const std::string& revision = "main") const;
    std::string head(const std::string& id, const std::string& revision = "main") const;
    bool has_file(const std::string& id, const std::string& path, const std::string& revision = "main") const;
    // Content, also of LFS files; unknown paths throw std::out_of_range.
    std::string file(const std::string& id, const std::string& path,
                     const std::string& revision = "main") const;

    // By the owner, on the page of the pull request.
    void merge_pull_request(const std::string& id, int number);
    void close_pull_request(const std::string& id, int number);

    // While locked, commits to the repository answer 409.
    void lock_commits(const std::string& id, bool locked);
    // All storage URLs handed out so far answer 403.
    void expire_presigned_urls();
    void set_page_size(std::size_t entries);

    void add_fault(Fault fault);
    void clear_faults();

    std::vector<LoggedRequest> requests() const;
    void clear_log();
    // Requests to the storage origin that carried an Authorization header. A correct client keeps this at 0.
    std::size_t credential_leaks() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace hub_emulator
