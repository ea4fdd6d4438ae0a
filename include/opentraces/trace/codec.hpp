// TraceRecord to and from its JSONL line, and its content hash.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/diagnostic.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::trace {

struct Decoded {
    std::optional<TraceRecord> record;  // nullopt: see problem
    // Why the line is not a TraceRecord. The rule is a short class name (missing, string_type, int_parsing,
    // …, json_invalid), the field the first that fails.
    std::optional<Diagnostic> problem;
    // As given, also when something later in the line is wrong; the default if the line has none.
    std::string schema_version{k_schema_version};
    // Paths of keys the schema does not have ("steps.0.novel"); they are not part of the record or its hash.
    std::vector<std::string> unknown_keys;
    // Numbers that JSON cannot write (NaN, infinities): written as null, so the hash changes on re-reading.
    std::vector<std::string> non_finite;
};

// Reads one line with the conversions of the reference's models (lax mode). Never throws on bad input.
Decoded decode(std::string_view line);
inline Decoded decode(const std::string& line) {
    return decode(std::string_view(line));
}
inline Decoded decode(const char* line) {
    return decode(std::string_view(line));
}
Decoded decode(const json::Value& document);
// Moves the texts of the document into the record.
Decoded decode(json::Value&& document);

// One line without the final LF; content_hash is computed and filled in; the schema version
// of the record is kept as it is.
std::string encode(const TraceRecord& record);
// The same in pieces, for records that should not be copied in memory; returns the content hash written.
ContentHash encode(const TraceRecord& record, json::Sink& sink);

// A part of a record in its wire form without the members that are null or an empty list, object or map;
// "{}" when nothing is left. What formats with room for foreign members carry along.
void append_sparse(std::string& out, const Task& part);
void append_sparse(std::string& out, const RecordEnvironment& part);
void append_sparse(std::string& out, const Outcome& part);
void append_sparse(std::string& out, const SecurityMetadata& part);
void append_sparse(std::string& out, const Attribution& part);
void append_sparse(std::string& out, const Metrics& part);
void append_sparse(std::string& out, const TokenUsage& part);
void append_sparse(std::string& out, const ToolCall& part);
void append_sparse(std::string& out, const Snippet& part);

// SHA-256 over the canonical form without content_hash and trace_id, 64 lower-case hex digits.
ContentHash content_hash(const TraceRecord& record);
// The record carries a content hash that is not its own. Only of records of today's schema without unknown
// keys or non-finite numbers: the hash of another one was made of something else.
bool has_stale_hash(const Decoded& decoded);
// The text that is hashed.
std::string canonical_text(const TraceRecord& record);

// True if `version` ("1.0", "0.3.0") is later than the schema this program writes; false for text that is
// not a version.
bool is_newer_schema(std::string_view version);
// True if it is later than every schema that this program can read, which are those up to 0.9: they only add
// to 0.2, so that what is read is what they mean, and the rest is unknown keys.
bool is_unknown_schema(std::string_view version);

}  // namespace opentraces::trace
