#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "hub/answers.hpp"
#include "hub/api_error.hpp"
#include "opentraces/hub/client.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/net/url.hpp"

namespace opentraces::hub {
namespace {

using std::chrono::seconds;

constexpr std::string_view k_json = "application/json";
constexpr int k_create_tries = 10;
constexpr std::size_t k_listing_page = 500;

std::pair<std::string, std::string> split_id(const std::string& repo) {
    const std::size_t slash = repo.find('/');
    return {repo.substr(0, slash), repo.substr(slash + 1)};
}

}  // namespace

Identity HubClient::whoami() {
    Call call;
    call.doing = "asking the Hub who the token belongs to";
    call.url = m_options.endpoint + "/api/whoami-v2";
    return identity_of(ask(call), call.doing);
}

std::optional<RepoInfo> HubClient::info(const std::string& repo, const std::string& revision) {
    Call call;
    call.doing = "looking up the dataset " + repo;
    const std::string at = revision == "main" ? "" : "/revision/" + net::percent_encode(revision, false);
    call.url = api(repo, at + "?expand=sha&expand=private&expand=gated&expand=disabled");
    const net::Response response = send_or_explain(call);
    const std::string code = response.header("x-error-code").value_or("");
    if (code == "RepoNotFound" || (response.status == 401 && m_options.token.empty())) return std::nullopt;
    // The Hub names its reason for every missing dataset; another server's 404 says that it is not a Hub.
    if (response.status == 404 && code.empty()) throw unexpected(response, call.doing, "not found");
    if (response.status < 200 || response.status >= 300) fail(call, response);
    RepoInfo info = repo_info_of(response, call.doing);
    if (info.disabled)
        throw Error(ErrorCode::PermissionDenied, "the Hub has disabled the dataset " + info.id,
                    "See the dataset's page: " + page_url(info.id));
    return info;
}

bool HubClient::create(const std::string& repo, Visibility visibility) {
    const auto [owner, name] = split_id(repo);
    json::Object body;
    body.append("type", "dataset");
    body.append("name", name);
    body.append("organization", owner);
    body.append("visibility", name_of(visibility));
    Call call;
    call.doing = "creating the dataset " + repo;
    call.method = "POST";
    call.url = m_options.endpoint + "/api/repos/create";
    call.content_type = k_json;
    call.body = json::write_document(body);
    for (int attempt = 1;; ++attempt) {
        const net::Response response = send_or_explain(call);
        if (response.status >= 200 && response.status < 300) return true;
        if (response.status != 409) fail(call, response);
        // Creations by one user are done one after the other; every other 409 says that it exists.
        if (hub_words(response).find("conflicting operation") == std::string::npos) return false;
        if (attempt == k_create_tries) fail(call, response);
        m_clock.sleep(seconds{attempt});
    }
}

void HubClient::put_settings(const std::string& repo, const std::string& field,
                             const std::string& json_value) {
    Call call;
    call.doing = fmt::format("setting {} of {}", field, repo);
    call.method = "PUT";
    call.url = api(repo, "/settings");
    call.content_type = k_json;
    call.body = fmt::format("{{\"{}\":{}}}", field, json_value);
    ask(call);
}

void HubClient::set_visibility(const std::string& repo, Visibility visibility) {
    put_settings(repo, "visibility", fmt::format("\"{}\"", name_of(visibility)));
}

void HubClient::set_gating(const std::string& repo, Gating gating) {
    put_settings(repo, "gated", gating == Gating::Off ? "false" : fmt::format("\"{}\"", name_of(gating)));
}

void HubClient::check_write_access(const std::string& repo) {
    Call call;
    call.doing = "asking whether the token may write to " + repo;
    call.url = api(repo, "/auth-check/write");
    ask(call);
}

std::vector<ListedDataset> HubClient::datasets(const std::string& author,
                                               const std::vector<std::string>& tags, std::size_t limit) {
    Call call;
    call.doing = "listing datasets";
    call.url = fmt::format("{}/api/datasets?sort=lastModified&limit={}", m_options.endpoint,
                           std::min(limit, k_listing_page));
    if (!author.empty()) call.url += "&author=" + net::percent_encode(author, false);
    for (const std::string& tag : tags)
        call.url += "&filter=" + net::percent_encode(tag, false);
    std::vector<ListedDataset> found;
    std::uint64_t page = 0;
    while (found.size() < limit) {
        const net::Response response = ask(call);
        for (ListedDataset& dataset : datasets_of(response, call.doing))
            found.push_back(std::move(dataset));
        const std::string asked = call.url;
        if (!turn_page(call, response, page, found.size()) || call.url == asked) break;
    }
    if (found.size() > limit) found.resize(limit);
    return found;
}

std::int64_t HubClient::open_pull_request(const std::string& repo, const std::string& title,
                                          const std::string& description) {
    json::Object body;
    body.append("title", title);
    body.append("description", description);
    body.append("pullRequest", true);
    Call call;
    call.doing = "opening a pull request on " + repo;
    call.method = "POST";
    call.url = api(repo, "/discussions");
    call.content_type = k_json;
    call.body = json::write_document(body);
    // A second one would stay behind, empty.
    call.repeatable = false;
    const net::Response response = ask(call);
    const auto number = json_of(response, call.doing)["num"].integer();
    if (!number) throw unexpected(response, call.doing, "an answer without a number");
    return *number;
}

void HubClient::squash(const std::string& repo, const std::string& branch, const std::string& message) {
    json::Object body;
    body.append("message", message);
    Call call;
    call.doing = "squashing the history of " + repo;
    call.method = "POST";
    call.url = api(repo, "/super-squash/" + net::percent_encode(branch, false));
    call.content_type = k_json;
    call.body = json::write_document(body);
    ask(call);
}

std::string HubClient::discussion_status(const std::string& repo, std::int64_t number) {
    Call call;
    call.doing = fmt::format("looking up pull request {} of {}", number, repo);
    call.url = api(repo, fmt::format("/discussions/{}", number));
    const net::Response response = ask(call);
    const std::string status(json_of(response, call.doing)["status"].string_or());
    if (status.empty()) throw unexpected(response, call.doing, "an answer without a status");
    return status;
}

std::vector<std::string> HubClient::card_problems(const std::string& text) {
    json::Object body;
    body.append("repoType", "dataset");
    body.append("content", text);
    Call call;
    call.doing = "checking the dataset card";
    call.method = "POST";
    call.url = m_options.endpoint + "/api/validate-yaml";
    call.content_type = k_json;
    call.body = json::write_document(body);
    try {
        const net::Response response = send(call);
        if (response.status != 400) return {};
        std::vector<std::string> problems;
        if (const json::Array* errors = json_of(response, call.doing)["errors"].if_array())
            for (const json::Value& error : *errors)
                problems.push_back(net::server_words(error["message"].string_or()));
        if (problems.empty()) problems.push_back(hub_words(response));
        return problems;
    } catch (const net::TransportError&) {
        return {};  // the commit itself is checked by the Hub once more
    }
}

}  // namespace opentraces::hub
