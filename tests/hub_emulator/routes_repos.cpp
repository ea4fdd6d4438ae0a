// Repositories: POST /api/repos/create, DELETE /api/repos/delete, POST /api/repos/move, GET /api/datasets,
// GET /api/datasets/{id}[/revision/{rev}], PUT .../settings, GET .../auth-check.
#include <algorithm>
#include <cctype>
#include <set>

#include "card.hpp"
#include "digest.hpp"
#include "routes.hpp"

namespace hub_emulator {
namespace {

using nlohmann::json;

bool valid_name(const std::string& name) {
    const auto ok = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-'; };
    const auto word = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
    return !name.empty() && name.size() <= 96 && std::all_of(name.begin(), name.end(), ok) &&
           word(static_cast<unsigned char>(name.front())) && word(static_cast<unsigned char>(name.back())) &&
           name.find("--") == std::string::npos && name.find("..") == std::string::npos &&
           (name.size() < 4 || name.compare(name.size() - 4, 4, ".git") != 0);
}

std::string wanted_owner(const Context& context, const json& body) {
    const auto organization = text_field(body, "organization");
    return organization.empty() ? context.actor.user->name : organization;
}

bool wants_private(const json& body) {
    const auto visibility = text_field(body, "visibility");
    return visibility == "private" ||
           (visibility.empty() && body.contains("private") && body["private"] == json(true));
}

// `files` of a creation request: light files committed at once.
void add_first_files(State& state, Repo& repo, const json& files, const std::string& author) {
    const auto head = repo.refs.at("refs/heads/main");
    Tree tree = repo.commit(head).files;
    for (const auto& file : files) {
        std::string bytes;
        if (!base64_decode(text_field(file, "content"), bytes)) {
            fail(400, "Invalid base64 content");
        }
        const auto path = text_field(file, "path");
        tree[path] = state.store(repo, tree, path, std::move(bytes));
    }
    repo.refs["refs/heads/main"] = state.add_commit(repo, head, tree, "Add files", "", author).oid;
}

json card_of(const Commit& commit) {
    const auto readme = commit.files.find("README.md");
    return readme == commit.files.end() || readme->second.is_lfs()
               ? json::object()
               : check_card(*readme->second.bytes).metadata;
}

std::vector<std::string> tags_of(const Commit& commit) {
    auto tags = card_tags(card_of(commit));
    const bool has_json = std::any_of(commit.files.begin(), commit.files.end(), [](const auto& file) {
        return file.first.find(".jsonl") != std::string::npos;
    });
    if (has_json) {
        tags.insert(tags.end(), {"format:json", "modality:text", "library:datasets"});
    }
    tags.emplace_back("region:us");
    return tags;
}

json sibling_json(const std::string& path, const Blob& blob, bool with_blobs) {
    json sibling = {{"rfilename", path}};
    if (with_blobs) {
        sibling["size"] = blob.size;
        sibling["blobId"] = blob.oid;
        if (blob.is_lfs()) {
            sibling["lfs"] = {{"sha256", blob.sha256},
                              {"size", blob.size},
                              {"pointerSize", lfs_pointer(blob.sha256, blob.size).size()}};
        }
    }
    return sibling;
}

json info_json(const Repo& repo, const Commit& commit, bool with_blobs) {
    json siblings = json::array();
    std::uint64_t storage = 0;
    for (const auto& [path, blob] : commit.files) {
        siblings.push_back(sibling_json(path, blob, with_blobs));
        storage += blob.size;
    }
    const auto& main = repo.commit(repo.refs.at("refs/heads/main"));
    return {{"_id", repo.internal_id},
            {"id", repo.id},
            {"author", repo.owner()},
            {"sha", commit.oid},
            {"lastModified", iso_time(main.time_ms)},
            {"createdAt", repo.created_at},
            {"private", repo.is_private},
            {"gated", repo.gated == "false" ? json(false) : json(repo.gated)},
            {"disabled", repo.disabled},
            {"downloads", 0},
            {"downloadsAllTime", 0},
            {"likes", 0},
            {"trendingScore", 0},
            {"tags", tags_of(commit)},
            {"cardData", card_of(commit)},
            {"description", ""},
            {"citation", nullptr},
            {"paperswithcode_id", nullptr},
            {"resourceGroup", nullptr},
            {"mainSize", storage},
            {"usedStorage", storage},
            {"siblings", siblings}};
}

const std::vector<std::string>& expandable() {
    static const std::vector<std::string> k_fields = {"author",
                                                      "cardData",
                                                      "citation",
                                                      "createdAt",
                                                      "description",
                                                      "disabled",
                                                      "downloads",
                                                      "downloadsAllTime",
                                                      "gated",
                                                      "lastModified",
                                                      "likes",
                                                      "mainSize",
                                                      "paperswithcode_id",
                                                      "private",
                                                      "resourceGroup",
                                                      "sha",
                                                      "siblings",
                                                      "tags",
                                                      "trendingScore",
                                                      "usedStorage"};
    return k_fields;
}

json expanded(const json& info, const std::vector<std::string>& fields) {
    json kept = {{"_id", info.at("_id")}, {"id", info.at("id")}};
    for (const auto& name : fields) {
        if (std::find(expandable().begin(), expandable().end(), name) == expandable().end()) {
            std::string list;
            for (const auto& known : expandable()) {
                list += (list.empty() ? "" : ", ") + known;
            }
            fail(400, "\"expand\" must be one of [" + list + "]");
        }
        kept[name] = info.at(name);
    }
    return kept;
}

void drop_internal_fields(json& info) {
    for (const auto* name :
         {"downloadsAllTime", "trendingScore", "mainSize", "usedStorage", "resourceGroup"}) {
        info.erase(name);
    }
}

bool listed(const Context& context, const Repo& repo) {
    const auto& request = context.request;
    if (!context.state.may_read(context.actor, repo)) {
        return false;
    }
    const auto author = request.param("author");
    const auto search = request.param("search");
    if ((author && to_lower(*author) != to_lower(repo.owner())) ||
        (search && to_lower(repo.id).find(to_lower(*search)) == std::string::npos)) {
        return false;
    }
    if (const auto gated = request.param("gated"); gated && (*gated == "true") != (repo.gated != "false")) {
        return false;
    }
    const auto tags = tags_of(repo.commit(repo.refs.at("refs/heads/main")));
    const auto filters = request.params("filter");
    return std::all_of(filters.begin(), filters.end(), [&](const std::string& filter) {
        return std::find(tags.begin(), tags.end(), filter) != tags.end();
    });
}

}  // namespace

HttpResponse create_repo(const Context& context) {
    require_signed_in(context);
    const auto body = parse_json_body(context.request);
    const auto name = text_field(body, "name");
    if (text_field(body, "type", "model") != "dataset") {
        fail(400, "Only datasets are supported here");
    }
    if (!valid_name(name)) {
        fail(400, "Invalid repository name: " + name);
    }
    const auto owner = wanted_owner(context, body);
    if (!context.state.may_create(context.actor, owner)) {
        fail(403, "You don't have the rights to create a dataset under the namespace \"" + owner + "\"");
    }
    const auto id = owner + "/" + name;
    if (const auto* existing = context.state.find_repo(id)) {
        auto answer = error_answer(409, "You already created this dataset repo");
        answer.body = json{{"error", "You already created this dataset repo"},
                           {"url", context.state.hub_url + "/datasets/" + existing->id}}
                          .dump();
        return answer;
    }
    RepoOptions options;
    options.is_private = wants_private(body);
    auto& repo = context.state.add_repo(id, options, context.actor.user->name);
    if (body.contains("files") && body["files"].is_array() && !body["files"].empty()) {
        add_first_files(context.state, repo, body["files"], context.actor.user->name);
    }
    return json_answer(
        {{"url", context.state.hub_url + "/datasets/" + id}, {"name", id}, {"id", repo.internal_id}});
}

HttpResponse delete_repo(const Context& context) {
    require_signed_in(context);
    const auto body = parse_json_body(context.request);
    const auto id = wanted_owner(context, body) + "/" + text_field(body, "name");
    const auto* repo = context.state.find_repo(id);
    if (repo == nullptr || !context.state.may_read(context.actor, *repo)) {
        fail(404, "Repository not found", "RepoNotFound");
    }
    require_write(context, *repo);
    context.state.remove_repo(id);
    return json_answer(json::object());
}

HttpResponse move_repo(const Context& context) {
    require_signed_in(context);
    const auto body = parse_json_body(context.request);
    const auto from = text_field(body, "fromRepo");
    const auto to = text_field(body, "toRepo");
    const auto* repo = context.state.find_repo(from);
    if (repo == nullptr || !context.state.may_read(context.actor, *repo)) {
        fail(404, "Repository not found", "RepoNotFound");
    }
    require_write(context, *repo);
    const auto slash = to.find('/');
    if (slash == std::string::npos || !valid_name(to.substr(slash + 1))) {
        fail(400, "Invalid repository name: " + to);
    }
    if (!context.state.may_create(context.actor, to.substr(0, slash))) {
        fail(403, "You don't have the rights to create a dataset under the namespace");
    }
    if (context.state.find_repo(to) != nullptr) {
        fail(409, "This repository already exists: " + to);
    }
    context.state.rename_repo(from, to);
    return json_answer(json::object());
}

HttpResponse list_repos(const Context& context) {
    const auto fields = context.request.params("expand");
    std::vector<const Repo*> repos;
    for (const auto& [key, repo] : context.state.repos()) {
        if (listed(context, *repo)) {
            repos.push_back(repo.get());
        }
    }
    std::stable_sort(repos.begin(), repos.end(),
                     [](const Repo* a, const Repo* b) { return a->created_at > b->created_at; });
    json list = json::array();
    for (const auto* repo : repos) {
        auto info = info_json(*repo, repo->commit(repo->refs.at("refs/heads/main")), false);
        if (!fields.empty()) {
            info = expanded(info, fields);
        } else if (!context.request.param_is_true("full")) {
            info.erase("siblings");
            info.erase("cardData");
            drop_internal_fields(info);
        }
        list.push_back(std::move(info));
    }
    return paged_answer(context, std::move(list), 1000);
}

HttpResponse repo_info(const Context& context, const RepoRoute& route) {
    const auto& request = context.request;
    const auto revision = route.verb == "revision" ? join_segments(route.segments, route.rest) : "main";
    const auto oid = resolve_or_fail(route.repo, revision);
    const bool with_blobs = request.param_is_true("blobs");
    const auto fields = request.params("expand");
    if (!fields.empty() && (with_blobs || request.param_is_true("full"))) {
        fail(400, "\"expand\" cannot be used with \"blobs\" or \"full\"");
    }
    auto info = info_json(route.repo, route.repo.commit(oid), with_blobs);
    if (!fields.empty()) {
        return json_answer(expanded(info, fields));
    }
    drop_internal_fields(info);
    return json_answer(info);
}

HttpResponse update_settings(const Context& context, const RepoRoute& route) {
    require_write(context, route.repo);
    const auto body = parse_json_body(context.request);
    const auto visibility = text_field(body, "visibility");
    if (visibility == "private" || visibility == "public") {
        route.repo.is_private = visibility == "private";
    } else if (!visibility.empty()) {
        fail(400, "\"visibility\" must be one of [public, private]");
    } else if (body.contains("private") && body["private"].is_boolean()) {
        route.repo.is_private = body["private"].get<bool>();
    }
    if (body.contains("gated")) {
        const auto& gated = body["gated"];
        if (gated != json(false) && gated != json("auto") && gated != json("manual")) {
            fail(400, "\"gated\" must be one of [auto, manual, false]");
        }
        route.repo.gated = gated == json(false) ? "false" : gated.get<std::string>();
    }
    return json_answer({{"private", route.repo.is_private},
                        {"gated", route.repo.gated == "false" ? json(false) : json(route.repo.gated)}});
}

HttpResponse auth_check(const Context& context, const RepoRoute& route) {
    const auto kind = join_segments(route.segments, route.rest);
    if (kind == "write") {
        require_write(context, route.repo);
    } else {
        require_content_access(context, route.repo);
    }
    HttpResponse response;
    response.set("Content-Type", "text/plain; charset=utf-8");
    response.body = "OK";
    return response;
}

}  // namespace hub_emulator
