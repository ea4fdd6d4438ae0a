// Where the parts of a JSON text are, for edits that leave every other byte alone.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace opentraces::store {

struct JsonSpan {
    enum class Kind { Object, Array, String, Other };
    Kind kind = Kind::Other;
    std::size_t begin = 0;  // of the value
    std::size_t end = 0;
    std::size_t outer_begin = 0;     // of the key for members of objects, else begin
    std::string key;                 // decoded, for members
    std::string text;                // decoded, for strings
    std::vector<JsonSpan> children;  // items or members

    // The last member of that name, as parsers take it; nullptr if there is none.
    const JsonSpan* member(std::string_view name) const;
};

// Error SettingsUnreadable (line, reason) if the text is not JSON.
JsonSpan locate_json(std::string_view text);

}  // namespace opentraces::store
