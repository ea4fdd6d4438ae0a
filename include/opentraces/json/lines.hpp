// A byte stream as lines, with a bound on memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace opentraces::json {

inline constexpr std::size_t k_default_max_line = std::size_t{256} << 20;

// Fills the buffer, returns the number of bytes, 0 at the end.
using ByteSource = std::function<std::size_t(char* buffer, std::size_t size)>;

struct Line {
    std::string_view text;     // without LF and without a CR before it; valid until the next call
    std::size_t number = 0;    // 1-based
    std::uint64_t offset = 0;  // bytes from the start of the stream
    bool terminated = true;    // false: the stream ended without a final LF
    bool too_long = false;     // longer than the limit: text is empty, the line was skipped to its end
    std::uint64_t length = 0;  // bytes, also when too_long
};

// Splits at LF only: U+2028 and friends stay inside a line.
class LineReader {
public:
    explicit LineReader(ByteSource source, std::size_t max_line = k_default_max_line);
    // False at the end.
    bool next(Line& line);

private:
    bool fill();
    void skip_long_line(Line& line);

    ByteSource m_source;
    std::size_t m_max_line;
    std::string m_buffer;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
    std::size_t m_scanned = 0;
    std::size_t m_number = 0;
    std::uint64_t m_offset = 0;
    bool m_at_end = false;
};

}  // namespace opentraces::json
