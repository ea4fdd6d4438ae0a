#include "quality/rubric_0_2/white_space.hpp"

#include <cstddef>

namespace opentraces::quality {
namespace {

bool is_ascii_space(unsigned char byte) {
    return (byte >= 0x09 && byte <= 0x0d) || (byte >= 0x1c && byte <= 0x20);
}

bool is_wide_space(std::string_view character) {
    if (character == "\xc2\x85" || character == "\xc2\xa0") return true;
    if (character == "\xe1\x9a\x80" || character == "\xe2\x81\x9f" || character == "\xe3\x80\x80")
        return true;
    if (!character.starts_with("\xe2\x80") || character.size() != 3) return false;
    const auto last = static_cast<unsigned char>(character[2]);
    return (last >= 0x80 && last <= 0x8a) || last == 0xa8 || last == 0xa9 || last == 0xaf;
}

// Bytes of the white space character at the start, 0 if there is none.
std::size_t space_at_start(std::string_view text) {
    if (text.empty()) return 0;
    if (is_ascii_space(static_cast<unsigned char>(text.front()))) return 1;
    if (is_wide_space(text.substr(0, 2))) return 2;
    return is_wide_space(text.substr(0, 3)) ? 3 : 0;
}

std::size_t space_at_end(std::string_view text) {
    if (text.empty()) return 0;
    if (is_ascii_space(static_cast<unsigned char>(text.back()))) return 1;
    if (text.size() >= 2 && is_wide_space(text.substr(text.size() - 2))) return 2;
    return text.size() >= 3 && is_wide_space(text.substr(text.size() - 3)) ? 3 : 0;
}

}  // namespace

std::string_view strip(std::string_view text) {
    while (const std::size_t length = space_at_start(text))
        text.remove_prefix(length);
    while (const std::size_t length = space_at_end(text))
        text.remove_suffix(length);
    return text;
}

bool is_blank(std::string_view text) {
    while (const std::size_t length = space_at_start(text))
        text.remove_prefix(length);
    return text.empty();
}

bool has_text(const std::optional<std::string>& text) {
    return text && !is_blank(*text);
}

bool is_given(const std::optional<std::string>& text) {
    return text && !text->empty();
}

}  // namespace opentraces::quality
