// What a tool call does, judged by its name and its command line.
#pragma once

#include <string_view>

#include "quality/rubric_1/facts.hpp"

namespace opentraces::quality {

CallKind kind_of(const trace::ToolCall& call);
// Of the output of a test runner; looks at its end.
TestResult test_result_in(std::string_view output);
bool says_truncated(std::string_view output);
// A user's message that contradicts what the agent did before.
bool is_correction(std::string_view message);

}  // namespace opentraces::quality
