#include "state.hpp"

#include <algorithm>
#include <ctime>
#include <random>
#include <stdexcept>

#include "digest.hpp"
#include "gitattributes.hpp"
#include "http_message.hpp"

namespace hub_emulator {
namespace {

bool is_hex(const std::string& text) {
    return text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool scope_covers(const TokenScope& scope, const std::string& owner, const std::string& repo_id) {
    const auto name = to_lower(scope.name);
    return scope.type == "dataset" ? name == to_lower(repo_id) : name == to_lower(owner);
}

// `repo_id` is empty when a whole namespace is asked about.
bool scopes_allow(const Token& token, const std::string& permission, const std::string& owner,
                  const std::string& repo_id) {
    return std::any_of(token.scopes.begin(), token.scopes.end(), [&](const TokenScope& scope) {
        return scope_covers(scope, owner, repo_id) &&
               std::find(scope.permissions.begin(), scope.permissions.end(), permission) !=
                   scope.permissions.end();
    });
}

bool role_writes(const std::string& role) {
    return role == "write" || role == "admin" || role == "contributor";
}

}  // namespace

const std::string& content_oid(const Blob& blob) {
    return blob.is_lfs() ? blob.sha256 : blob.oid;
}

std::string iso_time(std::int64_t time_ms) {
    const std::time_t seconds = time_ms / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[64];
    const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    const auto ms = std::to_string(1000 + time_ms % 1000);
    return std::string(text, length) + "." + ms.substr(1) + "Z";
}

std::optional<std::string> Repo::resolve(const std::string& revision) const {
    const auto wanted = revision == "HEAD" ? std::string("main") : revision;
    for (const auto* prefix : {"refs/heads/", "refs/tags/", "refs/", ""}) {
        if (const auto found = refs.find(prefix + wanted); found != refs.end()) {
            return found->second;
        }
    }
    if (wanted.size() < 5 || wanted.size() > 40 || !is_hex(wanted)) {
        return std::nullopt;
    }
    const auto first = commits.lower_bound(wanted);
    if (first == commits.end() || first->first.compare(0, wanted.size(), wanted) != 0) {
        return std::nullopt;
    }
    return first->first;
}

std::optional<std::string> Repo::writable_ref(const std::string& revision) const {
    const auto wanted = revision == "HEAD" ? std::string("main") : revision;
    for (const auto& candidate : {"refs/heads/" + wanted, wanted}) {
        if (refs.count(candidate) != 0 && candidate.rfind("refs/tags/", 0) != 0) {
            return candidate;
        }
    }
    return std::nullopt;
}

State::State() {
    signing_key = random_hex(32);
}

std::int64_t State::now_ms() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string State::random_hex(std::size_t digits) {
    static std::random_device device;
    std::string hex;
    while (hex.size() < digits) {
        hex += sha256_hex(std::to_string(device()) + "/" + std::to_string(++m_counter));
    }
    return hex.substr(0, digits);
}

std::string State::entity_id(const std::string& name) {
    auto& id = m_entity_ids[to_lower(name)];
    if (id.empty()) {
        id = sha256_hex("entity " + to_lower(name)).substr(0, 24);
    }
    return id;
}

void State::add_user(const std::string& name, const std::vector<Membership>& orgs) {
    auto& user = m_users[name];
    user.name = name;
    user.id = entity_id(name);
    for (const auto& org : orgs) {
        entity_id(org.name);
        user.orgs.push_back(org);
    }
}

void State::add_token(const std::string& user, Token token) {
    if (m_users.count(user) == 0) {
        add_user(user, {});
    }
    const auto value = token.value;
    m_tokens[value] = {user, std::move(token)};
}

std::optional<Actor> State::actor_of(const std::string& token) const {
    const auto found = m_tokens.find(token);
    if (found == m_tokens.end()) {
        return std::nullopt;
    }
    return Actor{&m_users.at(found->second.first), &found->second.second};
}

std::string State::role_in(const Actor& actor, const std::string& name_space) const {
    if (actor.anonymous()) {
        return "";
    }
    const auto wanted = to_lower(name_space);
    if (to_lower(actor.user->name) == wanted) {
        return "admin";
    }
    for (const auto& org : actor.user->orgs) {
        if (to_lower(org.name) == wanted) {
            return org.role;
        }
    }
    return "";
}

bool State::may_create(const Actor& actor, const std::string& name_space) const {
    if (!role_writes(role_in(actor, name_space)) || actor.token->role == "read") {
        return false;
    }
    return actor.token->role != "fineGrained" || scopes_allow(*actor.token, "repo.write", name_space, "");
}

bool State::may_read(const Actor& actor, const Repo& repo) const {
    if (!repo.is_private) {
        return true;
    }
    if (role_in(actor, repo.owner()).empty()) {
        return false;
    }
    return actor.token->role != "fineGrained" ||
           scopes_allow(*actor.token, "repo.content.read", repo.owner(), repo.id) ||
           scopes_allow(*actor.token, "repo.write", repo.owner(), repo.id);
}

bool State::may_write(const Actor& actor, const Repo& repo) const {
    if (!role_writes(role_in(actor, repo.owner())) || actor.token->role == "read") {
        return false;
    }
    return actor.token->role != "fineGrained" ||
           scopes_allow(*actor.token, "repo.write", repo.owner(), repo.id);
}

bool State::may_read_content(const Actor& actor, const Repo& repo) const {
    if (repo.gated == "false" || !role_in(actor, repo.owner()).empty()) {
        return may_read(actor, repo);
    }
    return !actor.anonymous() && repo.granted.count(actor.user->name) != 0;
}

Repo& State::add_repo(const std::string& id, const RepoOptions& repo_options, const std::string& author) {
    auto repo = std::make_shared<Repo>();
    repo->id = id;
    repo->internal_id = random_hex(24);
    repo->is_private = repo_options.is_private;
    repo->gated = repo_options.gated;
    repo->disabled = repo_options.disabled;
    repo->created_at = iso_time(now_ms());
    Tree files;
    files[".gitattributes"] = regular_blob(default_gitattributes());
    const auto& first = add_commit(*repo, "", std::move(files), "initial commit", "", author);
    repo->refs["refs/heads/main"] = first.oid;
    m_aliases.erase(to_lower(id));
    return *(m_repos[to_lower(id)] = std::move(repo));
}

Repo* State::find_repo(const std::string& id) {
    const auto found = m_repos.find(to_lower(id));
    return found == m_repos.end() ? nullptr : found->second.get();
}

Repo& State::get_repo(const std::string& id) {
    auto* repo = find_repo(id);
    if (repo == nullptr) {
        throw std::out_of_range("no repository " + id);
    }
    return *repo;
}

std::optional<std::string> State::current_id(const std::string& id) const {
    auto key = to_lower(id);
    for (int hops = 0; hops < 10; ++hops) {
        if (const auto found = m_repos.find(key); found != m_repos.end()) {
            return found->second->id;
        }
        const auto alias = m_aliases.find(key);
        if (alias == m_aliases.end()) {
            return std::nullopt;
        }
        key = alias->second;
    }
    return std::nullopt;
}

void State::rename_repo(const std::string& from, const std::string& to) {
    const auto found = m_repos.find(to_lower(from));
    if (found == m_repos.end()) {
        throw std::out_of_range("no repository " + from);
    }
    auto repo = found->second;
    m_repos.erase(found);
    repo->id = to;
    m_aliases.erase(to_lower(to));
    m_repos[to_lower(to)] = std::move(repo);
    if (to_lower(from) != to_lower(to)) {
        m_aliases[to_lower(from)] = to_lower(to);
    }
}

void State::remove_repo(const std::string& id) {
    m_repos.erase(to_lower(id));
}

Blob State::regular_blob(std::string bytes) const {
    Blob blob;
    blob.oid = git_blob_oid(bytes);
    blob.size = bytes.size();
    blob.bytes = std::make_shared<const std::string>(std::move(bytes));
    return blob;
}

Blob State::lfs_blob(const std::string& sha256, std::uint64_t size) const {
    Blob blob;
    blob.sha256 = sha256;
    blob.size = size;
    blob.oid = git_blob_oid(lfs_pointer(sha256, size));
    return blob;
}

Blob State::store(Repo& repo, const Tree& tree, const std::string& path, std::string bytes) {
    const auto attributes = tree.find(".gitattributes");
    const bool readable = attributes != tree.end() && !attributes->second.is_lfs();
    const GitAttributes rules(readable ? *attributes->second.bytes : "");
    const bool lfs = !bytes.empty() && (rules.is_lfs(path) || bytes.size() > options.lfs_threshold ||
                                        looks_binary(std::string_view(bytes).substr(0, 512)));
    if (!lfs) {
        return regular_blob(std::move(bytes));
    }
    const auto sha256 = sha256_hex(bytes);
    const auto size = bytes.size();
    objects[sha256] = std::make_shared<const std::string>(std::move(bytes));
    repo.lfs_objects.insert(sha256);
    return lfs_blob(sha256, size);
}

Bytes State::content(const Blob& blob) const {
    return blob.is_lfs() ? objects.at(blob.sha256) : blob.bytes;
}

const Commit& State::add_commit(Repo& repo, const std::string& parent, Tree files, const std::string& title,
                                const std::string& description, const std::string& author) {
    auto commit = std::make_shared<Commit>();
    commit->parent = parent;
    commit->title = title;
    commit->description = description;
    commit->author = author;
    commit->time_ms = now_ms();
    std::map<std::string, std::string> blobs;
    for (const auto& [path, blob] : files) {
        blobs[path] = blob.oid;
    }
    GitCommit object{git_tree_oids(blobs).at(""), parent, author, commit->time_ms / 1000, title};
    object.message += description.empty() ? "" : "\n\n" + description;
    // Two commits of the same content in one second would share an id; the Hub's never do.
    while (repo.commits.count(git_commit_oid(object)) != 0) {
        ++object.seconds;
    }
    commit->oid = git_commit_oid(object);
    const Tree* before = parent.empty() ? nullptr : &repo.commit(parent).files;
    for (auto& [path, blob] : files) {
        const auto old = before == nullptr ? Tree::const_iterator{} : before->find(path);
        const bool same = before != nullptr && old != before->end() && old->second.oid == blob.oid;
        blob.last_commit = same ? old->second.last_commit : commit->oid;
    }
    commit->files = std::move(files);
    return *(repo.commits[commit->oid] = std::move(commit));
}

}  // namespace hub_emulator
