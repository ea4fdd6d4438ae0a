// GET .../tree/{rev}[/{path}] and POST .../paths-info/{rev} of the Hub HTTP API.
#include <map>

#include "digest.hpp"
#include "routes.hpp"

namespace hub_emulator {
namespace {

using nlohmann::json;

struct Listing {
    const Repo& repo;
    const Commit& commit;
    std::map<std::string, std::string> folders;  // path -> tree id
    bool expand = false;
    bool mask = false;  // gated, and the caller has no access
};

Listing make_listing(const Context& context, const Repo& repo, const std::string& oid, bool expand) {
    Listing listing{repo, repo.commit(oid), {}, expand, !context.state.may_read_content(context.actor, repo)};
    std::map<std::string, std::string> blobs;
    for (const auto& [path, blob] : listing.commit.files) {
        blobs[path] = blob.oid;
    }
    listing.folders = git_tree_oids(blobs);
    return listing;
}

json last_commit_json(const Listing& listing, const std::string& oid) {
    const auto found = listing.repo.commits.find(oid);
    const auto& commit = found == listing.repo.commits.end() ? listing.commit : *found->second;
    return {{"id", commit.oid}, {"title", commit.title}, {"date", iso_time(commit.time_ms)}};
}

json file_json(const Listing& listing, const std::string& path, const Blob& blob) {
    json entry = {{"type", "file"}, {"oid", blob.oid}, {"size", blob.size}, {"path", path}};
    if (blob.is_lfs()) {
        entry["lfs"] = {{"oid", listing.mask ? std::string(64, '*') : blob.sha256},
                        {"size", blob.size},
                        {"pointerSize", lfs_pointer(blob.sha256, blob.size).size()}};
    }
    if (listing.expand) {
        entry["lastCommit"] = last_commit_json(listing, blob.last_commit);
    }
    return entry;
}

json folder_json(const Listing& listing, const std::string& path) {
    json entry = {{"type", "directory"}, {"oid", listing.folders.at(path)}, {"size", 0}, {"path", path}};
    if (listing.expand) {
        entry["lastCommit"] = last_commit_json(listing, listing.commit.oid);
    }
    return entry;
}

bool directly_in(const std::string& folder, const std::string& path) {
    const auto slash = path.rfind('/');
    return (slash == std::string::npos ? "" : path.substr(0, slash)) == folder;
}

bool below(const std::string& folder, const std::string& path) {
    return folder.empty() || path.rfind(folder + "/", 0) == 0;
}

json entries_of(const Listing& listing, const std::string& folder, bool recursive) {
    json entries = json::array();
    for (const auto& [path, oid] : listing.folders) {
        if (!path.empty() && (recursive ? below(folder, path) : directly_in(folder, path))) {
            entries.push_back(folder_json(listing, path));
        }
    }
    for (const auto& [path, blob] : listing.commit.files) {
        if (recursive ? below(folder, path) : directly_in(folder, path)) {
            entries.push_back(file_json(listing, path, blob));
        }
    }
    return entries;
}

std::string trim_slashes(std::string path) {
    while (!path.empty() && path.back() == '/') {
        path.pop_back();
    }
    while (!path.empty() && path.front() == '/') {
        path.erase(0, 1);
    }
    return path;
}

// Form (`paths=a&paths=b`) or JSON (`{"paths":[...]}`), told apart by the content type.
std::vector<std::string> wanted_paths(const HttpRequest& request, bool& expand) {
    std::vector<std::string> paths;
    if (request.header_or("Content-Type").find("json") != std::string::npos) {
        const auto body = parse_json_body(request);
        expand = body.value("expand", false);
        const auto list = body.value("paths", json());
        return list.is_string() ? std::vector<std::string>{list.get<std::string>()}
                                : list.get<std::vector<std::string>>();
    }
    for (const auto& [key, value] : parse_form(request.body)) {
        if (key == "paths" || key == "paths[]") {
            paths.push_back(value);
        } else if (key == "expand") {
            expand = to_lower(value) == "true" || value == "1";
        }
    }
    return paths;
}

}  // namespace

HttpResponse list_tree(const Context& context, const RepoRoute& route) {
    const auto at = take_revision(route.repo, route.segments, route.rest);
    const auto folder = trim_slashes(at.path);
    const bool expand = context.request.param_is_true("expand");
    const auto listing = make_listing(context, route.repo, at.oid, expand);
    if (listing.folders.count(folder) == 0) {
        fail(404, folder + " does not exist on \"" + at.revision + "\"", "EntryNotFound");
    }
    return paged_answer(context, entries_of(listing, folder, context.request.param_is_true("recursive")),
                        expand ? 50 : 1000);
}

HttpResponse paths_info(const Context& context, const RepoRoute& route) {
    const auto oid = resolve_or_fail(route.repo, join_segments(route.segments, route.rest));
    bool expand = false;
    const auto paths = wanted_paths(context.request, expand);
    if (paths.size() > 1000) {
        fail(413, "too many parameters");
    }
    const auto listing = make_listing(context, route.repo, oid, expand);
    json entries = json::array();
    for (const auto& raw : paths) {
        const auto path = trim_slashes(raw);
        if (const auto file = listing.commit.files.find(path); file != listing.commit.files.end()) {
            entries.push_back(file_json(listing, path, file->second));
        } else if (!path.empty() && listing.folders.count(path) != 0) {
            entries.push_back(folder_json(listing, path));
        }
    }
    return json_answer(entries);
}

}  // namespace hub_emulator
