// A line that the user types at the bottom of the screen.
#pragma once

#include <string>

#include "cli/review/grid.hpp"
#include "cli/review/keys.hpp"

namespace opentraces::cli::review {

class LineEditor {
public:
    LineEditor(std::string question, std::string text)
        : m_question(std::move(question)), m_text(std::move(text)) {
        m_at = m_text.size();
    }
    // Whether the line is done: kept (Enter) or dropped (Escape).
    enum class State { Open, Kept, Dropped };
    State take(const Event& event);
    const std::string& text() const { return m_text; }
    void paint(Grid& grid, std::size_t row) const;

private:
    void insert(const std::string& text);

    std::string m_question;
    std::string m_text;
    std::size_t m_at = 0;  // byte
};

}  // namespace opentraces::cli::review
