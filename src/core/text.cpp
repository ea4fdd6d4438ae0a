#include "opentraces/core/text.hpp"

#include "core/sequence.hpp"

namespace opentraces {
namespace {

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i])) return 0;
    }
    const unsigned char second = byte(1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool beyond = (first == 0xED && second >= 0xA0) || (first == 0xF4 && second >= 0x90);
    return overlong || beyond ? 0 : length;
}

std::string repair_utf8(std::string_view text, std::size_t* replaced) {
    std::string out;
    out.reserve(text.size());
    std::size_t count = 0;
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        if (length > 0) {
            out.append(text.substr(0, length));
        } else {
            out.append("\xEF\xBF\xBD");
            ++count;
        }
        text.remove_prefix(length > 0 ? length : 1);
    }
    if (replaced != nullptr) *replaced = count;
    return out;
}

std::size_t code_points(std::string_view valid_utf8) {
    std::size_t count = 0;
    for (const char c : valid_utf8)
        count += is_continuation(c) ? 0 : 1;
    return count;
}

std::string_view first_code_points(std::string_view valid_utf8, std::size_t count) {
    std::size_t end = 0;
    for (; end < valid_utf8.size(); ++end) {
        if (!is_continuation(valid_utf8[end]) && count-- == 0) break;
    }
    return valid_utf8.substr(0, end);
}

void append_utf8(std::string& out, char32_t c) {
    const auto push = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (c < 0x80) {
        push(c);
    } else if (c < 0x800) {
        push(0xC0 | c >> 6);
        push(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        push(0xE0 | c >> 12);
        push(0x80 | (c >> 6 & 0x3F));
        push(0x80 | (c & 0x3F));
    } else {
        push(0xF0 | c >> 18);
        push(0x80 | (c >> 12 & 0x3F));
        push(0x80 | (c >> 6 & 0x3F));
        push(0x80 | (c & 0x3F));
    }
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view k_space = " \t\r\n\f\v";
    const std::size_t begin = text.find_first_not_of(k_space);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(k_space) - begin + 1);
}

std::string to_lower_ascii(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
}

}  // namespace opentraces
