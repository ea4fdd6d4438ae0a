// The value that a name stands before, in the notations of languages, shells, configuration and markup.
#pragma once

#include <optional>
#include <string_view>

#include "security/rules/rule.hpp"

namespace opentraces::security {

struct AssignedValue {
    Span span;
    bool quoted = false;
    bool weak = false;  // the syntax before it is not an assignment for sure
};

// What is assigned to the name at `name`: behind an operator, a type, a comma or a colon, as a default, in an
// element, on the next line, beside it in a table. `caps`: the name is that of an environment variable, whose
// bare values end at blanks only.
std::optional<AssignedValue> assigned_value(std::string_view text, Span name, bool caps);

// The value of {"name": NAME, "value": VALUE}, in any order, as attributes, elements or blocks.
std::optional<AssignedValue> paired_value(std::string_view text, Span name);

// The value of a member called "value" or the like in the same object as `anchor`, behind it or before it.
std::optional<AssignedValue> value_beside(std::string_view text, Span anchor);

// What stands at `at` as a value: in quotes, after a prefix or within a call, or bare up to one of `stops`.
std::optional<AssignedValue> read_value(std::string_view text, std::size_t at, std::string_view stops);
std::optional<AssignedValue> read_quoted(std::string_view text, std::size_t at);

std::size_t skip_blanks(std::string_view text, std::size_t at);
// White space with at most `lines` line ends in it.
std::size_t skip_space(std::string_view text, std::size_t at, int lines);
// A quote with any number of backslashes before it; `at` moves behind it.
bool skip_quote(std::string_view text, std::size_t& at);

}  // namespace opentraces::security
