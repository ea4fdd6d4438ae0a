// Sessions as a stream of records, without a project.
#include <utility>

#include "flow/session_report.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/enrich/episodes.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::flow {
namespace {

// One record line at a time, with its line end.
void write_line(const trace::TraceRecord& record, json::Sink& out) {
    trace::encode(record, out);
    out.write("\n");
}

}  // namespace

ParseResult parse(const std::vector<capture::Found>& sessions, const ParseOptions& options, fs::Disk& disk,
                  json::Sink& out, Progress& progress) {
    ParseResult result;
    const auto write = [&](trace::TraceRecord record) {
        const auto scrubbed = security::scrub(std::move(record), options.scrub);
        result.redactions += static_cast<std::int64_t>(scrubbed.redactions());
        result.findings += static_cast<std::int64_t>(scrubbed.findings().size());
        write_line(scrubbed.record(), out);
        ++result.written;
    };
    capture::Sources sources(disk);
    for (const auto& [agent, session] : sessions) {
        ++result.files;
        try {
            capture::ParsedSession parsed = agent->read(session, sources);
            add_report(result, parsed.report);
            warn_of_skipped(session.locator, parsed.report, progress);
            price_again(options.prices, parsed);
            if (parsed.verdict == capture::ParseVerdict::Refused) {
                result.failed.add({.source = session.locator, .line = parsed.line, .words = parsed.reason});
            } else if (parsed.verdict == capture::ParseVerdict::Filtered) {
                ++result.filtered;
            } else if (options.episodes) {
                for (enrich::Episode& part : enrich::episodes_of(std::move(*parsed.record), parsed.evidence))
                    if (enrich::says_something(part.record)) write(std::move(part.record));
            } else {
                write(std::move(*parsed.record));
            }
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Interrupted) throw;
            result.failed.add(session.locator, error);
        }
    }
    return result;
}

}  // namespace opentraces::flow
