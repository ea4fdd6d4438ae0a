#include "capture/verdict.hpp"

#include "opentraces/core/ids.hpp"
#include "opentraces/enrich/enrich.hpp"

namespace opentraces::capture {
namespace {

std::size_t tool_calls(const trace::TraceRecord& record) {
    std::size_t calls = 0;
    for (const trace::Step& step : record.steps)
        calls += step.tool_calls.size();
    return calls;
}

void leave_out(ParsedSession& parsed, std::string reason) {
    parsed.verdict = ParseVerdict::Filtered;
    parsed.reason = std::move(reason);
    parsed.record.reset();
}

}  // namespace

void refuse(ParsedSession& parsed, std::string reason, std::size_t line) {
    parsed.verdict = ParseVerdict::Refused;
    parsed.reason = std::move(reason);
    parsed.line = line;
    parsed.record.reset();
}

void add_tally(const LineTally& tally, ParseReport& report) {
    report.lines += tally.lines;
    report.incomplete_last_line |= tally.incomplete_last_line;
    report.skipped.insert(report.skipped.end(), tally.skipped.begin(), tally.skipped.end());
}

bool refuse_unreadable(const LineTally& tally, ParsedSession& parsed) {
    if (tally.objects > 0) return false;
    if (tally.lines == 0) {
        refuse(parsed, "empty file");
    } else if (!tally.skipped.empty()) {
        refuse(parsed, tally.skipped.front().words, tally.skipped.front().line);
    } else {
        refuse(parsed, "not JSON: the only line is incomplete", 1);
    }
    return true;
}

void finish(const Agent& agent, ParsedSession& parsed) {
    trace::TraceRecord& record = *parsed.record;
    if (record.steps.size() < 2) return leave_out(parsed, "fewer than 2 steps");
    if (tool_calls(record) == 0) return leave_out(parsed, "no tool calls");
    parsed.verdict = ParseVerdict::Trace;
    record.agent.name = agent.name;
    record.trace_id = trace_id_for(agent.name, record.session_id, 0).str();
    enrich::complete(record, parsed.evidence);
}

}  // namespace opentraces::capture
