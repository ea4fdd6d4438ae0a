// What a record says about its own numbers: metadata that readers of sessions and the scrub write. Of foreign
// records it is as foreign as the rest: a value that cannot be meant counts as not there.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "opentraces/json/value.hpp"

namespace opentraces::trace {

struct Marks {
    // opentraces_cost.lower_bound: the last token count of some reply is not in the log. Of readers before
    // that was there, opentraces_parser.output_tokens_lower_bound says the same.
    bool cost_is_lower_bound = false;
    std::optional<double> active_s;  // opentraces_active_s: seconds, 0 to 10^9
    std::int64_t texts_cut = 0;      // opentraces_truncated: observations, snippets and the task
    // Where opentraces_usage is "session", the cached tokens of model_usage: of what steps have, they are
    // all.
    std::int64_t session_cache_read = 0;
    std::int64_t session_cache_written = 0;
    // opentraces_usage is "none": no count of tokens is in the log, and the zeros of the record are none.
    bool usage_is_unknown = false;
};

Marks marks_of(const json::Object& metadata);
// Its tokens are unknown: it says so, and has no count that says something else.
bool knows_no_usage(const Marks& marks, std::initializer_list<std::int64_t> counts);
// Whether marks_of() looks at this member.
bool is_mark(std::string_view key);

}  // namespace opentraces::trace
