// What the emulated Hub knows: accounts, repositories as commit graphs, stored LFS objects. Not thread-safe
// by itself; the emulator holds one lock around every request and every test access.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "emulator.hpp"

namespace hub_emulator {

using Bytes = std::shared_ptr<const std::string>;

struct Blob {
    std::string oid;         // git blob id: of the content, or of the pointer text
    std::uint64_t size = 0;  // of the content
    std::string sha256;      // LFS only
    Bytes bytes;             // regular only
    std::string last_commit;

    bool is_lfs() const { return !sha256.empty(); }
};

// Value of the preupload `oid` field: what a client compares with its local digest.
const std::string& content_oid(const Blob& blob);

using Tree = std::map<std::string, Blob>;

struct Commit {
    std::string oid;
    std::string parent;
    std::string title;
    std::string description;
    std::string author;
    std::int64_t time_ms = 0;
    Tree files;
};

struct Discussion {
    int num = 0;
    std::string title;
    std::string description;
    std::string author;
    std::string created_at;
    bool is_pull_request = false;
    std::string base;
    std::string status = "open";  // draft, open, closed, merged
    std::string merge_commit;
};

struct Repo {
    std::string id;  // owner/name
    std::string internal_id;
    bool is_private = false;
    std::string gated = "false";
    bool disabled = false;
    bool locked = false;
    std::string created_at;
    std::map<std::string, std::string> refs;
    std::map<std::string, std::shared_ptr<const Commit>> commits;
    std::set<std::string> lfs_objects;  // sha256 of what this repository may point to
    std::set<std::string> granted;
    std::vector<Discussion> discussions;

    std::string owner() const { return id.substr(0, id.find('/')); }
    std::string name() const { return id.substr(id.find('/') + 1); }
    std::optional<std::string> resolve(const std::string& revision) const;
    const Commit& commit(const std::string& oid) const { return *commits.at(oid); }
    // Name of the ref a commit to `revision` moves; nullopt unless it is a branch or a pull request.
    std::optional<std::string> writable_ref(const std::string& revision) const;
};

struct User {
    std::string name;
    std::string id;
    std::vector<Membership> orgs;
};

// Who asks. Anonymous without a user.
struct Actor {
    const User* user = nullptr;
    const Token* token = nullptr;

    bool anonymous() const { return user == nullptr; }
};

struct Upload {
    std::string repo_internal_id;
    std::string sha256;
    std::uint64_t size = 0;
    std::uint64_t chunk_size = 0;
    std::map<int, std::string> parts;
};

struct OAuthScript {
    std::vector<std::string> answers;
    std::string token;
    std::size_t next = 0;
};

class State {
public:
    Options options;
    std::string hub_url;
    std::string storage_url;
    std::string signing_key;
    OAuthScript oauth;
    std::map<std::string, Bytes> objects;  // LFS content by sha256
    std::map<std::string, Upload> uploads;

    State();

    void add_user(const std::string& name, const std::vector<Membership>& orgs);
    void add_token(const std::string& user, Token token);
    void revoke_token(const std::string& value) { m_tokens.erase(value); }
    // nullopt: unknown token.
    std::optional<Actor> actor_of(const std::string& token) const;
    const std::map<std::string, User>& users() const { return m_users; }
    const std::map<std::string, std::pair<std::string, Token>>& tokens() const { return m_tokens; }
    std::string entity_id(const std::string& name);

    // Role of the actor in a namespace: "", "read", "contributor", "write", "admin".
    std::string role_in(const Actor& actor, const std::string& name_space) const;
    bool may_create(const Actor& actor, const std::string& name_space) const;
    bool may_read(const Actor& actor, const Repo& repo) const;
    bool may_write(const Actor& actor, const Repo& repo) const;
    bool may_read_content(const Actor& actor, const Repo& repo) const;

    // Creates the repository with its initial commit; the id must be free.
    Repo& add_repo(const std::string& id, const RepoOptions& repo_options, const std::string& author);
    Repo* find_repo(const std::string& id);  // exact or other case
    Repo& get_repo(const std::string& id);   // throws std::out_of_range
    // Current id of a repository asked for under an old name or in another case; nullopt if there is none.
    std::optional<std::string> current_id(const std::string& id) const;
    void rename_repo(const std::string& from, const std::string& to);
    void remove_repo(const std::string& id);
    const std::map<std::string, std::shared_ptr<Repo>>& repos() const { return m_repos; }
    std::map<std::string, std::shared_ptr<Repo>>& repos() { return m_repos; }
    std::map<std::string, std::string>& aliases() { return m_aliases; }

    // Blobs of the given content, as the server would store it.
    Blob regular_blob(std::string bytes) const;
    Blob lfs_blob(const std::string& sha256, std::uint64_t size) const;
    Blob store(Repo& repo, const Tree& tree, const std::string& path, std::string bytes);
    Bytes content(const Blob& blob) const;

    // Records a commit on top of `parent` (may be empty) and returns it; refs are the caller's business.
    const Commit& add_commit(Repo& repo, const std::string& parent, Tree files, const std::string& title,
                             const std::string& description, const std::string& author);
    std::string random_hex(std::size_t digits);
    std::int64_t now_ms() const;

private:
    std::map<std::string, User> m_users;
    std::map<std::string, std::pair<std::string, Token>> m_tokens;  // value -> user name, token
    std::map<std::string, std::shared_ptr<Repo>> m_repos;           // lower-case id -> repo
    std::map<std::string, std::string> m_aliases;                   // lower-case old id -> lower-case id
    std::map<std::string, std::string> m_entity_ids;
    std::uint64_t m_counter = 0;
};

std::string iso_time(std::int64_t time_ms);

}  // namespace hub_emulator
