#include "flow/otlp_sender.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/core/percent.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/net/address.hpp"
#include "opentraces/net/url.hpp"

namespace opentraces::flow {
namespace {

constexpr std::size_t k_largest_batch = std::size_t{4} << 20;
constexpr std::string_view k_content_type = "content-type";
constexpr std::string_view k_path = "/v1/traces";
constexpr std::string_view k_start = "{\"resourceSpans\":[";
constexpr std::string_view k_end = "]}";

bool is_header_text(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

net::Headers headers_of(std::string_view list) {
    net::Headers headers;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        const std::string_view entry = trim(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
        if (entry.empty()) continue;
        const std::size_t equals = entry.find('=');
        const std::string name(trim(entry.substr(0, equals)));
        const std::string value =
            equals == std::string_view::npos ? "" : percent_decoded(trim(entry.substr(equals + 1)));
        if (equals == std::string_view::npos || name.empty() || !is_header_text(name) ||
            !is_header_text(value))
            throw Error(ErrorCode::ConfigInvalid, "OTEL_EXPORTER_OTLP_HEADERS is not a list of name=value");
        headers.emplace_back(name, value);
    }
    return headers;
}

// Whatever the headers are called, their values may be keys: alone, or behind a word such as "Bearer".
std::vector<std::string> values_of(const net::Headers& headers) {
    std::vector<std::string> values;
    for (const auto& [name, value] : headers) {
        if (name == k_content_type) continue;
        values.push_back(value);
        if (const std::size_t blank = value.rfind(' '); blank != value.npos)
            values.push_back(value.substr(blank + 1));
    }
    return values;
}

// Integers of 64 bits are texts in protobuf's JSON; some collectors write numbers.
std::uint64_t count_of(const json::Value& value) {
    if (const auto number = value.integer()) return *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
    const trace::Integer integer = trace::Integer::from_decimal(value.string_or("0"));
    return integer.value() > 0 ? static_cast<std::uint64_t>(integer.value()) : 0;
}

json::Value parsed_answer(const std::string& body) {
    try {
        return json::read_document(body);
    } catch (const json::SyntaxError&) {
        return {};  // protobuf, or a proxy's page: it says nothing that could be shown
    }
}

}  // namespace

OtlpEndpoint otlp_endpoint(const std::string& base, const Environment& environment) {
    net::check_address(base, "--endpoint", "http://localhost:4318");
    OtlpEndpoint endpoint;
    endpoint.url = base;
    while (endpoint.url.ends_with('/'))
        endpoint.url.pop_back();
    if (!endpoint.url.ends_with(k_path)) endpoint.url += k_path;
    auto headers = environment.get("OTEL_EXPORTER_OTLP_TRACES_HEADERS");
    if (!headers) headers = environment.get("OTEL_EXPORTER_OTLP_HEADERS");
    endpoint.headers = headers_of(headers.value_or(""));
    endpoint.headers.emplace_back(k_content_type, "application/json");
    return endpoint;
}

OtlpSender::OtlpSender(Ports& ports, OtlpEndpoint endpoint, Progress& progress)
    : m_endpoint(std::move(endpoint)),
      m_masking(ports.transport, values_of(m_endpoint.headers)),
      m_transport(m_masking, ports.clock, ports.ids, net::retry_policy(net::limits_from(ports.environment)),
                  [&progress](std::string_view text) { progress.note(text); }) {}

json::Sink& OtlpSender::begin(std::string_view) {
    m_document.text().clear();
    return m_document;
}

void OtlpSender::end() {
    std::string_view spans = trim(m_document.text());
    spans.remove_prefix(k_start.size());
    spans.remove_suffix(k_end.size());
    if (m_batch_documents > 0 && m_batch.size() + spans.size() > k_largest_batch) send();
    if (m_batch_documents > 0) m_batch.push_back(',');
    m_batch.append(spans);
    ++m_batch_documents;
    ++m_documents;
    m_bytes += m_document.text().size();
}

void OtlpSender::finish() {
    if (m_batch_documents > 0) send();
}

void OtlpSender::send() {
    net::Request request;
    request.method = "POST";
    request.url = m_endpoint.url;
    request.headers = m_endpoint.headers;
    request.body.append(k_start).append(m_batch).append(k_end);
    try {
        read_answer(m_transport.send(request));
    } catch (const net::TransportError& error) {
        throw Error(ErrorCode::NetworkFailed,
                    fmt::format("the collector at {} did not answer: {} ({} documents sent before)",
                                net::origin_of(m_endpoint.url), error.what(), m_sent_documents));
    }
    ++m_requests;
    m_sent_documents += m_batch_documents;
    m_batch.clear();
    m_batch_documents = 0;
}

void OtlpSender::read_answer(const net::Response& response) {
    const json::Value answer = parsed_answer(response.body);
    if (response.status / 100 != 2) {
        const bool refused = response.status == 401 || response.status == 403;
        throw Error(
            refused ? ErrorCode::PermissionDenied : ErrorCode::UnexpectedAnswer,
            fmt::format("the collector at {} answered {}: {} ({} documents sent before)",
                        net::origin_of(m_endpoint.url), response.status,
                        net::server_words(answer["message"].string_or("no reason given")), m_sent_documents),
            refused ? "Set OTEL_EXPORTER_OTLP_HEADERS to what the collector wants." : "");
    }
    const json::Value& partial = answer["partialSuccess"];
    m_rejected_spans += count_of(partial["rejectedSpans"]);
    if (const std::string_view words = partial["errorMessage"].string_or(); !words.empty())
        m_words = net::server_words(words);
}

}  // namespace opentraces::flow
