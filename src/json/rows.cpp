#include "opentraces/json/rows.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "opentraces/core/text.hpp"

namespace opentraces::json {
namespace {

constexpr std::size_t k_piece = std::size_t{256} << 10;
constexpr int k_end = -1;

bool is_space(int c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Are all brackets and quotation marks of this text closed?
bool is_closed(std::string_view text) {
    Brackets brackets;
    for (const char c : text)
        brackets.read(c);
    return brackets.depth() <= 0 && !brackets.in_string();
}

}  // namespace

RowReader::RowReader(ByteSource source, bool lines, std::size_t max_row)
    : m_source(std::move(source)), m_layout(lines ? Layout::Lines : Layout::Unknown), m_max(max_row) {}

bool RowReader::fill() {
    if (m_at_end) return false;
    m_buffer.erase(0, m_at);
    m_at = 0;
    const std::size_t before = m_buffer.size();
    m_buffer.resize(before + k_piece);
    const std::size_t count = m_source(m_buffer.data() + before, k_piece);
    m_buffer.resize(before + count);
    m_at_end = count == 0;
    return count > 0;
}

int RowReader::peek() {
    if (m_at == m_buffer.size() && !fill()) return k_end;
    return static_cast<unsigned char>(m_buffer[m_at]);
}

void RowReader::take() {
    if (m_buffer[m_at] == '\n') ++m_line;
    ++m_at;
}

// What has been read ahead, then the source.
ByteSource RowReader::rest() {
    return [this](char* buffer, std::size_t size) -> std::size_t {
        if (m_at == m_buffer.size()) return m_source(buffer, size);
        const std::size_t count = m_buffer.copy(buffer, size, m_at);
        m_at += count;
        return count;
    };
}

void RowReader::decide() {
    std::size_t first = 0;
    for (;;) {
        first = m_buffer.find_first_not_of(" \t\r\n", m_at);
        if (first != m_buffer.npos || !fill()) break;
    }
    if (first == m_buffer.npos) {
        m_layout = Layout::Lines;
        return;
    }
    if (m_buffer[first] == '[') {
        while (m_at < first)
            take();
        take();
        m_layout = Layout::Elements;
        return;
    }
    std::size_t end = m_buffer.find('\n', first);
    while (end == m_buffer.npos && m_buffer.size() < m_max && fill())
        end = m_buffer.find('\n', first);
    const std::string_view line = std::string_view(m_buffer).substr(first, end - first);
    m_layout = is_closed(line) ? Layout::Lines : Layout::Sequence;
}

bool RowReader::next(RowText& row) {
    if (m_layout == Layout::Unknown) decide();
    return m_layout == Layout::Lines ? next_line(row) : next_value(row);
}

bool RowReader::next_line(RowText& row) {
    if (!m_lines) m_lines = std::make_unique<LineReader>(rest(), m_max);
    Line line;
    while (m_lines->next(line)) {
        if (!line.too_long && trim(line.text).empty()) continue;
        row = {line.text, line.number, line.too_long, line.length};
        return true;
    }
    return false;
}

void RowReader::skip_separators() {
    for (int c = peek(); c != k_end; c = peek()) {
        if (m_layout == Layout::Elements && c == ']')
            m_layout = Layout::Sequence;  // what follows is too much
        else if (!is_space(c) && !(m_layout == Layout::Elements && c == ','))
            return;
        take();
    }
}

// Does the value end here? `keep` says whether this character is its last.
bool RowReader::ends_value(char c, bool& keep) {
    keep = true;
    if (!m_brackets.in_string() && m_brackets.depth() == 0) {
        // A closing bracket is not ours: it ends the array that this is an element of. Alone it is a broken
        // row.
        const bool ends = c == '}' || c == ']' || is_space(c) || c == ',';
        if (ends) keep = m_length == 0;
        if (ends) return true;
    }
    m_brackets.read(c);
    const bool closes = c == '"' || c == '}' || c == ']';
    return closes && !m_brackets.in_string() && m_brackets.depth() == 0;
}

bool RowReader::next_value(RowText& row) {
    skip_separators();
    if (peek() == k_end) return false;
    m_text.clear();
    m_length = 0;
    m_brackets = {};
    row = {{}, m_line, false, 0};
    for (int c = peek(); c != k_end; c = peek()) {
        bool keep = true;
        const bool last = ends_value(static_cast<char>(c), keep);
        if (!keep) break;
        if (++m_length <= m_max) m_text += static_cast<char>(c);
        take();
        if (last) break;
    }
    row.too_long = m_length > m_max;
    row.length = m_length;
    if (!row.too_long) row.text = m_text;
    return true;
}

}  // namespace opentraces::json
