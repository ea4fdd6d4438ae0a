// Adding a child to a container of a JSON text in the text's own style, and taking it out again so that the
// bytes are what they were.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/json_spans.hpp"

namespace opentraces::store {

// How new text is laid out: over several lines at an indentation, or on one line.
struct JsonStyle {
    bool lines = true;
    std::string line_end = "\n";
    std::string unit = "  ";
    std::string indent;  // of the closing bracket's line; children are one unit deeper

    JsonStyle deeper(int levels) const;
    std::string object(const std::vector<std::string>& members) const;
    std::string array(const std::string& item) const;

private:
    std::string wrap(char open, const std::vector<std::string>& children, char close) const;
};

using MakeChild = std::function<std::string(const JsonStyle&)>;

// `make` gives the child's text (with its key, for objects); the style's indent is that of the container.
std::string insert_child(const std::string& text, const JsonSpan& root, const JsonSpan& container,
                         const MakeChild& make);
std::string erase_child(const std::string& text, const JsonSpan& container, const JsonSpan& child);

// True if the container was made together with its only child: then white space differs on its two sides.
// In a container that was there, empty, insert_child() gives both sides the white space it had.
bool is_wrapper(const std::string& text, const JsonSpan& container);

}  // namespace opentraces::store
