// Decoded readings of a text, with the way back to the bytes that were decoded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "security/rules/rule.hpp"

namespace opentraces::security {

// A decoded text that remembers where something other than a plain copy happened.
class View {
public:
    // `expected`: bytes that the text will have, about.
    explicit View(std::size_t expected = 0) { m_text.reserve(expected); }
    const std::string& text() const { return m_text; }
    // First source byte of what became text()[at], and one past the last for a range's end.
    std::size_t source_begin(std::size_t at) const;
    std::size_t source_end(std::size_t end) const;

    void copy(std::string_view piece) { m_text.append(piece); }
    // Stretches of text() around what was decoded: whole lines, or whole words where lines are very long.
    // Only there can the view show anything that the source does not.
    std::vector<Span> changed_parts() const;

    // `decoded` stands for source bytes [begin, end). Empty: those bytes were left out.
    void decode(std::string_view decoded, std::size_t begin, std::size_t end);

private:
    struct Step {
        std::size_t text_begin;
        std::size_t source_begin;
        std::uint32_t text_length;
        std::uint32_t source_length;
    };
    // The last step that begins at or before `at`; null: a plain copy from the beginning.
    const Step* step_at(std::size_t at) const;
    std::string m_text;
    std::vector<Step> m_steps;
};

// JSON string escapes; nullopt if there are none.
std::optional<View> unescape_json(std::string_view text);
// %XX; nullopt if there are none that matter.
std::optional<View> unescape_percent(std::string_view text);
// Terminal control sequences left out; nullopt if there are none.
std::optional<View> strip_terminal_codes(std::string_view text);
// The text in a base64 run, if it is text.
std::optional<std::string> decode_base64_text(std::string_view run);

}  // namespace opentraces::security
