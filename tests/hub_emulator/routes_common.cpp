#include <algorithm>

#include "routes.hpp"

namespace hub_emulator {

using nlohmann::json;

HttpResponse json_answer(const json& body, int status) {
    HttpResponse response;
    response.status = status;
    response.set("Content-Type", "application/json; charset=utf-8");
    response.body = body.dump();
    return response;
}

HttpResponse error_answer(int status, const std::string& message, const std::string& code) {
    auto response = json_answer({{"error", message}}, status);
    auto line = message;
    std::replace(line.begin(), line.end(), '\n', ' ');
    response.set("X-Error-Message", line);
    if (!code.empty()) {
        response.set("X-Error-Code", code);
    }
    if (status == 401) {
        response.set("WWW-Authenticate", "Bearer realm=\"Authentication required\", charset=\"UTF-8\"");
    }
    return response;
}

void fail(int status, const std::string& message, const std::string& code) {
    throw HttpError{error_answer(status, message, code)};
}

json parse_json_body(const HttpRequest& request) {
    auto body = json::parse(request.body, nullptr, false);
    if (body.is_discarded() || !body.is_object()) {
        fail(400, "Invalid JSON body");
    }
    return body;
}

std::string text_field(const json& object, const char* key, const std::string& fallback) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) {
        return fallback;
    }
    if (!found->is_string()) {
        fail(400, "\"" + std::string(key) + "\" must be a string");
    }
    return found->get<std::string>();
}

void fail_repo_not_found(const Context& context) {
    if (context.actor.anonymous()) {
        fail(401, "Invalid username or password.",
             context.state.options.anonymous_missing_has_code ? "RepoNotFound" : "");
    }
    fail(404, "Repository not found", "RepoNotFound");
}

void require_signed_in(const Context& context) {
    if (context.actor.anonymous()) {
        fail(401, "Invalid username or password.");
    }
}

void require_write(const Context& context, const Repo& repo) {
    require_signed_in(context);
    if (!context.state.may_write(context.actor, repo)) {
        fail(403, "You have read access but not the required permissions for this operation");
    }
}

void require_content_access(const Context& context, const Repo& repo) {
    if (context.state.may_read_content(context.actor, repo)) {
        return;
    }
    if (context.actor.anonymous()) {
        fail(401,
             "Access to dataset " + repo.id +
                 " is restricted. You must have access to it and be authenticated "
                 "to access it. Please log in.",
             "GatedRepo");
    }
    fail(403, "Access to dataset " + repo.id + " is restricted and you are not in the authorized list.",
         "GatedRepo");
}

std::string join_segments(const std::vector<std::string>& raw, std::size_t first) {
    std::string joined;
    for (std::size_t i = first; i < raw.size(); ++i) {
        joined += (i == first ? "" : "/") + percent_decode(raw[i]);
    }
    return joined;
}

RevisionPath take_revision(const Repo& repo, const std::vector<std::string>& raw, std::size_t first) {
    std::string revision;
    for (std::size_t i = first; i < raw.size(); ++i) {
        revision += (i == first ? "" : "/") + percent_decode(raw[i]);
        if (const auto oid = repo.resolve(revision)) {
            return {revision, *oid, join_segments(raw, i + 1)};
        }
    }
    fail(404, "Invalid rev id: " + (first < raw.size() ? percent_decode(raw[first]) : ""),
         "RevisionNotFound");
}

std::string resolve_or_fail(const Repo& repo, const std::string& revision) {
    const auto oid = repo.resolve(revision);
    if (!oid) {
        fail(404, "Invalid rev id: " + revision, "RevisionNotFound");
    }
    return *oid;
}

HttpResponse paged_answer(const Context& context, json items, std::size_t usual) {
    const auto& request = context.request;
    const auto configured = context.state.options.page_size;
    auto page = configured != 0 ? std::min(configured, usual) : usual;
    if (const auto limit = request.param("limit")) {
        page = std::min<std::size_t>(page, std::max(1, std::atoi(limit->c_str())));
    }
    const auto cursor = request.param("cursor").value_or("c0");
    const std::size_t offset =
        std::min<std::size_t>(items.size(), std::strtoull(cursor.c_str() + 1, nullptr, 10));
    const auto end = std::min(items.size(), offset + page);
    json kept = json::array();
    for (auto i = offset; i < end; ++i) {
        kept.push_back(std::move(items[i]));
    }
    auto response = json_answer(kept);
    if (end < items.size()) {
        std::string query;
        for (const auto& [key, value] : request.query) {
            if (key != "cursor") {
                query += percent_encode(key) + "=" + percent_encode(value) + "&";
            }
        }
        std::string path;
        for (const auto& segment : request.raw_segments) {
            path += "/" + segment;
        }
        response.set("Link", "<" + context.state.hub_url + path + "?" + query + "cursor=c" +
                                 std::to_string(end) + ">; rel=\"next\"");
    }
    return response;
}

}  // namespace hub_emulator
