// Decoded readings of a text, with the way back to the bytes that were decoded.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opentraces::security {

// A decoded text made of pieces that each came from one place of the source.
class View {
public:
    const std::string& text() const { return m_text; }
    // First source byte of what became text()[at], and one past the last for a range's end.
    std::size_t source_begin(std::size_t at) const;
    std::size_t source_end(std::size_t end) const;

    void append(std::string_view decoded, std::size_t source_begin, std::size_t source_end);

private:
    // Offsets agree up to `text_begin`; one step maps `text_length` decoded bytes to `source_length` bytes.
    struct Step {
        std::size_t text_begin;
        std::size_t text_length;
        std::size_t source_begin;
        std::size_t source_length;
        bool verbatim;
    };
    const Step& step_at(std::size_t at) const;
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
// The bytes of a base64 or base64url run up to the first character that does not belong.
std::string decode_base64(std::string_view run);

}  // namespace opentraces::security
