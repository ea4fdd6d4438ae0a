// GET and POST .../discussions[/{num}[/comment|status|title|merge]] of the Hub HTTP API (huggingface_hub,
// hf_api.py).
#include <cstdlib>
#include <utility>

#include "routes.hpp"

namespace hub_emulator {
namespace {

using nlohmann::json;

json discussion_json(const Repo& repo, const Discussion& discussion) {
    json value = {{"num", discussion.num},
                  {"title", discussion.title},
                  {"author", {{"name", discussion.author}, {"type", "user"}}},
                  {"createdAt", discussion.created_at},
                  {"status", discussion.status},
                  {"isPullRequest", discussion.is_pull_request},
                  {"repo", {{"name", repo.id}, {"type", "dataset"}}},
                  {"events", json::array()},
                  {"filesWithConflicts", json::array()},
                  {"diffUrl", nullptr}};
    if (discussion.is_pull_request) {
        value["changes"] = {{"base", discussion.base}};
        if (!discussion.merge_commit.empty()) {
            value["changes"]["mergeCommitId"] = discussion.merge_commit;
        }
    }
    return value;
}

}  // namespace

int open_pull_request(const Context& context, Repo& repo, const std::string& title,
                      const std::string& description, const std::string& base_ref,
                      const std::string& base_oid) {
    Discussion discussion;
    discussion.num = static_cast<int>(repo.discussions.size()) + 1;
    discussion.title = title;
    discussion.description = description;
    discussion.author = context.actor.user->name;
    discussion.created_at = iso_time(context.state.now_ms());
    discussion.is_pull_request = true;
    discussion.base = base_ref;
    discussion.status = "draft";
    repo.discussions.push_back(discussion);
    repo.refs["refs/pr/" + std::to_string(discussion.num)] = base_oid;
    return discussion.num;
}

namespace {

Discussion& find_discussion(Repo& repo, const std::string& number) {
    const auto wanted = std::atoi(number.c_str());
    if (wanted < 1 || wanted > static_cast<int>(repo.discussions.size())) {
        fail(404, "Discussion not found");
    }
    return repo.discussions[static_cast<std::size_t>(wanted) - 1];
}

HttpResponse list_discussions(const Context& context, const Repo& repo) {
    constexpr std::size_t k_page = 10;
    const auto type = context.request.param("type").value_or("");
    const auto status = context.request.param("status").value_or("");
    const auto author = context.request.param("author").value_or("");
    json found = json::array();
    for (auto one = repo.discussions.rbegin(); one != repo.discussions.rend(); ++one) {
        const bool closed = one->status == "closed" || one->status == "merged";
        if ((type == "pull_request" && !one->is_pull_request) ||
            (type == "discussion" && one->is_pull_request) || (status == "open" && closed) ||
            (status == "closed" && !closed) || (!author.empty() && author != one->author)) {
            continue;
        }
        found.push_back(discussion_json(repo, *one));
    }
    const auto page = std::strtoull(context.request.param("p").value_or("0").c_str(), nullptr, 10);
    const auto start = std::min<std::size_t>(found.size(), page * k_page);
    const auto end = std::min(found.size(), start + k_page);
    json shown = json::array();
    for (auto i = start; i < end; ++i) {
        shown.push_back(found[i]);
    }
    return json_answer({{"discussions", shown}, {"count", found.size()}, {"start", start}});
}

HttpResponse open_discussion(const Context& context, Repo& repo) {
    require_signed_in(context);
    const auto body = parse_json_body(context.request);
    const auto title = text_field(body, "title");
    if (title.size() < 3) {
        fail(400, "\"title\" length must be at least 3 characters long");
    }
    const auto number = open_pull_request(context, repo, title, text_field(body, "description"),
                                          "refs/heads/main", repo.refs.at("refs/heads/main"));
    if (!body.value("pullRequest", false)) {
        repo.discussions.back().is_pull_request = false;
        repo.discussions.back().status = "open";
        repo.refs.erase("refs/pr/" + std::to_string(number));
    }
    auto answer = discussion_json(repo, repo.discussions.back());
    answer["url"] = context.state.hub_url + "/datasets/" + repo.id + "/discussions/" + std::to_string(number);
    return json_answer(answer);
}

HttpResponse set_status(const Context& context, Repo& repo, Discussion& discussion) {
    if (context.actor.user->name != discussion.author) {
        require_write(context, repo);
    }
    const auto status = text_field(parse_json_body(context.request), "status");
    if ((status != "open" && status != "closed") || discussion.status == "merged") {
        fail(400, "Cannot change the status of this discussion to " + status);
    }
    discussion.status = status;
    return json_answer({{"newStatus", {{"type", "status-change"}, {"data", {{"status", status}}}}}});
}

}  // namespace

void merge_pull_request(State& state, Repo& repo, int number, const std::string& author) {
    auto& discussion = find_discussion(repo, std::to_string(number));
    if (!discussion.is_pull_request || (discussion.status != "open" && discussion.status != "draft")) {
        fail(400, "This pull request cannot be merged");
    }
    const auto& base = repo.commit(repo.refs.at(discussion.base));
    const auto& proposed = repo.commit(repo.refs.at("refs/pr/" + std::to_string(number)));
    auto files = base.files;
    for (const auto& [path, blob] : proposed.files) {
        files[path] = blob;
    }
    discussion.merge_commit =
        state.add_commit(repo, base.oid, std::move(files), discussion.title, discussion.description, author)
            .oid;
    repo.refs[discussion.base] = discussion.merge_commit;
    discussion.status = "merged";
}

void close_pull_request(Repo& repo, int number) {
    find_discussion(repo, std::to_string(number)).status = "closed";
}

HttpResponse discussions(const Context& context, const RepoRoute& route) {
    auto& repo = route.repo;
    const auto rest = join_segments(route.segments, route.rest);
    const auto slash = rest.find('/');
    const auto action = slash == std::string::npos ? std::string() : rest.substr(slash + 1);
    if (context.request.method != "POST") {
        return rest.empty() ? list_discussions(context, repo)
                            : json_answer(discussion_json(repo, find_discussion(repo, rest)));
    }
    if (rest.empty()) {
        return open_discussion(context, repo);
    }
    require_signed_in(context);
    auto& discussion = find_discussion(repo, rest.substr(0, slash));
    if (action == "status") {
        return set_status(context, repo, discussion);
    }
    if (action == "merge") {
        require_write(context, repo);
        merge_pull_request(context.state, repo, discussion.num, context.actor.user->name);
        return json_answer(json::object());
    }
    const auto body = parse_json_body(context.request);
    if (action == "comment") {
        return json_answer(
            {{"newMessage",
              {{"type", "comment"}, {"data", {{"latest", {{"raw", text_field(body, "comment")}}}}}}}});
    }
    if (action == "title") {
        const auto before = std::exchange(discussion.title, text_field(body, "title"));
        return json_answer(
            {{"newTitle",
              {{"type", "title-change"}, {"data", {{"from", before}, {"to", discussion.title}}}}}});
    }
    fail(404, "Sorry, we can't find the page you are looking for.");
}

}  // namespace hub_emulator
