// The objects of a JSONL session file, whatever is broken in between.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/json/syntax_error.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture {

// Lines longer than this are skipped and counted.
inline constexpr std::size_t k_longest_line = std::size_t{64} << 20;

struct LineTally {
    std::size_t lines = 0;    // without blank ones
    std::size_t objects = 0;  // several may share a line
    bool incomplete_last_line = false;
    std::vector<Diagnostic> skipped;
};

// Gives every JSON object of the file to `take` with the number of its line. Two objects on one line are
// both given; escapes of half a surrogate pair, which JavaScript writes, are read as U+FFFD. A last line
// without line end that does not parse is still being written: it is not counted as broken.
LineTally read_objects(Sources& sources, const std::string& path,
                       const std::function<void(json::Value&& object, std::size_t line)>& take);

// The same over text in memory, such as the start of a file, until `is_enough` says so. Did it?
bool look_through(std::string_view text, const std::function<bool(const json::Value& object)>& is_enough);
// The objects of the first line of `text`, added to `into`, and the length of the line with its end.
std::size_t take_line(std::string_view text, std::vector<json::Value>& into);

// One value at the start of `text`, with such escapes repaired, and where it ended. Throws json::SyntaxError.
json::Value parse_object_text(std::string_view text, std::size_t& end);
// In words: binary, not UTF-8, not JSON and why.
std::string why_broken(std::string_view text, const json::SyntaxError& error);

}  // namespace opentraces::capture
