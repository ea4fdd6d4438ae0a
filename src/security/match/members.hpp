// Members of objects as JSON and YAML write them, for rules that one member says something of the others.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "security/rules/rule.hpp"

namespace opentraces::security {

struct Member {
    Span name;
    Span value;              // without quotes; of an object or a list the brackets too
    bool is_string = false;  // of YAML, scalars and blocks
};

using MemberSeen = std::function<void(const Member&)>;

// The '{' of the JSON object that holds `at`, not further before it than `reach`.
std::optional<std::size_t> object_around(std::string_view text, std::size_t at, std::size_t reach);
// The members of the JSON object whose '{' is at `open`, up to `limit` at most: those that are whole. False
// if the object is not.
bool for_each_member(std::string_view text, std::size_t open, std::size_t limit, const MemberSeen& seen);

// One line of YAML behind line numbers and the signs of a diff.
struct YamlLine {
    std::size_t begin = 0;  // of what it says, behind "- " too
    std::size_t end = 0;    // where the line ends, without CR
    std::size_t indent = 0;
    bool is_item = false;
    bool is_blank = false;
};

// The line that begins at `at`.
YamlLine yaml_line(std::string_view text, std::size_t at);
// Where the line that holds `at` begins, or a place 4 KiB before `at` if it is longer.
std::size_t line_begin(std::string_view text, std::size_t at);
// The members of the mapping below `line`: the lines that are indented deeper than it.
void for_each_below(std::string_view text, const YamlLine& line, std::size_t limit, const MemberSeen& seen);
// Lines of the same mapping as the one at `at`, before it and behind it, not further than `reach`.
void for_each_beside(std::string_view text, std::size_t at, std::size_t reach,
                     const std::function<void(const YamlLine&)>& seen);

}  // namespace opentraces::security
