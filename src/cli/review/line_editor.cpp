#include "cli/review/line_editor.hpp"

#include <algorithm>

#include "cli/review/wrap.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli::review {

void LineEditor::insert(const std::string& text) {
    m_text.insert(m_at, text);
    m_at += text.size();
}

LineEditor::State LineEditor::take(const Event& event) {
    if (event.kind == Event::Kind::Paste) {
        std::string text = event.text;
        std::replace(text.begin(), text.end(), '\r', '\n');
        insert(text);
        return State::Open;
    }
    if (event.kind != Event::Kind::Key) return State::Open;
    switch (event.key) {
        case Key::Enter:
            return State::Kept;
        case Key::Escape:
            return State::Dropped;
        case Key::Letter: {
            std::string letter;
            append_utf8(letter, event.letter);
            insert(letter);
            break;
        }
        case Key::Backspace:
            if (m_at > 0) {
                const std::size_t before = letter_before(m_text, m_at);
                m_text.erase(before, m_at - before);
                m_at = before;
            }
            break;
        case Key::Delete:
            m_text.erase(m_at, letter_after(m_text, m_at) - m_at);
            break;
        case Key::Left:
            m_at = letter_before(m_text, m_at);
            break;
        case Key::Right:
            m_at = letter_after(m_text, m_at);
            break;
        case Key::Home:
            m_at = 0;
            break;
        case Key::End:
            m_at = m_text.size();
            break;
        case Key::Control:
            if (event.letter == 'u') {
                m_text.erase(0, m_at);
                m_at = 0;
            }
            break;
        default:
            break;
    }
    return State::Open;
}

// What is left of the cursor is seen, as much as there is room for.
void LineEditor::paint(Grid& grid, std::size_t row) const {
    grid.fill(row, 0, grid.size().columns, k_usual);
    const std::size_t begin = grid.put(row, 0, m_question, k_strong);
    const std::size_t room = grid.size().columns > begin + 1 ? grid.size().columns - begin - 1 : 0;
    std::size_t from = 0;
    while (from < m_at && columns_of(std::string_view(m_text).substr(from, m_at - from)) > room)
        from = letter_after(m_text, from);
    grid.put(row, begin, std::string_view(m_text).substr(from), k_usual);
    const std::size_t column = begin + columns_of(std::string_view(m_text).substr(from, m_at - from));
    grid.cursor = Place{row, std::min(column, grid.size().columns - 1)};
}

}  // namespace opentraces::cli::review
