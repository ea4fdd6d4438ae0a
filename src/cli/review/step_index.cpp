#include "cli/review/step_index.hpp"

#include <algorithm>

namespace opentraces::cli::review {
namespace {

constexpr std::size_t k_piece = std::size_t{1} << 18;
// What is looked at ahead: a marker, and the beginning of a step with its role.
constexpr std::size_t k_ahead = 128;
constexpr std::size_t k_longest_key = 32;
constexpr std::string_view k_marker = "[REDACTED";
constexpr std::string_view k_role = "\"role\":\"";
constexpr int k_in_record = 1;
constexpr int k_in_list = 2;

trace::Role role_of(std::string_view beginning) {
    const std::size_t at = beginning.find(k_role);
    const char first = at == std::string_view::npos || at + k_role.size() >= beginning.size()
                           ? 'a'
                           : beginning[at + k_role.size()];
    return first == 'u' ? trace::Role::User : first == 's' ? trace::Role::System : trace::Role::Agent;
}

}  // namespace

StepIndex index_steps(fs::ReadFile& line) {
    StepScanner scanner;
    std::string piece(k_piece, '\0');
    while (const std::size_t got = line.read(piece.data(), piece.size()))
        scanner.feed(std::string_view(piece).substr(0, got));
    return scanner.finish();
}

void StepScanner::feed(std::string_view bytes) {
    m_window += bytes;
    scan(false);
    // Of the head, what has gone by.
    if (!m_in_steps) {
        m_index.head.append(m_window, m_copied - m_base, m_base + m_at - m_copied);
        m_copied = offset();
    }
    m_window.erase(0, m_at);
    m_base += m_at;
    m_copied = std::max(m_copied, m_base);
    m_at = 0;
}

StepIndex StepScanner::finish() {
    scan(true);
    if (!m_in_steps) m_index.head.append(m_window, m_copied - m_base);
    while (m_index.head.ends_with('\n'))
        m_index.head.pop_back();
    return std::move(m_index);
}

void StepScanner::scan(bool to_the_end) {
    const std::size_t end =
        to_the_end ? m_window.size() : m_window.size() - std::min(m_window.size(), k_ahead);
    for (; m_at < end; ++m_at) {
        const char c = m_window[m_at];
        if (m_in_string) {
            string_byte(c);
        } else {
            structure_byte(c);
        }
    }
}

void StepScanner::string_byte(char c) {
    if (m_escaped) {
        m_escaped = false;
    } else if (c == '"') {
        m_in_string = false;
        return;
    } else if (c == '\\') {
        m_escaped = true;
    } else if (c == '[' && m_window.compare(m_at, k_marker.size(), k_marker) == 0) {
        ++(m_in_step ? m_step.markers : m_index.head_markers);
    }
    if (m_collects && m_key.size() < k_longest_key) m_key += c;
}

void StepScanner::structure_byte(char c) {
    switch (c) {
        case '"':
            m_in_string = true;
            m_collects = m_depth == k_in_record;
            if (m_collects) m_key.clear();
            break;
        case '{':
            if (m_in_steps && m_depth == k_in_list) begin_step();
            ++m_depth;
            break;
        case '[':
            if (m_depth == k_in_record && m_key == "steps") {
                m_in_steps = true;
                m_index.head.append(m_window, m_copied - m_base, offset() + 1 - m_copied);
            }
            ++m_depth;
            break;
        case '}':
        case ']':
            close(c);
            break;
        default:
            break;
    }
}

void StepScanner::close(char c) {
    --m_depth;
    if (!m_in_steps) return;
    if (c == '}' && m_depth == k_in_list) end_step();
    if (c == ']' && m_depth == k_in_record) {
        m_in_steps = false;
        m_key.clear();
        m_copied = offset();
    }
}

void StepScanner::begin_step() {
    m_in_step = true;
    m_step = {.begin = offset(), .role = role_of(std::string_view(m_window).substr(m_at, k_ahead))};
}

void StepScanner::end_step() {
    m_in_step = false;
    m_step.length = offset() + 1 - m_step.begin;
    m_index.steps.push_back(m_step);
}

}  // namespace opentraces::cli::review
