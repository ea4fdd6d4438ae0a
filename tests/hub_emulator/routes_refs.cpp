// GET .../refs, GET .../commits/{rev}, branches, tags and super-squash of the Hub HTTP API.
#include <set>

#include "routes.hpp"

namespace hub_emulator {
namespace {

using nlohmann::json;

json ref_json(const std::string& ref, const std::string& prefix, const std::string& oid) {
    return {{"name", ref.substr(prefix.size())}, {"ref", ref}, {"targetCommit", oid}};
}

json refs_below(const Repo& repo, const std::string& prefix) {
    json list = json::array();
    for (const auto& [ref, oid] : repo.refs) {
        if (ref.rfind(prefix, 0) == 0) {
            list.push_back(ref_json(ref, prefix, oid));
        }
    }
    return list;
}

json commit_json(const Commit& commit) {
    return {{"id", commit.oid},
            {"title", commit.title},
            {"message", commit.description},
            {"authors", json::array({{{"user", commit.author}, {"avatar", "/avatars/user.svg"}}})},
            {"date", iso_time(commit.time_ms)}};
}

json optional_body(const HttpRequest& request) {
    return request.body.empty() ? json::object() : parse_json_body(request);
}

// What no branch, tag or pull request leads to any more cannot be asked for.
void drop_unreachable(Repo& repo) {
    std::set<std::string> reached;
    for (const auto& [name, head] : repo.refs) {
        for (std::string oid = head; !oid.empty() && reached.insert(oid).second;) {
            oid = repo.commit(oid).parent;
        }
    }
    std::erase_if(repo.commits, [&](const auto& known) { return reached.count(known.first) == 0; });
}

}  // namespace

HttpResponse list_refs(const Context& context, const RepoRoute& route) {
    json body = {{"branches", refs_below(route.repo, "refs/heads/")},
                 {"converts", refs_below(route.repo, "refs/convert/")},
                 {"tags", refs_below(route.repo, "refs/tags/")}};
    if (context.request.param_is_true("include_prs")) {
        json requests = json::array();
        for (const auto& [ref, oid] : route.repo.refs) {
            if (ref.rfind("refs/pr/", 0) == 0) {
                requests.push_back({{"name", ref}, {"ref", ref}, {"targetCommit", oid}});
            }
        }
        body["pullRequests"] = requests;
    }
    return json_answer(body);
}

HttpResponse list_commits(const Context& context, const RepoRoute& route) {
    json list = json::array();
    for (auto oid = resolve_or_fail(route.repo, join_segments(route.segments, route.rest)); !oid.empty();) {
        const auto& commit = route.repo.commit(oid);
        list.push_back(commit_json(commit));
        oid = commit.parent;
    }
    const auto total = list.size();
    if (const auto page = context.request.param("p"); page && !context.request.param("cursor")) {
        const auto size = std::strtoull(context.request.param("limit").value_or("50").c_str(), nullptr, 10);
        const auto skip = std::min<std::size_t>(total, std::strtoull(page->c_str(), nullptr, 10) * size);
        list.erase(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(skip));
    }
    auto response = paged_answer(context, std::move(list), 1000);
    response.set("X-Total-Count", std::to_string(total));
    return response;
}

HttpResponse change_branch(const Context& context, const RepoRoute& route) {
    auto& repo = route.repo;
    require_write(context, repo);
    const auto name = join_segments(route.segments, route.rest);
    const auto ref = "refs/heads/" + name;
    if (context.request.method == "DELETE") {
        if (name == "main") {
            fail(400, "Cannot delete the default branch");
        }
        if (repo.refs.erase(ref) == 0) {
            fail(404, "Reference " + ref + " does not exist", "RevisionNotFound");
        }
        return json_answer(json::object());
    }
    const auto body = optional_body(context.request);
    const auto start = resolve_or_fail(repo, text_field(body, "startingPoint", "main"));
    if (repo.refs.count(ref) != 0 && !body.value("overwrite", false)) {
        fail(409, "Reference " + ref + " already exists");
    }
    repo.refs[ref] =
        body.value("emptyBranch", false)
            ? context.state.add_commit(repo, "", {}, "Initialize branch", "", context.actor.user->name).oid
            : start;
    return json_answer(json::object());
}

HttpResponse change_tag(const Context& context, const RepoRoute& route) {
    auto& repo = route.repo;
    require_write(context, repo);
    const auto rest = join_segments(route.segments, route.rest);
    if (context.request.method == "DELETE") {
        if (repo.refs.erase("refs/tags/" + rest) == 0) {
            fail(404, "Tag " + rest + " does not exist", "RevisionNotFound");
        }
        return json_answer(json::object());
    }
    const auto body = parse_json_body(context.request);
    const auto ref = "refs/tags/" + text_field(body, "tag");
    const auto oid = resolve_or_fail(repo, rest);
    if (ref == "refs/tags/") {
        fail(400, "\"tag\" is required");
    }
    if (repo.refs.count(ref) != 0) {
        fail(409, "Tag reference exists already: " + ref);
    }
    repo.refs[ref] = oid;
    return json_answer(json::object());
}

HttpResponse super_squash(const Context& context, const RepoRoute& route) {
    auto& repo = route.repo;
    require_write(context, repo);
    const auto branch = join_segments(route.segments, route.rest);
    const auto ref = repo.writable_ref(branch);
    if (!ref) {
        fail(404, "Invalid rev id: " + branch, "RevisionNotFound");
    }
    const auto message =
        text_field(optional_body(context.request), "message", "Super-squash branch '" + branch + "'");
    const Tree files = repo.commit(repo.refs.at(*ref)).files;
    repo.refs[*ref] = context.state.add_commit(repo, "", files, message, "", context.actor.user->name).oid;
    drop_unreachable(repo);
    return json_answer(json::object());
}

}  // namespace hub_emulator
