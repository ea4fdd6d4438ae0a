// POST .../preupload/{rev} and POST .../commit/{rev} of the Hub HTTP API.
#include "commit_plan.hpp"
#include "digest.hpp"
#include "gitattributes.hpp"
#include "routes.hpp"

namespace hub_emulator {
namespace {

using nlohmann::json;

constexpr std::size_t k_max_preupload_files = 256;

// Writing to a repository needs write access, opening a pull request only a signed-in reader.
void require_commit_rights(const Context& context, const Repo& repo, bool create_pr) {
    if (create_pr) {
        require_signed_in(context);
    } else {
        require_write(context, repo);
    }
}

bool owns_pull_request(const Context& context, const Repo& repo, const std::string& ref) {
    const std::string prefix = "refs/pr/";
    if (context.actor.anonymous() || ref.rfind(prefix, 0) != 0) {
        return false;
    }
    const auto number = static_cast<std::size_t>(std::atoi(ref.c_str() + prefix.size()));
    return number >= 1 && number <= repo.discussions.size() &&
           repo.discussions[number - 1].author == context.actor.user->name;
}

std::string stored_text(const Tree& tree, const std::string& path) {
    const auto found = tree.find(path);
    return found == tree.end() || found->second.is_lfs() ? "" : *found->second.bytes;
}

json preupload_entry(const Context& context, const json& file, const Tree& tree, const GitAttributes& rules,
                     const std::string& ignore) {
    const auto path = text_field(file, "path");
    if (path.empty() || path.find("..") != std::string::npos || path.find('\\') != std::string::npos) {
        fail(422, "Invalid path in repository: \"" + path + "\"");
    }
    std::string sample;
    if (!base64_decode(text_field(file, "sample"), sample)) {
        fail(400, "\"sample\" must be base64");
    }
    const auto size = file.value("size", std::uint64_t{0});
    const bool lfs = rules.is_lfs(path) || size > context.state.options.lfs_threshold || looks_binary(sample);
    json entry = {
        {"path", path}, {"uploadMode", lfs ? "lfs" : "regular"}, {"shouldIgnore", git_ignores(ignore, path)}};
    if (const auto found = tree.find(path); found != tree.end()) {
        entry["oid"] = content_oid(found->second);
    }
    return entry;
}

struct Target {
    std::string ref;  // what moves; empty for a new pull request
    std::string base;
};

Target commit_target(const Repo& repo, const std::string& revision, const CommitPlan& plan, bool create_pr) {
    const auto ref = repo.writable_ref(revision);
    if (!ref) {
        fail(404, "Invalid rev id: " + revision, "RevisionNotFound");
    }
    const auto& head = repo.refs.at(*ref);
    if (create_pr) {
        return {"", plan.parent.empty() ? head : resolve_or_fail(repo, plan.parent)};
    }
    if (!plan.parent.empty() && head.compare(0, plan.parent.size(), plan.parent) != 0) {
        fail(412, "A commit has happened since. Please refresh and try again.");
    }
    return {*ref, head};
}

}  // namespace

HttpResponse preupload(const Context& context, const RepoRoute& route) {
    auto& repo = route.repo;
    const auto revision = join_segments(route.segments, route.rest);
    const auto ref = repo.writable_ref(revision);
    const bool create_pr = context.request.param_is_true("create_pr");
    require_commit_rights(context, repo, create_pr || (ref && owns_pull_request(context, repo, *ref)));
    const auto oid = resolve_or_fail(repo, revision);
    const auto body = parse_json_body(context.request);
    const auto& tree = repo.commit(oid).files;
    const GitAttributes rules(text_field(body, "gitAttributes", stored_text(tree, ".gitattributes")));
    const auto ignore = text_field(body, "gitIgnore", stored_text(tree, ".gitignore"));
    const auto wanted = body.value("files", json::array());
    if (wanted.size() > k_max_preupload_files) {
        fail(413, "Too many files in one request");
    }
    json files = json::array();
    for (const auto& file : wanted) {
        files.push_back(preupload_entry(context, file, tree, rules, ignore));
    }
    return json_answer({{"files", files}, {"commitOid", oid}});
}

HttpResponse commit(const Context& context, const RepoRoute& route) {
    auto& repo = route.repo;
    auto& state = context.state;
    const auto revision = join_segments(route.segments, route.rest);
    const auto ref = repo.writable_ref(revision);
    const bool create_pr = context.request.param_is_true("create_pr");
    require_commit_rights(context, repo, create_pr || (ref && owns_pull_request(context, repo, *ref)));
    if (state.options.max_commit_body != 0 && context.request.body.size() > state.options.max_commit_body) {
        fail(413, "request entity too large");
    }
    if (repo.locked) {
        fail(409, "Another commit on this reference is being processed. Please retry later.");
    }
    const auto plan = parse_commit(context.request.body);
    const auto target = commit_target(repo, revision, plan, create_pr);
    auto tree = apply_operations(state, repo, repo.commit(target.base).files, plan);
    const auto& made = state.add_commit(repo, target.base, std::move(tree), plan.summary, plan.description,
                                        context.actor.user->name);
    json answer = {{"success", true},
                   {"commitOid", made.oid},
                   {"commitUrl", state.hub_url + "/datasets/" + repo.id + "/commit/" + made.oid},
                   {"hookOutput", ""}};
    if (create_pr) {
        const auto number = open_pull_request(context, repo, plan.summary, plan.description,
                                              "refs/heads/" + revision, made.oid);
        answer["pullRequestUrl"] =
            state.hub_url + "/datasets/" + repo.id + "/discussions/" + std::to_string(number);
    } else {
        repo.refs[target.ref] = made.oid;
    }
    return json_answer(answer);
}

}  // namespace hub_emulator
