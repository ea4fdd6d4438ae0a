#include <memory>
#include <utility>

#include "flow/otlp_sender.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/flow/export.hpp"

namespace opentraces::flow {
namespace {

std::unique_ptr<OtlpSender> open_sender(Ports& ports, const formats::Format& format,
                                        const ExportTarget& target, Progress& progress) {
    if (target.endpoint.empty() || target.nowhere) return nullptr;
    if (format.name != "otlp") throw Error(ErrorCode::BadOption, "--endpoint takes --format otlp");
    return std::make_unique<OtlpSender>(ports, otlp_endpoint(target.endpoint, ports.environment), progress);
}

std::unique_ptr<ExportOutput> open_output(Ports& ports, const formats::Format& format, std::string preamble,
                                          const ExportTarget& target, json::Sink& sink) {
    if (target.nowhere) return export_to_nowhere();
    if (target.path.empty()) return export_to_stream(format, std::move(preamble), sink);
    if (target.folder) return export_to_folder(format, std::move(preamble), ports.disk, target.path);
    return export_to_file(format, std::move(preamble), ports.disk, target.path);
}

}  // namespace

ExportResult export_traces(Ports& ports, const formats::Format& format, const formats::ExportOptions& options,
                           const ExportTarget& target, const ExportSource& source, json::Sink& sink,
                           Progress& progress) {
    const auto exporter = format.open(options);
    formats::Format written = format;
    if (!exporter->extension().empty()) written.extension = exporter->extension();
    const auto sender = open_sender(ports, format, target, progress);
    const auto file =
        sender ? nullptr : open_output(ports, written, std::string(exporter->preamble()), target, sink);
    ExportOutput& output = sender ? *sender : *file;
    Export exported(*exporter, output, source.in_episodes);
    source.visit(exported);
    ExportResult result;
    result.tally = exported.tally();
    if (result.tally.records == 0 && result.tally.broken == 0) throw Error(source.nothing);
    output.finish();
    result.documents = output.documents();
    result.bytes = output.bytes();
    if (sender)
        result.collector = {sender->requests(), sender->rejected_spans(),
                            std::string(sender->collector_words())};
    return result;
}

}  // namespace opentraces::flow
