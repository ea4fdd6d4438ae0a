// The routes of the Hub origin and of the storage origin, grouped by what they serve. Each takes a Context
// and answers, or throws an HttpError.
#pragma once

#include <string>
#include <vector>

#include "http_message.hpp"
#include "json.hpp"
#include "state.hpp"

namespace hub_emulator {

struct Context {
    State& state;
    const HttpRequest& request;
    Actor actor;
};

struct HttpError {
    HttpResponse response;
};

HttpResponse json_answer(const nlohmann::json& body, int status = 200);
HttpResponse error_answer(int status, const std::string& message, const std::string& code = "");
[[noreturn]] void fail(int status, const std::string& message, const std::string& code = "");
nlohmann::json parse_json_body(const HttpRequest& request);

// A member of a JSON object, or the fallback when it is absent or null; a wrong type fails with 400.
std::string text_field(const nlohmann::json& object, const char* key, const std::string& fallback = "");

// Permission checks; each fails as the Hub does.
[[noreturn]] void fail_repo_not_found(const Context& context);
void require_signed_in(const Context& context);
void require_write(const Context& context, const Repo& repo);
void require_content_access(const Context& context, const Repo& repo);

// Decoded segments joined by `/`.
std::string join_segments(const std::vector<std::string>& raw, std::size_t first);
struct RevisionPath {
    std::string revision;
    std::string oid;
    std::string path;
};
// Splits `{revision}/{path}`, where a revision may hold literal slashes. Fails with RevisionNotFound.
RevisionPath take_revision(const Repo& repo, const std::vector<std::string>& raw, std::size_t first);
std::string resolve_or_fail(const Repo& repo, const std::string& revision);

// Keeps `[offset, offset + page)` of `items` and adds the Link header. `page` 0 takes `usual`.
HttpResponse paged_answer(const Context& context, nlohmann::json items, std::size_t usual);

struct RepoRoute {
    Repo& repo;
    std::string verb;                   // the segment after the id
    std::vector<std::string> segments;  // raw; rest() starts after the verb
    std::size_t rest = 0;
};

// routes_account.cpp
HttpResponse whoami(const Context& context);
HttpResponse oauth_device(const Context& context);
HttpResponse oauth_token(const Context& context);
HttpResponse validate_yaml(const Context& context);

// routes_repos.cpp
HttpResponse create_repo(const Context& context);
HttpResponse delete_repo(const Context& context);
HttpResponse move_repo(const Context& context);
HttpResponse list_repos(const Context& context);
HttpResponse repo_info(const Context& context, const RepoRoute& route);
HttpResponse update_settings(const Context& context, const RepoRoute& route);
HttpResponse auth_check(const Context& context, const RepoRoute& route);

// routes_refs.cpp
HttpResponse list_refs(const Context& context, const RepoRoute& route);
HttpResponse list_commits(const Context& context, const RepoRoute& route);
HttpResponse change_branch(const Context& context, const RepoRoute& route);
HttpResponse change_tag(const Context& context, const RepoRoute& route);
HttpResponse super_squash(const Context& context, const RepoRoute& route);

// routes_discussions.cpp
HttpResponse discussions(const Context& context, const RepoRoute& route);
void merge_pull_request(State& state, Repo& repo, int number, const std::string& author);
void close_pull_request(Repo& repo, int number);
int open_pull_request(const Context& context, Repo& repo, const std::string& title,
                      const std::string& description, const std::string& base_ref,
                      const std::string& base_oid);

// routes_tree.cpp
HttpResponse list_tree(const Context& context, const RepoRoute& route);
HttpResponse paths_info(const Context& context, const RepoRoute& route);

// routes_commit.cpp
HttpResponse preupload(const Context& context, const RepoRoute& route);
HttpResponse commit(const Context& context, const RepoRoute& route);

// routes_lfs.cpp
HttpResponse lfs_batch(const Context& context, Repo& repo);
HttpResponse lfs_verify(const Context& context, Repo& repo);
HttpResponse lfs_complete(const Context& context);
HttpResponse lfs_files(const Context& context, const RepoRoute& route);
HttpResponse storage_request(const Context& context);
std::string signed_download_url(const State& state, const Repo& repo, const Blob& blob,
                                const std::string& path);

// routes_files.cpp
HttpResponse resolve_file(const Context& context, const RepoRoute& route);
HttpResponse resolve_cached(const Context& context, Repo& repo, const std::string& oid,
                            const std::string& path);
HttpResponse raw_file(const Context& context, const RepoRoute& route);

// router.cpp: everything on the Hub origin except the debug routes.
HttpResponse hub_request(State& state, const HttpRequest& request);
// owner/name a request is about, from its path or body; empty if none.
std::string repo_id_of(const HttpRequest& request);

}  // namespace hub_emulator
