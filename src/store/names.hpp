// The forms of names that the store gives to files and rows.
#pragma once

#include <string_view>

namespace opentraces::store {

bool is_trace_id(std::string_view text);      // the text of a UUID, lower case
bool is_trace_file(std::string_view name);    // <trace id>.jsonl
bool is_pending_file(std::string_view name);  // <trace id>.<16 hex digits>.jsonl
bool is_plain_name(std::string_view name);    // letters, digits and -_. only, no dot in front
bool is_shard_copy(std::string_view name);    // a spooled shard, or one that was downloaded

}  // namespace opentraces::store
