// Sends the lines of an OTLP export to a collector: OTLP/HTTP with JSON bodies (OTLP 1.x).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "opentraces/flow/export.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/net/masking.hpp"
#include "opentraces/net/retry.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::flow {

struct OtlpEndpoint {
    std::string url;  // of the request itself: …/v1/traces
    net::Headers headers;
};
// `base` with or without /v1/traces; headers from OTEL_EXPORTER_OTLP_TRACES_HEADERS or
// OTEL_EXPORTER_OTLP_HEADERS ("name=value,…", percent-encoded). Error BadOption for what is no HTTP URL,
// ConfigInvalid for headers that are none.
OtlpEndpoint otlp_endpoint(const std::string& base, const Environment& environment);

// Documents are whole TracesData objects; several go in one request, at most 4 MB unless one is larger.
// Transient failures are repeated: span ids are the same each time. Errors NetworkFailed, PermissionDenied
// and UnexpectedAnswer say how many documents the collector has.
class OtlpSender final : public ExportOutput {
public:
    OtlpSender(Ports& ports, OtlpEndpoint endpoint, Progress& progress);
    json::Sink& begin(std::string_view stem) override;
    void end() override;
    void finish() override;

    std::uint64_t requests() const { return m_requests; }
    std::uint64_t rejected_spans() const { return m_rejected_spans; }
    // What the collector said about them, made safe to show.
    const std::string& collector_words() const { return m_words; }

private:
    void send();
    void read_answer(const net::Response& response);

    OtlpEndpoint m_endpoint;
    net::MaskingTransport m_masking;
    net::RetryingTransport m_transport;
    json::StringSink m_document;
    std::string m_batch;  // resource spans, separated by commas
    std::uint64_t m_batch_documents = 0;
    std::uint64_t m_sent_documents = 0;
    std::uint64_t m_requests = 0;
    std::uint64_t m_rejected_spans = 0;
    std::string m_words;
};

}  // namespace opentraces::flow
