// Export: TraceRecords as the documents of another format, and an account of what did not survive.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/error.hpp"
#include "opentraces/flow/failures.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/flow/record_lines.hpp"
#include "opentraces/formats/format.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

// Where documents go. Nothing stands under its final name before finish().
class ExportOutput : public formats::Documents {
public:
    // Also when nothing was written: then nothing appears.
    virtual void finish() = 0;
    std::uint64_t documents() const { return m_documents; }
    std::uint64_t bytes() const { return m_bytes; }

protected:
    std::uint64_t m_documents = 0;
    std::uint64_t m_bytes = 0;
};

// Everything one after the other into `sink`; a format whose files hold one document each gets one document,
// a second one is Error BadOption.
std::unique_ptr<ExportOutput> export_to_stream(const formats::Format& format, std::string preamble,
                                               json::Sink& sink);
// The same into one new file.
std::unique_ptr<ExportOutput> export_to_file(const formats::Format& format, std::string preamble,
                                             fs::Disk& disk, const std::string& path);
// A file for each document, in `folder`, which is made; each is whole or not there. Existing files of the
// same name are replaced; names that this export has already used get "~2", "~3", ….
std::unique_ptr<ExportOutput> export_to_folder(const formats::Format& format, std::string preamble,
                                               fs::Disk& disk, const std::string& folder);
// Nothing is kept: what a dry run writes to.
std::unique_ptr<ExportOutput> export_to_nowhere();

inline constexpr std::size_t k_most_left_out = 1000;

// Where sessions are exported in parts, what is written, skipped and without are parts.
struct ExportTally {
    std::uint64_t records = 0;              // lines that are records
    std::optional<std::uint64_t> episodes;  // parts of these; nullopt: not asked for
    std::uint64_t written = 0;
    std::uint64_t broken = 0;            // lines that are none
    std::uint64_t skipped = 0;           // records that the format cannot hold
    std::uint64_t without = 0;           // records with nothing that the format is about
    std::uint64_t unknown_keys = 0;      // that the record schema does not have
    Failures failures{k_most_left_out};  // broken and skipped
    std::vector<std::uint64_t> values;   // of the written records, by field group
    std::vector<Diagnostic> remarks;     // added up over all records
};

class Export final : public LineVisitor {
public:
    Export(const formats::Exporter& exporter, ExportOutput& output, bool in_episodes = false);
    void line(const std::string& source, std::size_t number, std::string_view text) override;
    void broken(const std::string& source, std::size_t number, std::string reason) override;
    const ExportTally& tally() const { return m_tally; }

private:
    void write(const std::string& source, std::size_t number, const trace::TraceRecord& record);
    void write_episodes(const std::string& source, std::size_t number, trace::TraceRecord record);

    const formats::Exporter& m_exporter;
    ExportOutput& m_output;
    ExportTally m_tally;
};

// Where an export goes.
struct ExportTarget {
    bool nowhere = false;  // a dry run
    std::string endpoint;  // address of an OTLP collector
    std::string path;      // absolute; empty: the sink
    bool folder = false;   // `path` is one, with a file for each document
};

// What is exported.
struct ExportSource {
    std::function<void(LineVisitor&)> visit;  // shows every record
    Error nothing;                            // thrown if there was no line
    bool in_episodes = false;                 // each session in its parts
};

struct CollectorAnswer {
    std::uint64_t requests = 0;
    std::uint64_t rejected_spans = 0;
    std::string words;  // made safe to show; empty: it said nothing about them
};

struct ExportResult {
    ExportTally tally;
    std::uint64_t documents = 0;
    std::uint64_t bytes = 0;
    std::optional<CollectorAnswer> collector;
};

// The whole of it: nothing appears under its name before everything was read. `sink` is written to only if
// the target says so. Errors of the source, the output and the collector; BadOption for an endpoint of
// another format.
ExportResult export_traces(Ports& ports, const formats::Format& format, const formats::ExportOptions& options,
                           const ExportTarget& target, const ExportSource& source, json::Sink& sink,
                           Progress& progress);

}  // namespace opentraces::flow
