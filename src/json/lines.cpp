#include "opentraces/json/lines.hpp"

#include <cstring>
#include <utility>

namespace opentraces::json {
namespace {
constexpr std::size_t k_block = std::size_t{64} << 10;
}

LineReader::LineReader(ByteSource source, std::size_t max_line)
    : m_source(std::move(source)), m_max_line(max_line) {}

// Makes room behind the unread bytes and reads one more block; false at the end of the stream.
bool LineReader::fill() {
    if (m_at_end) return false;
    if (m_begin > 0) {
        std::memmove(m_buffer.data(), m_buffer.data() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_scanned -= m_begin;
        m_begin = 0;
    }
    if (m_buffer.size() - m_end < k_block)
        m_buffer.resize(m_end < k_block ? 2 * k_block : m_end + m_end / 2 + k_block);
    const std::size_t count = m_source(m_buffer.data() + m_end, m_buffer.size() - m_end);
    m_at_end = count == 0;
    m_end += count;
    return count > 0;
}

void LineReader::skip_long_line(Line& line) {
    line.too_long = true;
    line.text = {};
    line.length = 0;
    while (true) {
        const char* begin = m_buffer.data() + m_begin;
        const void* feed = std::memchr(begin, '\n', m_end - m_begin);
        if (feed != nullptr) {
            const auto length = static_cast<std::size_t>(static_cast<const char*>(feed) - begin);
            line.length += length;
            m_begin += length + 1;
            m_offset += line.length + 1;
            break;
        }
        line.length += m_end - m_begin;
        m_begin = m_end;
        m_scanned = m_end;
        if (!fill()) {
            line.terminated = false;
            m_offset += line.length;
            break;
        }
    }
    m_scanned = m_begin;
}

bool LineReader::next(Line& line) {
    line = Line{};
    line.number = ++m_number;
    line.offset = m_offset;
    while (true) {
        const void* feed = std::memchr(m_buffer.data() + m_scanned, '\n', m_end - m_scanned);
        std::size_t length = 0;
        if (feed != nullptr) {
            length = static_cast<std::size_t>(static_cast<const char*>(feed) - m_buffer.data()) - m_begin;
        } else {
            m_scanned = m_end;
            if (m_end - m_begin > m_max_line) {
                skip_long_line(line);
                return true;
            }
            if (fill()) continue;
            length = m_end - m_begin;
            line.terminated = false;
            if (length == 0) return false;
        }
        if (length > m_max_line) {
            skip_long_line(line);
            return true;
        }
        line.text = std::string_view(m_buffer.data() + m_begin, length);
        line.length = length;
        m_begin += length + (line.terminated ? 1 : 0);
        m_scanned = m_begin;
        m_offset += length + (line.terminated ? 1 : 0);
        if (line.text.ends_with('\r')) line.text.remove_suffix(1);
        return true;
    }
}

}  // namespace opentraces::json
