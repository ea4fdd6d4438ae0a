// GET  /_emulator/repos | commits?repo=&rev= | file?repo=&path=&rev= | requests | stats | faults
// POST /_emulator/faults {"name","repo"?,"nth"?,"count"?} | commit {"repo","files"} |
// merge {"repo","num"} | close {"repo","num"} | clear-log | clear-faults

#include "exchange.hpp"
#include "json.hpp"
#include "routes.hpp"

namespace hub_emulator {
namespace {

using nlohmann::json;

json repos_json(const State& state) {
    json list = json::array();
    for (const auto& [key, repo] : state.repos()) {
        list.push_back({{"id", repo->id},
                        {"private", repo->is_private},
                        {"gated", repo->gated},
                        {"disabled", repo->disabled},
                        {"refs", repo->refs}});
    }
    return list;
}

json commits_json(State& state, const HttpRequest& request) {
    const auto& repo = state.get_repo(request.param("repo").value_or(""));
    json list = json::array();
    for (auto oid = resolve_or_fail(repo, request.param("rev").value_or("main")); !oid.empty();) {
        const auto& commit = repo.commit(oid);
        json files = json::object();
        for (const auto& [path, blob] : commit.files) {
            files[path] = {{"size", blob.size}, {"oid", blob.oid}};
            if (blob.is_lfs()) {
                files[path]["sha256"] = blob.sha256;
            }
        }
        list.push_back({{"oid", commit.oid},
                        {"parent", commit.parent},
                        {"title", commit.title},
                        {"description", commit.description},
                        {"author", commit.author},
                        {"date", iso_time(commit.time_ms)},
                        {"files", files}});
        oid = commit.parent;
    }
    return list;
}

json log_json(const Exchange& exchange) {
    json list = json::array();
    for (const auto& entry : exchange.log) {
        list.push_back({{"number", entry.number},
                        {"method", entry.method},
                        {"target", entry.target},
                        {"origin", entry.origin == Origin::k_storage ? "storage" : "hub"},
                        {"authorization", entry.had_authorization},
                        {"requestBytes", entry.request_bytes},
                        {"status", entry.status},
                        {"answerBytes", entry.answer_bytes},
                        {"fault", entry.fault}});
    }
    return list;
}

HttpResponse file_answer(State& state, const HttpRequest& request) {
    const auto& repo = state.get_repo(request.param("repo").value_or(""));
    const auto oid = resolve_or_fail(repo, request.param("rev").value_or("main"));
    HttpResponse response;
    response.set("Content-Type", "application/octet-stream");
    response.body = *state.content(repo.commit(oid).files.at(request.param("path").value_or("")));
    return response;
}

HttpResponse debug_get(Exchange& exchange, const HttpRequest& request, const std::string& what) {
    auto& state = exchange.state;
    if (what == "repos") {
        return json_answer(repos_json(state));
    }
    if (what == "commits") {
        return json_answer(commits_json(state, request));
    }
    if (what == "file") {
        return file_answer(state, request);
    }
    if (what == "requests") {
        return json_answer(log_json(exchange));
    }
    if (what == "stats") {
        return json_answer({{"requests", exchange.log.size()}, {"credentialLeaks", exchange.leaks}});
    }
    if (what == "faults") {
        return json_answer(fault_names());
    }
    return error_answer(404, "No such debug route");
}

HttpResponse debug_post(Exchange& exchange, const HttpRequest& request, const std::string& what) {
    if (what == "clear-log") {
        exchange.log.clear();
        exchange.leaks = 0;
        return json_answer(json::object());
    }
    if (what == "clear-faults") {
        exchange.faults.clear();
        return json_answer(json::object());
    }
    const auto body = parse_json_body(request);
    if (what == "commit") {
        const auto oid = exchange.commit_files(
            text_field(body, "repo"), body.at("files").get<std::map<std::string, std::string>>(), "someone",
            text_field(body, "title", "Other commit"), "main", {});
        return json_answer({{"commitOid", oid}});
    }
    if (what == "merge" || what == "close") {
        auto& repo = exchange.state.get_repo(text_field(body, "repo"));
        const int number = body.at("num").get<int>();
        if (what == "merge") {
            merge_pull_request(exchange.state, repo, number, repo.owner());
        } else {
            close_pull_request(repo, number);
        }
        return json_answer(json::object());
    }
    auto fault = what == "faults" ? named_fault(text_field(body, "name")) : std::nullopt;
    if (!fault) {
        return error_answer(404, "No such debug route or fault");
    }
    fault->repo = text_field(body, "repo");
    fault->nth = body.value("nth", fault->nth);
    fault->count = body.value("count", fault->count);
    exchange.faults.add(*fault);
    return json_answer(json::object());
}

}  // namespace

HttpResponse debug_request(Exchange& exchange, const HttpRequest& request) {
    const std::lock_guard lock(exchange.mutex);
    const auto what = join_segments(request.raw_segments, 1);
    try {
        return request.method == "POST" ? debug_post(exchange, request, what)
                                        : debug_get(exchange, request, what);
    } catch (const HttpError& error) {
        return error.response;
    } catch (const std::exception& error) {
        return error_answer(404, error.what());
    }
}

}  // namespace hub_emulator
