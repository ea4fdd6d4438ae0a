// Traces in answers: the JSON object of one trace, and the table for people.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::cli {

json::Object trace_object(const store::TraceRow& row);
std::string trace_table(const std::vector<store::TraceRow>& rows, int width, TimePoint now);
// "3h ago"; empty when unknown.
std::string relative_time(std::string_view iso8601, TimePoint now);
json::Value text_or_null(const std::string& text);
// "1 trace", "2 traces".
std::string counted(std::int64_t count, std::string_view noun);
std::string with_commas(std::int64_t number);
std::string short_id(const TraceId& id);

}  // namespace opentraces::cli
