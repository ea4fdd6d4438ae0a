// Edits of YAML text by place: collected against one tree, then applied together.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "card/yaml.hpp"

namespace opentraces::card {

class YamlEdits {
public:
    // What is written gets this line end.
    YamlEdits(std::string_view text, std::string_view line_end) : m_text(text), m_line_end(line_end) {}

    // `block`: lines with LF ends, written for column 0; the first line goes to `begin`, the others are
    // indented by `column`.
    void replace(std::size_t begin, std::size_t end, std::string_view block, std::size_t column);
    void replace_scalar(const YamlNode& scalar, std::string_view text);
    // The entry with its lines.
    void remove(const YamlEntry& entry);
    // New lines at `column` below the line in which `end` is.
    void insert_below(std::size_t end, std::string_view block, std::size_t column);
    void insert_at(std::size_t at, std::string_view text);

    std::string apply() const;

private:
    struct Edit {
        std::size_t begin, end;
        std::string text;
    };
    std::size_t line_begin(std::size_t at) const;
    std::size_t line_after(std::size_t at) const;

    std::string_view m_text;
    std::string_view m_line_end;
    std::vector<Edit> m_edits;
};

// Lines of `block` indented by `column`, the first one too if `first`.
std::string indented(std::string_view block, std::size_t column, bool first);

}  // namespace opentraces::card
