#include "formats/view/span_times.hpp"

#include <algorithm>

#include "opentraces/core/sums.hpp"

namespace opentraces::formats {
namespace {

constexpr std::int64_t k_ns_per_millisecond = 1'000'000;

std::int64_t after(std::int64_t start, const trace::Integer& milliseconds) {
    std::int64_t ns = 0;
    if (milliseconds.value() < 0 || __builtin_mul_overflow(milliseconds.value(), k_ns_per_millisecond, &ns))
        return start;
    return add_clamped(start, ns);
}

// What steps in front of the first one with a time get.
SpanTime beginning(const Prepared& prepared, const Run& run) {
    for (const PreparedStep& step : run.steps) {
        if (step.time) return {step.time->ns, step.time->ns, false};
    }
    for (const auto* text : {&prepared.record->timestamp_start, &prepared.record->timestamp_end}) {
        if (!*text) continue;
        if (const auto at = parse_instant(**text)) return {at->ns, at->ns, true};
    }
    return {0, 0, true};
}

class RunClock {
public:
    RunClock(const Prepared& prepared, const std::vector<RunTimes>& times, const Run& run)
        : m_prepared(prepared), m_times(times), m_run(run), m_before(beginning(prepared, run)) {}

    RunTimes read() {
        for (const PreparedStep& step : m_run.steps)
            add(step);
        if (m_run.steps.empty()) m_result.agent = m_before;
        return std::move(m_result);
    }

private:
    void add(const PreparedStep& prepared) {
        const std::int64_t at = std::max<std::int64_t>(prepared.time ? prepared.time->ns : m_before.end, 0);
        StepTimes times;
        times.chat.end = at;
        times.chat.start = m_first ? at : std::min(m_before.end, at);
        times.chat.estimated = !prepared.time || (!m_first && m_before.estimated);
        SpanTime done{at, at, !prepared.time};
        for (std::size_t call = 0; call < prepared.step->tool_calls.size(); ++call) {
            times.tools.push_back(tool_time(prepared, call, done));
            done.end = std::max(done.end, times.tools.back().end);
        }
        for (const std::size_t run : prepared.subagents)
            widen(m_times[run].agent);
        widen({times.chat.start, done.end, times.chat.estimated});
        m_before = {at, done.end, done.estimated};
        m_first = false;
        m_result.steps.push_back(std::move(times));
    }

    SpanTime tool_time(const PreparedStep& prepared, std::size_t call, const SpanTime& step) const {
        SpanTime time{step.start, step.start, step.estimated};
        if (const auto& duration = prepared.step->tool_calls[call].duration_ms) {
            time.end = after(time.start, *duration);
            return time;
        }
        for (const std::size_t run : prepared.subagents) {
            if (m_prepared.runs[run].parent_call == call)
                time.end = std::max(time.end, m_times[run].agent.end);
        }
        return time;
    }

    void widen(const SpanTime& part) {
        SpanTime& whole = m_result.agent;
        whole = m_any ? SpanTime{std::min(whole.start, part.start), std::max(whole.end, part.end),
                                 whole.estimated || part.estimated}
                      : part;
        m_any = true;
    }

    const Prepared& m_prepared;
    const std::vector<RunTimes>& m_times;
    const Run& m_run;
    SpanTime m_before;
    RunTimes m_result;
    bool m_first = true;
    bool m_any = false;
};

}  // namespace

std::vector<RunTimes> span_times(const Prepared& prepared) {
    std::vector<RunTimes> times(prepared.runs.size());
    // Children come after their parents, and calls end when their sub-agents do.
    for (std::size_t run = prepared.runs.size(); run-- > 0;)
        times[run] = RunClock(prepared, times, prepared.runs[run]).read();
    for (std::size_t run = 1; run < prepared.runs.size(); ++run) {
        if (prepared.runs[run].parent_step != k_none) continue;
        times[0].agent.start = std::min(times[0].agent.start, times[run].agent.start);
        times[0].agent.end = std::max(times[0].agent.end, times[run].agent.end);
    }
    return times;
}

}  // namespace opentraces::formats
