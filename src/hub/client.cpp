#include "opentraces/hub/client.hpp"

#include <fmt/format.h>

#include <utility>

#include "hub/answers.hpp"
#include "hub/api_error.hpp"
#include "opentraces/net/url.hpp"

namespace opentraces::hub {
namespace {

constexpr std::string_view k_public_hub = "https://huggingface.co";

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

HubClient::HubClient(net::Transport& transport, fs::Disk& disk, Clock& clock, ClientOptions options)
    : m_transport(transport),
      m_disk(disk),
      m_clock(clock),
      m_options(std::move(options)),
      m_origin(net::origin_of(m_options.endpoint)),
      m_mask({m_options.token}) {}

std::string HubClient::page_url(std::string_view repo) const {
    return m_options.endpoint + "/datasets/" + std::string(repo);
}

std::string HubClient::api(std::string_view repo, std::string_view rest) const {
    return fmt::format("{}/api/datasets/{}{}", m_options.endpoint, repo, rest);
}

std::string HubClient::at_endpoint(std::string url) const {
    if (url.starts_with(k_public_hub) && m_origin != net::origin_of(k_public_hub))
        url.replace(0, k_public_hub.size(), m_options.endpoint);
    return url;
}

void HubClient::add_token(net::Request& request) const {
    // Whatever the URL was made from: the token never leaves the Hub's own origin.
    if (m_options.token.empty() || net::origin_of(request.url) != m_origin) return;
    request.headers.emplace_back("Authorization", "Bearer " + m_options.token);
}

net::Response HubClient::send(const Call& call, const std::shared_ptr<net::BodySource>& source) {
    net::Request request;
    request.method = call.method;
    request.url = call.url;
    request.body = call.body;
    request.body_source = source;
    request.repeatable = call.repeatable;
    request.patience = call.patience;
    if (!call.content_type.empty()) request.headers.emplace_back("Content-Type", call.content_type);
    if (!m_options.user_agent.empty()) request.headers.emplace_back("User-Agent", m_options.user_agent);
    if (call.authorized) add_token(request);
    for (std::uint64_t hop = 0;; ++hop) {
        net::Response response = m_transport.send(request);
        const auto location = response.header("location");
        if (!is_redirect(response.status) || !location) return response;
        const std::string next = net::resolve_location(request.url, *location);
        // A renamed dataset answers with its new place at the same origin; anything else is not the Hub.
        const bool too_many = hop == m_options.limits.redirects;
        if (too_many || net::origin_of(next) != net::origin_of(request.url))
            throw unexpected(
                response, call.doing,
                too_many ? "too many redirects, OPENTRACES_MAX_REDIRECTS" : "a redirect to another server");
        request.url = next;
    }
}

net::Response HubClient::send_or_explain(const Call& call) {
    try {
        return send(call);
    } catch (const net::TransportError& failure) {
        throw error_for(failure, call.doing);
    } catch (Error& error) {
        if (error.code() == ErrorCode::RateLimited) error.add_context(call.doing);
        throw;
    }
}

net::Response HubClient::ask(const Call& call) {
    net::Response response = send_or_explain(call);
    if (response.status < 200 || response.status >= 300) fail(call, response);
    return response;
}

std::optional<net::Response> HubClient::ask_unless(const Call& call, std::string_view error_code) {
    net::Response response = send_or_explain(call);
    if (!error_code.empty() && response.header("x-error-code") == error_code) return std::nullopt;
    if (response.status < 200 || response.status >= 300) fail(call, response);
    return response;
}

void HubClient::fail(const Call& call, const net::Response& response) const {
    throw error_for(response, call.doing, m_options);
}

std::optional<std::string> HubClient::next_page(const net::Response& response) const {
    const auto link = response.header("link");
    if (!link) return std::nullopt;
    const std::size_t rel = link->find("rel=\"next\"");
    const std::size_t open = rel == link->npos ? rel : link->rfind('<', rel);
    const std::size_t close = open == link->npos ? open : link->find('>', open);
    if (close == link->npos || close > rel) return std::nullopt;
    return at_endpoint(net::resolve_location(response.url, link->substr(open + 1, close - open - 1)));
}

bool HubClient::turn_page(Call& call, const net::Response& response, std::uint64_t& page,
                          std::size_t listed) const {
    if (listed > m_options.limits.listed)
        throw unexpected(response, call.doing, "a listing that is too long, OPENTRACES_MAX_LISTED");
    const auto next = next_page(response);
    if (!next) return false;
    if (++page == m_options.limits.pages)
        throw unexpected(response, call.doing, "a listing that does not end, OPENTRACES_MAX_PAGES");
    if (net::origin_of(*next) != m_origin)
        throw unexpected(response, call.doing, "a listing that goes on at another server");
    call.url = *next;
    return true;
}

}  // namespace opentraces::hub
