#include "quality/rubric_1/facts.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "quality/rubric_0_2/white_space.hpp"
#include "quality/rubric_1/tool_calls.hpp"

namespace opentraces::quality {
namespace {

using trace::Observation;
using trace::Role;
using trace::Step;

constexpr std::string_view k_no_result = "no_result";
constexpr std::size_t k_loop = 3;

class Collector {
public:
    void add(const Step& step) {
        if (step.role == Role::Agent) m_agent_spoke = true;
        if (step.role == Role::User && m_agent_spoke) add_message(step);
        for (const trace::ToolCall& call : step.tool_calls)
            add_call(call);
        for (const Observation& observation : step.observations)
            add_observation(observation);
    }

    StrictFacts finish() {
        classify();
        count_repetitions();
        count_failures();
        return std::move(m_facts);
    }

private:
    void add_message(const Step& step) {
        if (!has_text(step.content)) return;
        ++m_facts.later_user_steps;
        if (is_correction(*step.content)) ++m_facts.corrections;
    }

    void add_call(const trace::ToolCall& call) {
        const bool is_new = m_by_id.emplace(call.tool_call_id, m_facts.calls.size()).second;
        if (!is_new || call.tool_call_id.empty()) ++m_facts.duplicate_call_ids;
        m_facts.calls.push_back({&call, nullptr, kind_of(call), false});
    }

    void add_observation(const Observation& observation) {
        if (observation.content && says_truncated(*observation.content)) ++m_facts.truncated_observations;
        const auto call = m_by_id.find(observation.source_call_id);
        if (call == m_by_id.end()) {
            ++m_facts.observations_early;
            return;
        }
        if (observation.error == k_no_result) return;
        CallEvent& event = m_facts.calls[call->second];
        event.result = &observation;
        event.failed = is_given(observation.error);
    }

    void classify() {
        for (std::size_t i = 0; i < m_facts.calls.size(); ++i) {
            const CallEvent& event = m_facts.calls[i];
            if (event.result == nullptr) ++m_facts.unanswered_calls;
            if (event.kind == CallKind::Edit && !event.failed) m_facts.last_edit = i;
            if (event.kind == CallKind::Test) m_facts.last_test = i;
            if (event.kind == CallKind::Commit && !event.failed) m_facts.last_commit = i;
            if (event.kind == CallKind::Undo && !event.failed) m_facts.last_undo = i;
        }
    }

    // A run of equal calls counts as a whole once it is a loop.
    void count_repetitions() {
        std::size_t run = 1;
        for (std::size_t i = 1; i <= m_facts.calls.size(); ++i) {
            if (i < m_facts.calls.size() && are_equal(i - 1, i)) {
                ++run;
                continue;
            }
            if (run >= k_loop) m_facts.repeated_calls += run;
            run = 1;
        }
    }

    bool are_equal(std::size_t left, std::size_t right) const {
        const trace::ToolCall& a = *m_facts.calls[left].call;
        const trace::ToolCall& b = *m_facts.calls[right].call;
        return a.tool_name == b.tool_name && a.input == b.input;
    }

    void count_failures() {
        std::size_t run = 0;
        std::string_view tool;
        for (const CallEvent& event : m_facts.calls) {
            run = event.failed ? (event.call->tool_name == tool ? run + 1 : 1) : 0;
            tool = event.call->tool_name;
            m_facts.failing_run = std::max(m_facts.failing_run, run);
        }
    }

    StrictFacts m_facts;
    std::unordered_map<std::string_view, std::size_t> m_by_id;
    bool m_agent_spoke = false;
};

}  // namespace

StrictFacts strict_facts_of(const trace::TraceRecord& record) {
    Collector collector;
    for (const Step& step : record.steps)
        collector.add(step);
    return collector.finish();
}

TestResult test_result_of(const CallEvent& event) {
    if (event.result == nullptr) return TestResult::Unreadable;
    if (event.failed) return TestResult::Red;
    return test_result_in(event.result->content ? std::string_view(*event.result->content)
                                                : std::string_view());
}

}  // namespace opentraces::quality
