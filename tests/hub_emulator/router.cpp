#include <map>

#include "routes.hpp"

namespace hub_emulator {
namespace {

using nlohmann::json;
using RepoHandler = HttpResponse (*)(const Context&, const RepoRoute&);

const std::map<std::string, RepoHandler>& repo_handlers() {
    static const std::map<std::string, RepoHandler> k_handlers = {
        {"GET ", repo_info},
        {"GET revision", repo_info},
        {"PUT settings", update_settings},
        {"GET auth-check", auth_check},
        {"GET tree", list_tree},
        {"POST paths-info", paths_info},
        {"GET refs", list_refs},
        {"GET commits", list_commits},
        {"POST preupload", preupload},
        {"POST commit", commit},
        {"POST branch", change_branch},
        {"DELETE branch", change_branch},
        {"POST tag", change_tag},
        {"DELETE tag", change_tag},
        {"POST super-squash", super_squash},
        {"POST discussions", discussions},
        {"GET discussions", discussions},
        {"GET lfs-files", lfs_files},
        {"POST lfs-files", lfs_files},
    };
    return k_handlers;
}

const std::map<std::string, RepoHandler>& file_handlers() {
    static const std::map<std::string, RepoHandler> k_handlers = {{"GET resolve", resolve_file},
                                                                  {"GET raw", raw_file}};
    return k_handlers;
}

Actor authenticate(const State& state, const HttpRequest& request) {
    const auto* header = request.header("Authorization");
    if (header == nullptr) {
        return {};
    }
    const std::string bearer = "Bearer ";
    const auto actor =
        header->rfind(bearer, 0) == 0 ? state.actor_of(header->substr(bearer.size())) : std::nullopt;
    if (!actor) {
        fail(401, "Invalid username or password.");
    }
    return *actor;
}

// The escaped slash inside an id is the one encoding the Hub refuses.
std::string id_from(const std::vector<std::string>& segments, std::size_t at) {
    const auto owner = percent_decode(segments[at]);
    const auto name = percent_decode(segments[at + 1]);
    if (owner.find('/') != std::string::npos || name.find('/') != std::string::npos) {
        fail(400, "Invalid repository name");
    }
    return owner + "/" + name;
}

[[noreturn]] void redirect_to(const Context& context, std::size_t at, const std::string& id,
                              const std::string& suffix) {
    const auto& segments = context.request.raw_segments;
    std::string location;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        location += "/" + (i == at ? id + suffix : segments[i]);
        i += i == at ? 1 : 0;
    }
    HttpResponse response;
    response.status = 307;
    response.set("Location",
                 location + (context.request.raw_query.empty() ? "" : "?" + context.request.raw_query));
    throw HttpError{response};
}

// Finds the repository whose owner is segment `at`; redirects from old names and other cases.
Repo& find_or_fail(const Context& context, std::size_t at, const std::string& suffix = "") {
    auto id = id_from(context.request.raw_segments, at);
    id.resize(id.size() - suffix.size());
    const auto current = context.state.current_id(id);
    if (!current || !context.state.may_read(context.actor, context.state.get_repo(*current))) {
        fail_repo_not_found(context);
    }
    if (*current != id) {
        redirect_to(context, at, *current, suffix);
    }
    return context.state.get_repo(*current);
}

HttpResponse call(const std::map<std::string, RepoHandler>& handlers, const Context& context,
                  const RepoRoute& route) {
    const auto method = context.request.method == "HEAD" ? std::string("GET") : context.request.method;
    const auto handler = handlers.find(method + " " + route.verb);
    if (handler == handlers.end()) {
        return error_answer(404, "Sorry, we can't find the page you are looking for.");
    }
    const bool is_info = route.verb.empty() || route.verb == "revision";
    if (route.repo.disabled && !is_info) {
        fail(403, "Access to this resource is disabled.");
    }
    return handler->second(context, route);
}

HttpResponse repo_api(const Context& context) {
    const auto& segments = context.request.raw_segments;
    auto& repo = find_or_fail(context, 2);
    return call(repo_handlers(), context,
                {repo, segments.size() > 4 ? segments[4] : "", segments, segments.size() > 4 ? 5U : 4U});
}

HttpResponse lfs_api(const Context& context) {
    const auto& segments = context.request.raw_segments;
    auto& repo = find_or_fail(context, 1, ".git");
    if (repo.disabled) {
        fail(403, "Access to this resource is disabled.");
    }
    const auto rest = join_segments(segments, 3);
    if (context.request.method == "POST" && rest == "info/lfs/objects/batch") {
        return lfs_batch(context, repo);
    }
    if (context.request.method == "POST" && rest == "info/lfs/verify") {
        return lfs_verify(context, repo);
    }
    fail(404, "Not found");
}

HttpResponse web_files(const Context& context) {
    const auto& segments = context.request.raw_segments;
    const auto& name = segments[2];
    if (name.size() > 4 && name.compare(name.size() - 4, 4, ".git") == 0) {
        return lfs_api(context);
    }
    auto& repo = find_or_fail(context, 1);
    return call(file_handlers(), context, {repo, segments.size() > 3 ? segments[3] : "", segments, 4});
}

HttpResponse cached_file(const Context& context) {
    const auto& segments = context.request.raw_segments;
    auto& repo = find_or_fail(context, 3);
    return resolve_cached(context, repo, segments[5], join_segments(segments, 6));
}

const std::map<std::string, HttpResponse (*)(const Context&)>& plain_handlers() {
    static const std::map<std::string, HttpResponse (*)(const Context&)> k_handlers = {
        {"GET api/whoami-v2", whoami},
        {"POST oauth/device", oauth_device},
        {"POST oauth/token", oauth_token},
        {"POST api/repos/create", create_repo},
        {"DELETE api/repos/delete", delete_repo},
        {"POST api/repos/move", move_repo},
        {"GET api/datasets", list_repos},
        {"POST api/validate-yaml", validate_yaml},
        {"POST api/complete_multipart", lfs_complete},
    };
    return k_handlers;
}

HttpResponse dispatch(const Context& context) {
    const auto& segments = context.request.raw_segments;
    const auto found = plain_handlers().find(context.request.method + " " + join_segments(segments, 0));
    if (found != plain_handlers().end()) {
        return found->second(context);
    }
    const auto first = segments.empty() ? std::string() : segments[0];
    if (segments.size() >= 4 && first == "api" && segments[1] == "datasets") {
        return repo_api(context);
    }
    if (segments.size() == 3 && first == "api" && segments[1] == "datasets" &&
        percent_decode(segments[2]).find('/') != std::string::npos) {
        fail(400, "Invalid repository name");
    }
    if (segments.size() >= 7 && first == "api" && segments[1] == "resolve-cache" &&
        segments[2] == "datasets") {
        return cached_file(context);
    }
    if (segments.size() >= 3 && first == "datasets") {
        return web_files(context);
    }
    fail(404, "Sorry, we can't find the page you are looking for.");
}

std::string id_in_body(const HttpRequest& request) {
    const auto body = json::parse(request.body, nullptr, false);
    if (body.is_discarded() || !body.is_object()) {
        return "";
    }
    if (body.contains("fromRepo")) {
        return text_field(body, "fromRepo");
    }
    return text_field(body, "organization", "-") + "/" + text_field(body, "name");
}

}  // namespace

HttpResponse hub_request(State& state, const HttpRequest& request) {
    try {
        return dispatch({state, request, authenticate(state, request)});
    } catch (const HttpError& error) {
        return error.response;
    } catch (const json::exception& error) {
        return error_answer(400, std::string("Invalid request body: ") + error.what());
    }
}

std::string repo_id_of(const HttpRequest& request) {
    const auto& segments = request.raw_segments;
    auto id_at = [&](std::size_t at) {
        if (segments.size() < at + 2) {
            return std::string();
        }
        auto name = percent_decode(segments[at + 1]);
        if (name.size() > 4 && name.compare(name.size() - 4, 4, ".git") == 0) {
            name.resize(name.size() - 4);
        }
        return percent_decode(segments[at]) + "/" + name;
    };
    if (request.origin == Origin::k_storage) {
        return id_at(0);
    }
    if (segments.empty()) {
        return "";
    }
    if (segments[0] == "datasets") {
        return id_at(1);
    }
    if (segments[0] != "api" || segments.size() < 2) {
        return "";
    }
    if (segments[1] == "complete_multipart") {
        return request.param("repo").value_or("");
    }
    if (segments[1] == "repos") {
        try {
            return id_in_body(request);
        } catch (const HttpError&) {
            return "";
        }
    }
    return segments[1] == "datasets" ? id_at(2) : segments[1] == "resolve-cache" ? id_at(3) : "";
}

}  // namespace hub_emulator
