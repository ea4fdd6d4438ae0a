#include "opentraces/core/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>

#include "core/sequence.hpp"
#include "opentraces/core/code_point.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// Unicode 15: bidi controls, zero-width and other default-ignorable format characters, separators of lines.
constexpr std::array<Range, 8> k_unseen{{{0x80, 0x9F},
                                         {0x61C, 0x61C},
                                         {0x180E, 0x180E},
                                         {0x200B, 0x200F},
                                         {0x2028, 0x202E},
                                         {0x2060, 0x206F},
                                         {0xFEFF, 0xFEFF},
                                         {0xE0000, 0xE007F}}};

// Of code points from U+0080 on.
bool is_unseen(char32_t code) {
    return std::any_of(k_unseen.begin(), k_unseen.end(),
                       [code](const Range& range) { return code >= range.first && code <= range.last; });
}

void append_printable(std::string& out, std::string_view text, const Unseen& unseen) {
    if (unseen.code && *unseen.code > 0xFF) {
        fmt::format_to(std::back_inserter(out), "<U+{:04X}>", static_cast<std::uint32_t>(*unseen.code));
    } else {
        const auto byte = static_cast<unsigned char>(text[unseen.at]);
        fmt::format_to(std::back_inserter(out), "\\x{:02x}",
                       unseen.code ? static_cast<std::uint32_t>(*unseen.code) : std::uint32_t{byte});
    }
}

std::string printable(std::string_view text, bool keep_lines) {
    std::string out;
    std::size_t begin = 0;
    while (const auto unseen = find_unseen(text, begin)) {
        out.append(text.substr(begin, unseen->at - begin));
        const char c = text[unseen->at];
        if (c == '\n' || c == '\t' || (c == '\r' && !keep_lines)) {
            out.push_back(keep_lines ? c : ' ');
        } else {
            append_printable(out, text, *unseen);
        }
        begin = unseen->at + unseen->length;
    }
    return out.append(text.substr(begin));
}

// Eight bytes from U+0020 to U+007E, as almost all text has them.
bool is_plain(const char* bytes) {
    constexpr std::uint64_t k_each = 0x0101010101010101;
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return ((word | (word - 0x20 * k_each) | (word + k_each)) & (0x80 * k_each)) == 0;
}

}  // namespace

std::optional<Unseen> find_unseen(std::string_view text, std::size_t from) {
    constexpr std::size_t k_word = sizeof(std::uint64_t);
    while (from < text.size()) {
        if (text.size() - from >= k_word && is_plain(text.data() + from)) {
            from += k_word;
            continue;
        }
        const auto byte = static_cast<unsigned char>(text[from]);
        if (byte < 0x80) {
            if (byte < 0x20 || byte == 0x7F) return Unseen{from, 1, byte};
            ++from;
            continue;
        }
        const std::size_t length = sequence_length(text.substr(from));
        if (length == 0) return Unseen{from, 1, std::nullopt};
        std::size_t end = from;
        const char32_t code = next_code_point(text, end);
        if (is_unseen(code)) return Unseen{from, length, code};
        from = end;
    }
    return std::nullopt;
}

std::string printable_text(std::string_view text) {
    return printable(text, true);
}

std::string printable_line(std::string_view text) {
    return printable(text, false);
}

}  // namespace opentraces
