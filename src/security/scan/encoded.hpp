// Texts that stand encoded in a text: base64 (also of UTF-16, gzip and zlib), hexadecimal digits and dumps.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "security/rules/rule.hpp"

namespace opentraces::security {

// A text, and the bytes of the source that stand for it.
using EncodedSeen = std::function<void(Span source, std::string_view text)>;

// Reads a run of base64 and base64url characters, together with the lines or literals that go on behind it. A
// text begins where the run does, up to three characters behind that where the beginning is missing, or
// behind a sign that may end a name. Answers how far the source was read: at least to the end of the run.
std::size_t read_encoded(std::string_view text, Span run, const EncodedSeen& seen);

// A dump of bytes: in hexadecimal digits behind an offset, or without one, with or without the same as text
// beside them, as by xxd, hexdump -C and od.
struct Dump {
    struct Row {
        std::size_t begin = 0;      // of the digits in the source
        std::size_t end = 0;        // of the line's content
        std::size_t bytes_end = 0;  // of the bytes of all rows so far
    };
    std::string bytes;
    std::vector<Row> rows;

    // The rows that hold these bytes.
    Span source(Span of_bytes) const;
};

// The rows from the line that begins at `line` on; no rows if it is no part of a dump.
Dump read_dump(std::string_view text, std::size_t line);

// Bytes of a text that are written as numbers.
struct NumberList {
    std::size_t begin = 0;
    std::size_t end = 0;  // behind the comma at least
    std::string bytes;    // empty: too few, or no text
};

// A comma between numbers at `at` or shortly before; npos if there is none. Every list is longer than
// k_number_step, so it is enough to look at each such place.
inline constexpr std::size_t k_number_step = 32;
std::size_t number_comma(std::string_view text, std::size_t at);
// The list that the comma is in.
NumberList read_number_list(std::string_view text, std::size_t comma);

// zlib or gzip, as far as so many bytes: what a text costs must not grow with what it can be made to hold.
// Nullopt if it is neither, or broken.
inline constexpr std::size_t k_inflated_floor = 4096;
inline constexpr std::size_t k_inflated_ratio = 32;
std::optional<std::string> inflated(std::string_view bytes);

}  // namespace opentraces::security
