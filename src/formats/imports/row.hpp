// What the importers share: taking rows apart, and saying where they are not what they should be.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "formats/view/remarks.hpp"
#include "opentraces/formats/importer.hpp"

namespace opentraces::formats {

// "steps.3.message: neither text nor a list of parts"
class RowProblem : public std::runtime_error {
public:
    RowProblem(std::string_view at, std::string_view reason)
        : std::runtime_error(std::string(at) + ": " + std::string(reason)) {}
};

// There is no session in the row.
class EmptyRow : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The row as an object; RowProblem otherwise.
json::Object& object_of(json::Value& value, std::string_view at);
json::Array& array_of(json::Value& value, std::string_view at);
// Null if it is not there.
const json::Value& member(const json::Object& object, std::string_view key);
// Moves a member out of the object; null if it is not there.
json::Value take(json::Object& object, std::string_view key);
// Moves every member that is still there, and not null, to `kept`: what no reader has taken is not lost.
void keep_untaken(json::Object& row, json::Object& kept);
// What a row's own metadata says of success.
void set_stated_success(trace::Outcome& outcome, bool success);
// A member that is text, absent or null.
trace::OptText take_text(json::Object& object, std::string_view key, std::string_view at);
// A member that must be text.
std::string take_required_text(json::Object& object, std::string_view key, std::string_view at);
// A whole number as given, zero if absent; RowProblem for other kinds of values.
trace::Integer take_count(json::Object& object, std::string_view key, std::string_view at);

// Message content: text, or a list of parts. Texts are joined by line ends, everything else becomes
// "[image: path]" or "[<type>]". `plain` says whether nothing was lost by that.
struct PlainText {
    std::string text;
    bool plain = true;
};
PlainText plain_text(json::Value content, std::string_view at);

// "[error: e]\n" + content, as exports to formats without an error field have it.
void set_observed(trace::Observation& observation, std::string text);

// The text without its <think> blocks; their texts, joined by a space, in `reasoning`.
std::string without_thinking(std::string text, trace::OptText& reasoning);

// Tool arguments: an object, or text with one in it. Anything else is kept under "raw" (text) or "value".
json::Object arguments_of(json::Value value);

// "<source>:<key>", the name of a session that has none.
std::string origin_name(const RowOrigin& origin);
// source_dataset and the like, for rows of a dataset.
void describe_origin(trace::TraceRecord& record, const RowOrigin& origin);
// Task, first and last time and the number of steps, as far as they are missing.
void describe_session(trace::TraceRecord& record);

// Runs `read`; RowProblem and EmptyRow become verdicts.
ImportedRow guarded(const std::function<void(ImportedRow&)>& read);

}  // namespace opentraces::formats
