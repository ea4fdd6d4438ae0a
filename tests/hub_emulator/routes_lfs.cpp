// The Git LFS batch API with the Hub's `multipart` transfer, and the storage origin behind it.
#include <algorithm>
#include <set>

#include "digest.hpp"
#include "routes.hpp"

namespace hub_emulator {
namespace {

using nlohmann::json;

HttpResponse lfs_answer(const json& body, int status = 200) {
    auto response = json_answer(body, status);
    response.set("Content-Type", "application/vnd.git-lfs+json");
    return response;
}

HttpResponse storage_error(int status, const std::string& code, const std::string& message) {
    HttpResponse response;
    response.status = status;
    response.set("Content-Type", "application/xml");
    response.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" +
                    message + "</Message></Error>";
    return response;
}

bool is_sha256(const std::string& oid) {
    return oid.size() == 64 && oid.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string signature(const State& state, const std::string& method, const std::string& path,
                      const std::string& query) {
    return sha256_hex(state.signing_key + "\n" + method + "\n" + path + "\n" + query);
}

// `query` may be empty; the expiry and the signature over everything are added.
std::string signed_url(const State& state, const std::string& base, const std::string& method,
                       const std::string& path, const std::string& query) {
    const auto expires = state.now_ms() + state.options.presigned_ttl.count();
    const auto full = query + (query.empty() ? "" : "&") + "X-Expires=" + std::to_string(expires);
    return base + percent_encode(path, "/") + "?" + full +
           "&X-Signature=" + signature(state, method, path, full);
}

bool signature_holds(const State& state, const std::string& method, const HttpRequest& request) {
    const std::string marker = "&X-Signature=";
    const auto at = request.raw_query.rfind(marker);
    if (at == std::string::npos) {
        return false;
    }
    const auto signed_part = request.raw_query.substr(0, at);
    const auto expires = std::strtoll(request.param("X-Expires").value_or("0").c_str(), nullptr, 10);
    return request.raw_query.substr(at + marker.size()) ==
               signature(state, method, request.path, signed_part) &&
           state.now_ms() <= expires;
}

std::string object_path(const Repo& repo, const std::string& oid) {
    return "/" + repo.id + "/" + oid;
}

std::string part_key(std::size_t number) {
    const auto digits = std::to_string(number);
    return std::string(5 - std::min<std::size_t>(5, digits.size()), '0') + digits;
}

json multipart_action(State& state, const Repo& repo, const std::string& oid, std::uint64_t size) {
    const auto id = state.random_hex(32);
    const auto chunk = state.options.chunk_size;
    state.uploads[id] = {repo.internal_id, oid, size, chunk, {}};
    json header = {{"chunk_size", std::to_string(chunk)}};
    const auto parts = std::max<std::uint64_t>(1, (size + chunk - 1) / chunk);
    for (std::size_t part = 1; part <= parts; ++part) {
        header[part_key(part)] = signed_url(state, state.storage_url, "PUT", object_path(repo, oid),
                                            "uploadId=" + id + "&partNumber=" + std::to_string(part));
    }
    const auto href = signed_url(state, state.hub_url, "POST", "/api/complete_multipart",
                                 "uploadId=" + id + "&repo=" + percent_encode(repo.id));
    return {{"href", href}, {"header", header}};
}

json basic_action(const State& state, const Repo& repo, const std::string& oid) {
    return {{"href", signed_url(state, state.storage_url, "PUT", object_path(repo, oid), "")}};
}

json upload_entry(State& state, const Repo& repo, const std::string& oid, std::uint64_t size,
                  bool multipart) {
    json entry = {{"oid", oid}, {"size", size}, {"authenticated", true}};
    const auto stored = state.objects.find(oid);
    if (repo.lfs_objects.count(oid) != 0 && stored != state.objects.end()) {
        return entry;
    }
    const bool parts = multipart && size > state.options.multipart_threshold;
    entry["actions"]["upload"] =
        parts ? multipart_action(state, repo, oid, size) : basic_action(state, repo, oid);
    if (state.options.verify_lfs) {
        entry["actions"]["verify"] = {
            {"href", state.hub_url + "/datasets/" + repo.id + ".git/info/lfs/verify"}};
    }
    return entry;
}

json download_entry(State& state, const Repo& repo, const std::string& oid, std::uint64_t size) {
    if (repo.lfs_objects.count(oid) == 0) {
        return {
            {"oid", oid}, {"size", size}, {"error", {{"code", 404}, {"message", "Object does not exist"}}}};
    }
    return {{"oid", oid},
            {"size", size},
            {"actions",
             {{"download",
               {{"href", signed_url(state, state.storage_url, "GET", object_path(repo, oid), "")}}}}}};
}

Repo* repo_by_internal_id(State& state, const std::string& id) {
    for (auto& [key, repo] : state.repos()) {
        if (repo->internal_id == id) {
            return repo.get();
        }
    }
    return nullptr;
}

HttpResponse put_part(State& state, const HttpRequest& request, const std::string& upload_id) {
    const auto upload = state.uploads.find(upload_id);
    const auto part = std::atoi(request.param("partNumber").value_or("0").c_str());
    if (upload == state.uploads.end() || part < 1) {
        return storage_error(404, "NoSuchUpload", "The specified upload does not exist.");
    }
    upload->second.parts[part] = request.body;
    HttpResponse response;
    response.set("ETag", "\"" + md5_hex(request.body) + "\"");
    return response;
}

HttpResponse put_object(State& state, const HttpRequest& request, const std::string& oid) {
    if (sha256_hex(request.body) != oid) {
        return storage_error(400, "BadDigest", "The content does not match its SHA-256.");
    }
    auto* repo = state.find_repo(percent_decode(request.raw_segments[0]) + "/" +
                                 percent_decode(request.raw_segments[1]));
    if (repo == nullptr) {
        return storage_error(404, "NoSuchBucket", "The repository is gone.");
    }
    state.objects[oid] = std::make_shared<const std::string>(request.body);
    repo->lfs_objects.insert(oid);
    HttpResponse response;
    response.set("ETag", "\"" + md5_hex(request.body) + "\"");
    return response;
}

HttpResponse get_object(State& state, const HttpRequest& request, const std::string& oid) {
    const auto object = state.objects.find(oid);
    if (object == state.objects.end()) {
        return storage_error(404, "NoSuchKey", "The specified key does not exist.");
    }
    HttpResponse response;
    response.set("Content-Type", "application/octet-stream");
    // The CDN's tag has the look of a SHA-256 and is not one of the content.
    response.set("ETag", "\"" + sha256_hex("cdn " + oid) + "\"");
    response.body = *object->second;
    apply_range(request, response);
    return response;
}

// The parts a client lists, joined; fails when one is missing or has another tag.
std::string joined_parts(const Upload& upload, const json& parts) {
    std::string bytes;
    int expected = 1;
    for (const auto& part : parts) {
        const auto found = upload.parts.find(part.value("partNumber", 0));
        if (found == upload.parts.end() || found->first != expected++) {
            fail(400, "InvalidPart: a part is missing or out of order");
        }
        if (text_field(part, "etag") != "\"" + md5_hex(found->second) + "\"") {
            fail(400, "InvalidPart: ETag does not match");
        }
        bytes += found->second;
    }
    return bytes;
}

}  // namespace

std::string signed_download_url(const State& state, const Repo& repo, const Blob& blob,
                                const std::string& path) {
    return signed_url(state, state.storage_url, "GET", object_path(repo, blob.sha256) + "/" + path, "");
}

HttpResponse lfs_batch(const Context& context, Repo& repo) {
    const auto body = parse_json_body(context.request);
    const bool upload = text_field(body, "operation") == "upload";
    // Without a ref the rights on the target branch are not checked, as for a pull request.
    if (upload && body.contains("ref") && text_field(body["ref"], "name").rfind("refs/pr/", 0) != 0) {
        require_write(context, repo);
    } else if (upload) {
        require_signed_in(context);
    } else {
        require_content_access(context, repo);
    }
    const auto transfers = body.value("transfers", json::array({"basic"}));
    const bool multipart =
        std::find(transfers.begin(), transfers.end(), json("multipart")) != transfers.end();
    json objects = json::array();
    std::set<std::string> seen;
    bool any_multipart = false;
    for (const auto& object : body.at("objects")) {
        const auto oid = text_field(object, "oid");
        const auto size = object.value("size", std::uint64_t{0});
        if (!seen.insert(oid).second) {
            continue;
        }
        if (!is_sha256(oid)) {
            objects.push_back(
                {{"oid", oid}, {"size", size}, {"error", {{"code", 422}, {"message", "Invalid oid"}}}});
            continue;
        }
        any_multipart = any_multipart || (multipart && size > context.state.options.multipart_threshold);
        objects.push_back(upload ? upload_entry(context.state, repo, oid, size, multipart)
                                 : download_entry(context.state, repo, oid, size));
    }
    return lfs_answer(
        {{"transfer", any_multipart ? "multipart" : "basic"}, {"hash_algo", "sha256"}, {"objects", objects}});
}

HttpResponse lfs_verify(const Context& context, Repo& repo) {
    require_signed_in(context);
    const auto body = parse_json_body(context.request);
    const auto oid = text_field(body, "oid");
    const auto object = context.state.objects.find(oid);
    if (repo.lfs_objects.count(oid) == 0 || object == context.state.objects.end()) {
        return lfs_answer({{"message", "Object does not exist"}}, 404);
    }
    if (body.value("size", std::uint64_t{0}) != object->second->size()) {
        return lfs_answer({{"message", "Object has another size"}}, 422);
    }
    return lfs_answer({{"success", true}});
}

HttpResponse lfs_complete(const Context& context) {
    auto& state = context.state;
    if (!signature_holds(state, "POST", context.request)) {
        fail(403, "The signature of this URL is wrong or has expired");
    }
    const auto upload = state.uploads.find(context.request.param("uploadId").value_or(""));
    const auto body = parse_json_body(context.request);
    if (upload == state.uploads.end()) {
        fail(404, "NoSuchUpload");
    }
    auto bytes = joined_parts(upload->second, body.at("parts"));
    auto* repo = repo_by_internal_id(state, upload->second.repo_internal_id);
    if (text_field(body, "oid") != upload->second.sha256 || sha256_hex(bytes) != upload->second.sha256 ||
        bytes.size() != upload->second.size || repo == nullptr) {
        fail(400, "The uploaded content does not match its oid");
    }
    state.objects[upload->second.sha256] = std::make_shared<const std::string>(std::move(bytes));
    repo->lfs_objects.insert(upload->second.sha256);
    state.uploads.erase(upload);
    return lfs_answer({{"success", true}});
}

HttpResponse lfs_files(const Context& context, const RepoRoute& route) {
    auto& repo = route.repo;
    require_write(context, repo);
    const auto& head = repo.commit(repo.refs.at("refs/heads/main"));
    if (context.request.method == "POST") {
        const auto body = parse_json_body(context.request);
        for (const auto& oid : body.at("deletions").at("sha")) {
            repo.lfs_objects.erase(oid.get<std::string>());
        }
        return json_answer(json::object());
    }
    json list = json::array();
    for (const auto& oid : repo.lfs_objects) {
        json entry = {{"fileOid", oid},
                      {"oid", oid},
                      {"filename", oid},
                      {"size", context.state.objects.at(oid)->size()},
                      {"pushedAt", iso_time(head.time_ms)}};
        for (const auto& [path, blob] : head.files) {
            if (blob.sha256 == oid) {
                entry["filename"] = path;
                entry["ref"] = "refs/heads/main";
            }
        }
        list.push_back(entry);
    }
    return paged_answer(context, std::move(list), 1000);
}

HttpResponse storage_request(const Context& context) {
    const auto& request = context.request;
    auto& state = context.state;
    if (request.header("Authorization") != nullptr) {
        return storage_error(400, "InvalidArgument", "Only one auth mechanism allowed");
    }
    const auto method = request.method == "HEAD" ? std::string("GET") : request.method;
    if (request.raw_segments.size() < 3 || !signature_holds(state, method, request)) {
        return storage_error(403, "AccessDenied", "Request has expired");
    }
    const auto& oid = request.raw_segments[2];
    if (method == "GET") {
        return get_object(state, request, oid);
    }
    if (method != "PUT") {
        return storage_error(405, "MethodNotAllowed", "The specified method is not allowed.");
    }
    if (request.chunked || request.header("Content-Length") == nullptr || request.body.empty()) {
        return storage_error(501, "NotImplemented",
                             "A header you provided implies functionality that is not "
                             "implemented.");
    }
    const auto upload = request.param("uploadId");
    return upload ? put_part(state, request, *upload) : put_object(state, request, oid);
}

}  // namespace hub_emulator
