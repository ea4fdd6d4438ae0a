// What transcripts for people (html, markdown) say of a record, in one form for both.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/view/prepared.hpp"
#include "opentraces/formats/format.hpp"

namespace opentraces::formats {

// Texts here are trace text: not yet safe in any document.
struct Fact {
    std::string_view label;
    std::string value;
};
std::string readable_title(const trace::TraceRecord& record);
// What is known, in reading order: agent, model, times, totals, repository, outcome, ids.
std::vector<Fact> readable_facts(const Prepared& prepared);

// The first line of a text, cut to `most` code points with "…".
std::string readable_line(std::string_view text, std::size_t most);
// The record without its ids and steps, as JSON to be read.
std::string readable_rest(const trace::TraceRecord& record);
// What a transcript leaves out beyond its mappings.
std::vector<Diagnostic> readable_remarks(const Prepared& prepared, bool subagents);

// The most telling argument of a call, on one line and short; may be empty.
std::string readable_headline(const trace::ToolCall& call);

// A piece of a call's input.
struct CallPart {
    enum class Kind {
        Text,
        Code,    // a command or program
        Change,  // `before` became `after`
        Patch,   // a diff in one of its text forms
        Json,    // the rest of the input
    };
    Kind kind = Kind::Text;
    std::string_view label;  // where it stands in the input; empty for the rest
    std::string_view text;
    std::string_view before;
    std::string_view after;
    std::string json;
};
std::vector<CallPart> readable_parts(const trace::ToolCall& call);

// Lines of a diff: '+', '-', ' ', and '@' for a heading.
using DiffLine = std::pair<char, std::string_view>;
// Equal lines at both ends stay, what lies between is replaced.
std::vector<DiffLine> change_lines(std::string_view before, std::string_view after);
std::vector<DiffLine> patch_lines(std::string_view patch);
bool is_patch(std::string_view text);

// "sub-agent", its role, and what it was asked.
std::string readable_run(const Run& run);
// Of a step: its role and what sets it apart ("agent", "warm-up").
std::string readable_role(const PreparedStep& step);
// "10:00:05", UTC.
std::string clock_text(Instant at);

}  // namespace opentraces::formats
