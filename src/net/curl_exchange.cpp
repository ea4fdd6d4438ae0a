#include "net/curl_exchange.hpp"

#include <fmt/format.h>

#include <utility>

#include "opentraces/core/text.hpp"
#include "opentraces/net/url.hpp"

namespace opentraces::net {
namespace {

// Below libcurl's own limit, which it reports as a broken connection.
constexpr std::size_t k_max_headers = std::size_t{256} << 10;

long stall_seconds(const Limits& limits, const Request& request) {
    return static_cast<long>(limits.stall_seconds) + static_cast<long>(request.patience.count());
}

TransportFailure failure_of(CURLcode code) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_RESOLVE_PROXY:
            return TransportFailure::Resolve;
        case CURLE_COULDNT_CONNECT:
            return TransportFailure::Connect;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
            return TransportFailure::Tls;
        case CURLE_OPERATION_TIMEDOUT:
            return TransportFailure::Timeout;
        case CURLE_ABORTED_BY_CALLBACK:
            return TransportFailure::Interrupted;
        default:
            return TransportFailure::Broken;
    }
}

}  // namespace

CurlExchange::CurlExchange(CURL* handle, const CurlOptions& options, const Request& request)
    : m_handle(handle), m_options(options), m_request(request) {}

CurlExchange::~CurlExchange() {
    curl_slist_free_all(m_headers);
}

Response CurlExchange::run() {
    if (m_handle == nullptr) throw TransportError(TransportFailure::Broken, "libcurl could not start", false);
    m_response.url = m_request.url;
    set_up();
    const CURLcode code = curl_easy_perform(m_handle);
    if (m_thrown) std::rethrow_exception(m_thrown);
    if (code != CURLE_OK) fail(code);
    m_response.status = status();
    return std::move(m_response);
}

void CurlExchange::set_up() {
    curl_easy_setopt(m_handle, CURLOPT_URL, m_request.url.c_str());
    curl_easy_setopt(m_handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(m_handle, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(m_handle, CURLOPT_ERRORBUFFER, m_reason.data());
    curl_easy_setopt(m_handle, CURLOPT_HEADERFUNCTION, &CurlExchange::header_hook);
    curl_easy_setopt(m_handle, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(m_handle, CURLOPT_WRITEFUNCTION, &CurlExchange::body_hook);
    curl_easy_setopt(m_handle, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(m_handle, CURLOPT_XFERINFOFUNCTION, &CurlExchange::progress_hook);
    curl_easy_setopt(m_handle, CURLOPT_XFERINFODATA, this);
    curl_easy_setopt(m_handle, CURLOPT_NOPROGRESS, 0L);
    set_up_connection();
    set_up_body();
    set_up_headers();
}

void CurlExchange::set_up_connection() {
    // Threads: no alarm signals for time-outs.
    curl_easy_setopt(m_handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(m_handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    curl_easy_setopt(m_handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(m_request.connect_timeout.count()));
    // A stall limit instead of a total one: a large transfer may take hours, silence may not.
    curl_easy_setopt(m_handle, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(m_options.limits.min_speed));
    curl_easy_setopt(m_handle, CURLOPT_LOW_SPEED_TIME, stall_seconds(m_options.limits, m_request));
    curl_easy_setopt(m_handle, CURLOPT_TIMEOUT, static_cast<long>(m_request.total_timeout.count()));
    // libcurl repeats a request by itself when a kept connection turns out to be closed; on a new
    // connection it never does.
    curl_easy_setopt(m_handle, CURLOPT_FRESH_CONNECT, m_request.repeatable ? 0L : 1L);
    const bool secure = origin_of(m_request.url).starts_with("https://");
    // Set even when empty: otherwise libcurl reads the environment.
    const std::string& proxy = secure ? m_options.https_proxy : m_options.http_proxy;
    curl_easy_setopt(m_handle, CURLOPT_PROXY, proxy.c_str());
    curl_easy_setopt(m_handle, CURLOPT_NOPROXY, m_options.no_proxy.c_str());
    curl_easy_setopt(m_handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (!m_options.ca_file.empty()) curl_easy_setopt(m_handle, CURLOPT_CAINFO, m_options.ca_file.c_str());
    if (!m_options.ca_directory.empty())
        curl_easy_setopt(m_handle, CURLOPT_CAPATH, m_options.ca_directory.c_str());
}

void CurlExchange::set_up_body() {
    if (m_request.method == "HEAD") {
        curl_easy_setopt(m_handle, CURLOPT_NOBODY, 1L);
        return;
    }
    if (m_request.method == "GET") return;
    curl_easy_setopt(m_handle, CURLOPT_POST, 1L);
    curl_easy_setopt(m_handle, CURLOPT_CUSTOMREQUEST, m_request.method.c_str());
    if (m_request.body_source == nullptr) {
        curl_easy_setopt(m_handle, CURLOPT_POSTFIELDSIZE_LARGE,
                         static_cast<curl_off_t>(m_request.body.size()));
        curl_easy_setopt(m_handle, CURLOPT_POSTFIELDS, m_request.body.c_str());
        return;
    }
    m_request.body_source->rewind();
    curl_easy_setopt(m_handle, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(m_request.body_source->size()));
    curl_easy_setopt(m_handle, CURLOPT_READFUNCTION, &CurlExchange::read_hook);
    curl_easy_setopt(m_handle, CURLOPT_READDATA, this);
    curl_easy_setopt(m_handle, CURLOPT_SEEKFUNCTION, &CurlExchange::seek_hook);
    curl_easy_setopt(m_handle, CURLOPT_SEEKDATA, this);
    curl_easy_setopt(m_handle, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024);
}

void CurlExchange::set_up_headers() {
    bool has_agent = false;
    bool has_encoding = false;
    bool has_type = false;
    for (const auto& [name, value] : m_request.headers) {
        const std::string lower = to_lower_ascii(name);
        has_agent = has_agent || lower == "user-agent";
        has_encoding = has_encoding || lower == "accept-encoding";
        has_type = has_type || lower == "content-type";
        m_headers = curl_slist_append(m_headers, (name + ": " + value).c_str());
    }
    // No waiting for "100 Continue", and no content type that nobody asked for.
    m_headers = curl_slist_append(m_headers, "Expect:");
    if (!has_type) m_headers = curl_slist_append(m_headers, "Content-Type:");
    curl_easy_setopt(m_handle, CURLOPT_HTTPHEADER, m_headers);
    if (!has_agent) curl_easy_setopt(m_handle, CURLOPT_USERAGENT, m_options.user_agent.c_str());
    if (!has_encoding) curl_easy_setopt(m_handle, CURLOPT_ACCEPT_ENCODING, "");
}

void CurlExchange::fail(CURLcode code) {
    const std::string where = origin_of(m_request.url).empty() ? "the URL" : origin_of(m_request.url);
    if (m_header_bytes > k_max_headers)
        throw TransportError(TransportFailure::TooLarge, where + ": the headers are larger than 256 KiB",
                             true);
    if (m_too_large)
        throw TransportError(TransportFailure::TooLarge,
                             fmt::format("{}: the answer is larger than {} bytes (OPENTRACES_MAX_ANSWER)",
                                         where, m_options.limits.answer_bytes),
                             true);
    if (m_late)
        throw TransportError(
            TransportFailure::Timeout,
            fmt::format("{}: the answer was not complete after {} s (OPENTRACES_REQUEST_TIMEOUT)", where,
                        m_options.limits.request_seconds),
            may_have_arrived(code));
    if (code == CURLE_OPERATION_TIMEDOUT && m_request.total_timeout.count() == 0 && status() != 0)
        throw TransportError(
            TransportFailure::Timeout,
            fmt::format(
                "{}: slower than {} bytes/s for {} s (OPENTRACES_MIN_SPEED, OPENTRACES_STALL_TIMEOUT)", where,
                m_options.limits.min_speed, stall_seconds(m_options.limits, m_request)),
            may_have_arrived(code));
    const char* reason = m_reason[0] != '\0' ? m_reason.data() : curl_easy_strerror(code);
    throw TransportError(failure_of(code), where + ": " + server_words(reason), may_have_arrived(code));
}

bool CurlExchange::may_have_arrived(CURLcode code) const {
    const TransportFailure failure = failure_of(code);
    if (failure == TransportFailure::Resolve || failure == TransportFailure::Connect ||
        failure == TransportFailure::Tls)
        return false;
    long request_bytes = 0;
    curl_easy_getinfo(m_handle, CURLINFO_REQUEST_SIZE, &request_bytes);
    return request_bytes > 0;
}

int CurlExchange::status() const {
    long status = 0;
    curl_easy_getinfo(m_handle, CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
}

bool CurlExchange::on_header(std::string_view line) {
    // All that ever came, also of informational answers, which may be endless.
    m_header_bytes += line.size();
    if (m_header_bytes > k_max_headers) return false;
    // A new status line: what came before belonged to an informational answer.
    if (line.starts_with("HTTP/")) m_response.headers.clear();
    const std::size_t colon = line.starts_with("HTTP/") ? line.npos : line.find(':');
    if (colon == line.npos) return true;
    m_response.headers.emplace_back(to_lower_ascii(trim(line.substr(0, colon))),
                                    std::string(trim(line.substr(colon + 1))));
    return true;
}

std::size_t CurlExchange::on_body(std::string_view bytes) {
    if (m_request.sink && status() >= 200 && status() < 300) {
        if (!std::exchange(m_streaming, true) && m_request.on_status) m_request.on_status(status());
        m_request.sink(bytes);
        return bytes.size();
    }
    if (m_response.body.size() + bytes.size() > m_options.limits.answer_bytes) {
        m_too_large = true;
        return 0;
    }
    m_response.body += bytes;
    return bytes.size();
}

std::size_t CurlExchange::on_read(char* buffer, std::size_t size) {
    return m_request.body_source->read(buffer, size);
}

// An answer that drips stays above any minimum speed; downloads alone may take as long as they need.
bool CurlExchange::is_late(curl_off_t to_send, curl_off_t sent) {
    const auto now = std::chrono::steady_clock::now();
    if (sent != m_sent || sent < to_send) m_sent_at = now;
    return !m_streaming && now - m_sent_at > std::chrono::seconds(m_options.limits.request_seconds);
}

int CurlExchange::on_progress(curl_off_t to_send, curl_off_t sent) {
    if (m_request.on_sent && sent != m_sent) m_request.on_sent(static_cast<std::uint64_t>(sent));
    m_late = is_late(to_send, sent);
    m_sent = sent;
    if (m_late) return 1;
    return m_options.interrupted && m_options.interrupted() ? 1 : 0;
}

std::size_t CurlExchange::header_hook(char* data, std::size_t size, std::size_t count, void* self) {
    return static_cast<CurlExchange*>(self)->on_header({data, size * count}) ? size * count : 0;
}

std::size_t CurlExchange::body_hook(char* data, std::size_t size, std::size_t count, void* self) {
    auto* exchange = static_cast<CurlExchange*>(self);
    try {
        return exchange->on_body({data, size * count});
    } catch (...) {
        exchange->m_thrown = std::current_exception();
        return 0;
    }
}

std::size_t CurlExchange::read_hook(char* data, std::size_t size, std::size_t count, void* self) {
    auto* exchange = static_cast<CurlExchange*>(self);
    try {
        return exchange->on_read(data, size * count);
    } catch (...) {
        exchange->m_thrown = std::current_exception();
        return CURL_READFUNC_ABORT;
    }
}

int CurlExchange::seek_hook(void* self, curl_off_t offset, int origin) {
    auto* exchange = static_cast<CurlExchange*>(self);
    if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    try {
        exchange->m_request.body_source->rewind();
        return CURL_SEEKFUNC_OK;
    } catch (...) {
        exchange->m_thrown = std::current_exception();
        return CURL_SEEKFUNC_FAIL;
    }
}

int CurlExchange::progress_hook(void* self, curl_off_t, curl_off_t, curl_off_t to_send, curl_off_t sent) {
    auto* exchange = static_cast<CurlExchange*>(self);
    try {
        return exchange->on_progress(to_send, sent);
    } catch (...) {
        exchange->m_thrown = std::current_exception();
        return 1;
    }
}

}  // namespace opentraces::net
