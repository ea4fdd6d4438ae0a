// Diagnostics in answers, for people and for programs.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "opentraces/core/diagnostic.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::cli {

// A part of a diagnostic under the name that an answer has for it.
enum class Part { Source, Line, Field, Rule, Words, Count };
using Columns = std::initializer_list<std::pair<Part, const char*>>;

// One object, its members in the order of the columns. Line 0 is null.
json::Object diagnostic_object(const Diagnostic& one, Columns columns);
// The same of each.
template <class Range>
json::Array diagnostics_array(const Range& all, Columns columns) {
    json::Array array;
    for (const Diagnostic& one : all)
        array.emplace_back(diagnostic_object(one, columns));
    return array;
}

// "source:line: rule: words" on one line without its end; what is empty is left out.
std::string diagnostic_text(const Diagnostic& one);

// What verify and pull find: [{rule, path, line, message}], a line each, and what the command ends with.
json::Array problems_array(const std::vector<Diagnostic>& problems);
std::string problems_text(const std::vector<Diagnostic>& problems);
Error error_of_problems(const std::vector<Diagnostic>& problems, std::int64_t more);

}  // namespace opentraces::cli
