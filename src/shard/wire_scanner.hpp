// The lexical half of the wire reader: JSON tokens without white space or bare words, checked and skipped in
// place.
// Every function answers false for anything that is not exactly what it expects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "opentraces/json/lexer.hpp"

namespace opentraces::shard {

class WireScanner {
public:
    // `text` must be valid UTF-8.
    explicit WireScanner(std::string_view text) : m_in(text) {}

    bool at_end() const { return m_in.at_end(); }
    bool literal(std::string_view expected) { return m_in.skip(expected); }
    bool null() { return literal("null"); }

    // A string of any content.
    bool string();
    // A string without escapes; `out` views into the text.
    bool plain_string(std::string_view& out);
    bool boolean(bool& out);
    // At most 18 digits.
    bool integer(std::int64_t& out);
    // A number that binary64 can hold.
    bool number(double& out);
    // Any value, at most `depth` containers deep.
    bool value(int depth);
    // An object of any members, whose values are strings if `strings_only`.
    bool object(int depth, bool strings_only = false);

    // An object of any members; `take` is given each key, decoded, and its value's text, and may refuse.
    template <class Take>
    bool members(int depth, Take take) {
        if (depth <= 0 || !literal("{")) return false;
        if (literal("}")) return true;
        do {
            std::string key;
            if (!decoded_string(key) || !literal(":")) return false;
            const std::size_t begin = m_in.at();
            if (!value(depth - 1) || !take(key, m_in.text(begin, m_in.at()))) return false;
        } while (literal(","));
        return literal("}");
    }

    // "[" items "]" where `item` reads one.
    template <class Item>
    bool list(Item item) {
        if (!literal("[")) return false;
        if (literal("]")) return true;
        do {
            if (!item()) return false;
        } while (literal(","));
        return literal("]");
    }

private:
    bool decoded_string(std::string& out);
    bool any_number(std::string_view& out);

    json::Lexer m_in;
};

}  // namespace opentraces::shard
