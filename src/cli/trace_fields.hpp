// Traces in answers: the JSON object of one trace, and the table for people.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::cli {

json::Object trace_object(const store::TraceRow& row);
// Fits the terminal; in a pipe nothing is cut and times are exact. `projects`: the name of each row's, or
// none.
std::string trace_table(Context& context, const std::vector<store::TraceRow>& rows,
                        const std::vector<std::string>& projects = {});
// "2026-01-31 14:05" on the user's clock.
std::string local_minute(Context& context, TimePoint at);
// "3h ago"; the date from a week on.
std::string recent_time(Context& context, TimePoint at);
json::Value text_or_null(const std::string& text);
// Lines about committed traces of which the inbox has a later version, each behind `indent`; empty for none.
std::string later_text(const store::LaterCounts& later, std::string_view indent = {});
// "outgrown" and "read_differently", how many of each.
void append_later(json::Object& object, const store::LaterCounts& later);
// "1 trace", "2 traces".
std::string counted(std::int64_t count, std::string_view noun);
std::string with_commas(std::int64_t number);
std::string short_id(const TraceId& id);

}  // namespace opentraces::cli
