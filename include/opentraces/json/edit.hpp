// Edits of a JSON text that leave every other byte alone: where its parts are, adding a child to a container
// in the text's own style, and taking it out again so that the bytes are what they were.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace opentraces::json {

struct Span {
    enum class Kind { Object, Array, String, Other };
    Kind kind = Kind::Other;
    std::size_t begin = 0;  // of the value
    std::size_t end = 0;
    std::size_t outer_begin = 0;  // of the key for members of objects, else begin
    std::string key;              // decoded, for members
    std::string text;             // decoded, for strings
    std::vector<Span> children;   // items or members

    // The last member of that name, as parsers take it; nullptr if there is none.
    const Span* member(std::string_view name) const;
};

// SyntaxError if the text is not JSON.
Span locate(std::string_view text);
// The line that an offset is in, from 1.
std::size_t line_of(std::string_view text, std::size_t offset);

// How new text is laid out: over several lines at an indentation, or on one line.
struct EditStyle {
    bool lines = true;
    std::string line_end = "\n";
    std::string unit = "  ";
    std::string indent;  // of the closing bracket's line; children are one unit deeper

    EditStyle deeper(int levels) const;
    std::string object(const std::vector<std::string>& members) const;
    std::string array(const std::string& item) const;

private:
    std::string wrap(char open, const std::vector<std::string>& children, char close) const;
};

using MakeChild = std::function<std::string(const EditStyle&)>;

// `make` gives the child's text (with its key, for objects); the style's indent is that of the container.
std::string insert_child(const std::string& text, const Span& root, const Span& container,
                         const MakeChild& make);
std::string erase_child(const std::string& text, const Span& container, const Span& child);

// True if the container was made together with its only child: then white space differs on its two sides.
// In a container that was there, empty, insert_child() gives both sides the white space it had.
bool is_wrapper(const std::string& text, const Span& container);

}  // namespace opentraces::json
