// YAML text as a tree that knows where in the text each node is, for edits that leave the rest alone.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace opentraces::card {

// `line` counts from 0 in the parsed text.
class YamlError : public std::runtime_error {
public:
    YamlError(std::size_t line, const std::string& reason) : std::runtime_error(reason), m_line(line) {}
    std::size_t line() const { return m_line; }

private:
    std::size_t m_line;
};

struct YamlEntry;

struct YamlNode {
    enum class Kind { Scalar, Sequence, Mapping, Alias };
    Kind kind = Kind::Scalar;
    std::string value;               // of a scalar
    bool plain = false;              // a scalar without quotes
    bool flow = false;               // [a, b] or {a: b}
    std::size_t begin = 0, end = 0;  // bytes; the end of a block is the end of its last value
    std::size_t line = 0;
    std::size_t column = 0;
    std::vector<YamlNode> items;
    std::vector<YamlEntry> entries;

    bool is_null() const;
    bool is_scalar() const { return kind == Kind::Scalar && !is_null(); }
    bool is_block(Kind wanted) const { return kind == wanted && !flow; }
    // nullptr if it is not a mapping or has no such key.
    const YamlEntry* find(std::string_view key) const;
    // The scalar of this key, or "".
    std::string_view text_of(std::string_view key) const;
};

struct YamlEntry {
    YamlNode key;
    YamlNode value;
    std::size_t begin() const { return key.begin; }
    std::size_t end() const { return value.end > key.end ? value.end : key.end; }
};

// One document; an empty one is a null scalar. Throws YamlError for what no YAML 1.1 reader accepts, for
// keys that occur twice, and for more than one document.
YamlNode parse_yaml(std::string_view text);

// A scalar that every YAML reader takes as this string.
std::string yaml_scalar(std::string_view text);

}  // namespace opentraces::card
