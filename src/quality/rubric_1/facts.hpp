// What the strict rubric reads out of a session: its tool calls in order, with their kind and result.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/trace/record.hpp"

namespace opentraces::quality {

enum class CallKind { Other, Edit, Test, Commit, Undo };
enum class TestResult { Unreadable, Green, Red };

struct CallEvent {
    const trace::ToolCall* call = nullptr;
    const trace::Observation* result = nullptr;  // nullptr: never answered
    CallKind kind = CallKind::Other;
    bool failed = false;
};

struct StrictFacts {
    std::vector<CallEvent> calls;
    std::optional<std::size_t> last_edit;  // positions in `calls`
    std::optional<std::size_t> last_test;
    std::optional<std::size_t> last_commit;
    std::optional<std::size_t> last_undo;
    std::size_t unanswered_calls = 0;
    std::size_t repeated_calls = 0;      // in rows of three or more equal calls
    std::size_t failing_run = 0;         // longest row of failures of one tool
    std::size_t observations_early = 0;  // before their call, or of an unknown call
    std::size_t duplicate_call_ids = 0;  // or empty ones
    std::size_t truncated_observations = 0;
    std::size_t later_user_steps = 0;  // user steps after the first agent step
    std::size_t corrections = 0;       // of them, those that contradict the agent
};

StrictFacts strict_facts_of(const trace::TraceRecord& record);

// What the output of a test run says.
TestResult test_result_of(const CallEvent& event);

}  // namespace opentraces::quality
