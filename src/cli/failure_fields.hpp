// What failed of several files, rows or records: the same in every answer.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.hpp"
#include "opentraces/flow/failures.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::cli {

// Longer lists are counted.
inline constexpr std::size_t k_most_failures = 1000;

// {path, line, trace_id, code, message, hint}
json::Object failure_object(const flow::Failure& failure);
// "failed", how many, and "failures", the first of them.
void append_failures(json::Object& object, const flow::Failures& failures);
// A line each, for standard error.
std::string failures_text(const flow::Failures& failures);
// What they make of the command as a whole: the first one, and how many more there are. Not for none.
Error error_of(const flow::Failures& failures, std::string_view noun);
// Puts them into the answer; any makes it an error.
void tell_failures(Answer& answer, const flow::Failures& failures, std::string_view noun);

}  // namespace opentraces::cli
