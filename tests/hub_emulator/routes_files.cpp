// GET|HEAD /datasets/{id}/resolve/{rev}/{path} and .../raw/{rev}/{path} of the Hub.
#include "digest.hpp"
#include "routes.hpp"

namespace hub_emulator {
namespace {

[[noreturn]] void fail_no_entry(const std::string& oid) {
    HttpResponse response;
    response.status = 404;
    response.set("Content-Type", "text/plain; charset=utf-8");
    response.set("X-Error-Code", "EntryNotFound");
    response.set("X-Error-Message", "Entry not found");
    response.set("X-Repo-Commit", oid);
    response.body = "Entry not found";
    throw HttpError{response};
}

const Blob& blob_or_fail(const Repo& repo, const std::string& oid, const std::string& path) {
    const auto& files = repo.commit(oid).files;
    const auto found = files.find(path);
    if (found == files.end()) {
        fail_no_entry(oid);
    }
    return found->second;
}

std::string file_name(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
}

HttpResponse regular_answer(const Context& context, const std::string& oid, const std::string& path,
                            const Blob& blob) {
    HttpResponse response;
    const auto tag = "\"" + blob.oid + "\"";
    response.set("Content-Type", "text/plain; charset=utf-8");
    response.set("Content-Disposition", "inline; filename=\"" + percent_encode(file_name(path), " ") + "\"");
    response.set("X-Repo-Commit", oid);
    response.set("ETag", tag);
    if (context.request.header_or("If-None-Match") == tag) {
        response.status = 304;
        return response;
    }
    response.body = *blob.bytes;
    apply_range(context.request, response);
    return response;
}

HttpResponse lfs_answer(const Context& context, const Repo& repo, const std::string& oid,
                        const std::string& path, const Blob& blob) {
    HttpResponse response;
    response.status = 302;
    const auto location = signed_download_url(context.state, repo, blob, path);
    response.set("Location", location);
    response.set("Content-Type", "text/plain; charset=utf-8");
    response.set("X-Repo-Commit", oid);
    response.set("X-Linked-Size", std::to_string(blob.size));
    response.set("X-Linked-Etag", "\"" + blob.sha256 + "\"");
    response.set("Accept-Ranges", "bytes");
    response.body = "Found. Redirecting to " + location;
    return response;
}

}  // namespace

HttpResponse resolve_file(const Context& context, const RepoRoute& route) {
    const auto& repo = route.repo;
    require_content_access(context, repo);
    const auto at = take_revision(repo, route.segments, route.rest);
    const auto& blob = blob_or_fail(repo, at.oid, at.path);
    if (blob.is_lfs()) {
        return lfs_answer(context, repo, at.oid, at.path, blob);
    }
    if (!context.state.options.regular_files_redirect) {
        return regular_answer(context, at.oid, at.path, blob);
    }
    HttpResponse response;
    response.status = 307;
    response.set("Location", "/api/resolve-cache/datasets/" + repo.id + "/" + at.oid + "/" +
                                 percent_encode(at.path, "/") +
                                 "?etag=" + percent_encode("\"" + blob.oid + "\""));
    response.set("X-Repo-Commit", at.oid);
    return response;
}

HttpResponse resolve_cached(const Context& context, Repo& repo, const std::string& oid,
                            const std::string& path) {
    require_content_access(context, repo);
    const auto commit = resolve_or_fail(repo, oid);
    const auto& blob = blob_or_fail(repo, commit, path);
    if (blob.is_lfs()) {
        fail_no_entry(commit);
    }
    return regular_answer(context, commit, path, blob);
}

HttpResponse raw_file(const Context& context, const RepoRoute& route) {
    const auto& repo = route.repo;
    require_content_access(context, repo);
    const auto at = take_revision(repo, route.segments, route.rest);
    const auto& blob = blob_or_fail(repo, at.oid, at.path);
    HttpResponse response;
    response.set("Content-Type", "text/plain; charset=utf-8");
    response.set("X-Repo-Commit", at.oid);
    response.body = blob.is_lfs() ? lfs_pointer(blob.sha256, blob.size) : *blob.bytes;
    return response;
}

}  // namespace hub_emulator
