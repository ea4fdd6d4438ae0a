#include "faults.hpp"

#include <algorithm>

#include "digest.hpp"
#include "fault_names.hpp"
#include "json.hpp"

namespace hub_emulator {
namespace {

using nlohmann::json;

bool matches(const Fault& fault, const HttpRequest& request, const std::string& repo_id) {
    if (fault.origin != Origin::k_any && fault.origin != request.origin) {
        return false;
    }
    if (!fault.method.empty() && fault.method != request.method) {
        return false;
    }
    if (!fault.repo.empty() && to_lower(fault.repo) != to_lower(repo_id)) {
        return false;
    }
    return request.path.rfind(fault.path_prefix, 0) == 0 &&
           std::all_of(fault.path_parts.begin(), fault.path_parts.end(),
                       [&](const std::string& part) { return request.path.find(part) != std::string::npos; });
}

std::string usual_message(int status) {
    switch (status) {
        case 401:
            return "Invalid username or password.";
        case 403:
            return "Forbidden: you don't have the required permissions for this operation";
        case 404:
            return "Not Found";
        case 409:
            return "Another operation is in progress on this reference. Please retry later.";
        case 412:
            return "A commit has happened since. Please refresh and try again.";
        case 413:
            return "request entity too large";
        case 429:
            return "We had to rate limit you. To continue using our service, please wait.";
        case 500:
            return "Internal Error - We're working hard to fix this as soon as possible!";
        default:
            return reason_phrase(status);
    }
}

HttpResponse status_answer(const Fault& fault, int status) {
    HttpResponse response;
    response.status = status;
    const auto message = fault.message.empty() ? usual_message(status) : fault.message;
    response.set("Content-Type", "application/json; charset=utf-8");
    response.set("X-Error-Message", message);
    response.body = json{{"error", message}}.dump();
    for (const auto& [name, value] : fault.headers) {
        response.set(name, value);
    }
    return response;
}

HttpResponse html_answer(int status) {
    HttpResponse response;
    response.status = status;
    response.set("Content-Type", "text/html");
    const auto title = std::to_string(status) + " " + reason_phrase(status);
    response.body = "<html><head><title>" + title + "</title></head><body><center><h1>" + title +
                    "</h1></center><hr><center>gateway</center></body></html>\n";
    return response;
}

HttpResponse expired_answer() {
    HttpResponse response;
    response.status = 403;
    response.set("Content-Type", "application/xml");
    response.body =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code>"
        "<Message>Request has expired</Message></Error>";
    return response;
}

bool is_json(const HttpResponse& response) {
    const auto* type = response.header("Content-Type");
    return type != nullptr && type->find("json") != std::string::npos;
}

void add_fields(json& value) {
    if (value.is_array()) {
        for (auto& entry : value) {
            add_fields(entry);
        }
    } else if (value.is_object()) {
        value["xUnknownField"] = {{"nested", {1, "two", nullptr}}};
    }
}

void add_extra_fields(HttpResponse& response) {
    if (!is_json(response)) {
        return;
    }
    auto body = json::parse(response.body, nullptr, false);
    if (body.is_discarded()) {
        return;
    }
    for (const auto* list : {"files", "objects", "siblings"}) {
        if (body.is_object() && body.contains(list)) {
            add_fields(body[list]);
        }
    }
    add_fields(body);
    response.body = body.dump();
}

void fail_lfs_objects(const Fault& fault, HttpResponse& response) {
    auto body = json::parse(response.body, nullptr, false);
    if (body.is_discarded() || !body.contains("objects")) {
        return;
    }
    for (auto& object : body["objects"]) {
        object.erase("actions");
        object["error"] = {{"code", fault.status == 503 ? 422 : fault.status},
                           {"message", fault.message.empty() ? "Object is not acceptable" : fault.message}};
    }
    response.body = body.dump();
}

void shuffle_files(HttpResponse& response) {
    auto body = json::parse(response.body, nullptr, false);
    if (!body.is_discarded() && body.contains("files")) {
        std::reverse(body["files"].begin(), body["files"].end());
        response.body = body.dump();
    }
}

void compress_text(const HttpRequest& request, HttpResponse& response) {
    const auto accepted = request.header_or("Accept-Encoding");
    const auto* type = response.header("Content-Type");
    const bool text =
        type != nullptr && (type->rfind("text/", 0) == 0 || type->find("json") != std::string::npos);
    if (response.status == 200 && text && accepted.find("gzip") != std::string::npos) {
        response.body = gzip_stored(response.body);
        response.chunked = true;
        response.set("Content-Encoding", "gzip");
    }
}

}  // namespace

void FaultBook::clear() {
    m_armed.clear();
    m_named.clear();
}

void FaultBook::arm_named(const std::string& repo_id) {
    if (repo_id.empty() || m_named[to_lower(repo_id)]) {
        return;
    }
    m_named[to_lower(repo_id)] = true;
    for (auto& fault : faults_in_repo_name(repo_id)) {
        add(std::move(fault));
    }
}

std::vector<Fault> FaultBook::take(const HttpRequest& request, const std::string& repo_id, bool in_body) {
    arm_named(repo_id);
    std::vector<Fault> hits;
    for (auto& armed : m_armed) {
        const auto& fault = armed.fault;
        if ((fault.kind == FaultKind::k_drop_in_body) != in_body || !matches(fault, request, repo_id)) {
            continue;
        }
        ++armed.seen;
        if (armed.seen >= fault.nth && (fault.count < 0 || armed.seen < fault.nth + fault.count)) {
            hits.push_back(fault);
        }
    }
    return hits;
}

std::optional<Fault> FaultBook::take_for_head(const HttpRequest& request, const std::string& repo_id) {
    auto hits = take(request, repo_id, true);
    return hits.empty() ? std::nullopt : std::optional(std::move(hits.front()));
}

std::vector<Fault> FaultBook::take_for_request(const HttpRequest& request, const std::string& repo_id) {
    return take(request, repo_id, false);
}

std::optional<HttpResponse> answer_instead(const Fault& fault, const HttpRequest& request) {
    switch (fault.kind) {
        case FaultKind::k_status:
        case FaultKind::k_answer_then_work:
            return status_answer(fault, fault.status);
        case FaultKind::k_html:
            return html_answer(fault.status);
        case FaultKind::k_presigned_expired:
            return expired_answer();
        case FaultKind::k_conflict_no_url: {
            auto race = fault;
            race.message = "A repository with this name already exists";
            return status_answer(race, 409);
        }
        case FaultKind::k_redirect_loop: {
            HttpResponse response;
            response.status = 307;
            response.set("Location", request.target);
            return response;
        }
        default:
            return std::nullopt;
    }
}

void disturb_answer(const Fault& fault, const HttpRequest& request, HttpResponse& response) {
    switch (fault.kind) {
        case FaultKind::k_error_after:
            response = status_answer(fault, fault.status);
            break;
        case FaultKind::k_lfs_object_error:
            fail_lfs_objects(fault, response);
            break;
        case FaultKind::k_shuffle_preupload:
            shuffle_files(response);
            break;
        case FaultKind::k_gzip_text:
            compress_text(request, response);
            break;
        case FaultKind::k_extra_fields:
            add_extra_fields(response);
            break;
        case FaultKind::k_corrupt_body:
            if (!response.body.empty()) {
                response.body[response.body.size() / 2] ^= 0x20;
            }
            break;
        case FaultKind::k_add_headers:
            for (const auto& header : fault.headers) {
                response.headers.push_back(header);
            }
            break;
        default:
            break;
    }
}

}  // namespace hub_emulator
