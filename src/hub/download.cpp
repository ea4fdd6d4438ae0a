#include "hub/download.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "hub/api_error.hpp"
#include "opentraces/net/url.hpp"

namespace opentraces::hub {
namespace {

using std::chrono::seconds;

// Less than this in one try is no progress: a server that breaks off after every byte must not go on for
// ever.
constexpr std::uint64_t k_progress = std::uint64_t{1} << 20;

bool is_redirect(int status) {
    return status >= 301 && status <= 308 && status != 304;
}

std::string unquoted(std::string text) {
    std::erase(text, '"');
    return text;
}

}  // namespace

Download::Download(HubClient& client, const std::string& repo, const std::string& revision,
                   const RemoteFile& file, std::uint64_t from,
                   const std::function<void(std::string_view)>& sink)
    : m_client(client),
      m_file(file),
      m_from(from),
      m_sink(sink),
      m_doing(fmt::format("downloading {} of {}", file.path, repo)),
      m_url(fmt::format("{}/datasets/{}/resolve/{}/{}", client.m_options.endpoint, repo,
                        net::percent_encode(revision, false), net::percent_encode(file.path, true))),
      m_at(from),
      m_git_id(file.size) {}

void Download::run() {
    std::uint64_t tries = 0;
    std::uint64_t reached = m_at;
    // Signed addresses expire: every try starts at the Hub.
    while (m_at < m_file.size && !fetch()) {
        tries = m_at - reached >= k_progress ? 1 : tries + 1;
        reached = m_at;
        if (tries >= m_client.m_options.limits.attempts)
            throw Error(ErrorCode::ShardUnavailable,
                        fmt::format("{}: the connection broke at byte {} of {}", m_doing, m_at, m_file.size));
        m_client.m_clock.sleep(seconds{tries});
    }
    if (m_at != m_file.size) fail_content("the size is not the announced one");
    if (m_from == 0) check_digest();
}

net::Request Download::request_for(const std::string& url) {
    net::Request request;
    request.url = url;
    request.headers.emplace_back("Accept-Encoding", "identity");
    if (m_at > 0) request.headers.emplace_back("Range", fmt::format("bytes={}-", m_at));
    request.on_status = [this](int status) { m_skip = status == 206 ? 0 : m_at; };
    request.sink = [this](std::string_view bytes) { deliver(bytes); };
    m_client.add_token(request);
    return request;
}

bool Download::fetch() {
    const std::uint64_t begin = m_at;
    try {
        const net::Response response = follow(request_for(m_url));
        const bool at_hub = net::origin_of(response.url) == m_client.m_origin;
        if (response.status == 403 && !at_hub) return false;  // the signed address has expired
        if (response.status < 200 || response.status >= 300)
            throw error_for(response, m_doing, m_client.m_options);
        return m_at >= m_file.size;
    } catch (const net::TransportError& failure) {
        if (failure.failure() == net::TransportFailure::Interrupted ||
            failure.failure() == net::TransportFailure::Tls || m_at == begin)
            throw error_for(failure, m_doing);
        return false;
    }
}

net::Response Download::follow(net::Request request) {
    for (std::uint64_t hop = 0;; ++hop) {
        net::Response response = m_client.m_transport.send(request);
        const auto location = response.header("location");
        if (!is_redirect(response.status) || !location) return response;
        if (hop == m_client.m_options.limits.redirects)
            throw unexpected(response, m_doing, "too many redirects, OPENTRACES_MAX_REDIRECTS");
        check_announced(response);
        request = request_for(m_client.at_endpoint(net::resolve_location(request.url, *location)));
    }
}

void Download::check_announced(const net::Response& redirect) const {
    const auto etag = redirect.header("x-linked-etag");
    if (m_file.large && etag && unquoted(*etag) != m_file.digest)
        fail_content("the Hub announces other content than its listing");
}

void Download::deliver(std::string_view bytes) {
    if (m_skip > 0) {
        const std::size_t dropped = static_cast<std::size_t>(std::min<std::uint64_t>(m_skip, bytes.size()));
        m_skip -= dropped;
        bytes.remove_prefix(dropped);
    }
    if (bytes.size() > m_file.size - m_at) fail_content("it is larger than announced");
    m_at += bytes.size();
    if (m_from == 0 && m_file.large) m_sha256.update(bytes);
    if (m_from == 0 && !m_file.large) m_git_id.update(bytes);
    m_sink(bytes);
}

void Download::check_digest() {
    const std::string digest = m_file.large ? m_sha256.finish_hex() : m_git_id.finish_hex();
    if (digest != m_file.digest) fail_content("the bytes do not have the announced digest");
}

void Download::fail_content(std::string_view reason) const {
    throw Error(ErrorCode::ShardUnavailable, fmt::format("{}: {}", m_doing, reason));
}

void HubClient::download(const std::string& repo, const std::string& revision, const RemoteFile& file,
                         std::uint64_t from, const std::function<void(std::string_view)>& sink) {
    Download(*this, repo, revision, file, from, sink).run();
}

}  // namespace opentraces::hub
