// The lexical half of the wire reader: JSON tokens without white space, checked and skipped in place.
// Every function answers false for anything that is not exactly what it expects.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace opentraces::shard {

class WireScanner {
public:
    // `text` must be valid UTF-8.
    explicit WireScanner(std::string_view text) : m_at(text.data()), m_end(text.data() + text.size()) {}

    bool at_end() const { return m_at == m_end; }
    bool literal(std::string_view expected) {
        const auto left = static_cast<std::size_t>(m_end - m_at);
        if (left < expected.size() || std::string_view(m_at, expected.size()) != expected) return false;
        m_at += expected.size();
        return true;
    }
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
    bool escape();
    bool hex4(unsigned& code);
    bool digits(std::size_t& count);
    bool number_text(std::string_view& out);

    const char* m_at;
    const char* m_end;
};

}  // namespace opentraces::shard
