// What the keys of each view do; help_page.cpp tells people.
#include <algorithm>

#include "cli/review/reviewer.hpp"
#include "cli/review/views.hpp"

namespace opentraces::cli::review {
namespace {

constexpr std::ptrdiff_t k_wheel_rows = 3;

bool is_back(const Event& event) {
    return event.is(U'q') || event.is(Key::Escape) || event.is(Key::Backspace);
}

// How far a key moves in a list with so many rows; none: it is no such key. Far is to the end.
std::optional<std::ptrdiff_t> movement(const Event& event, std::size_t rows) {
    constexpr std::ptrdiff_t k_far = 1'000'000'000;
    const auto page = static_cast<std::ptrdiff_t>(rows > 1 ? rows - 1 : 1);
    if (event.is(Key::Down) || event.is(U'j')) return 1;
    if (event.is(Key::Up) || event.is(U'k')) return -1;
    if (event.is(Key::PageDown) || (event.is(Key::Control) && event.letter == 'f')) return page;
    if (event.is(Key::PageUp) || (event.is(Key::Control) && event.letter == 'b')) return -page;
    if (event.is(Key::Home) || event.is(U'g')) return -k_far;
    if (event.is(Key::End) || event.is(U'G')) return k_far;
    return std::nullopt;
}

}  // namespace

// The same in the list and in a session. False: no such key.
bool Reviewer::take_decision(const Event& event) {
    if (event.is(U'c')) {
        commit(false);
    } else if (event.is(U'C')) {
        commit(true);
    } else if (event.is(U'r')) {
        reject();
    } else if (event.is(U'm')) {
        mark();
    } else if (event.is(U'u')) {
        undo();
    } else if (event.is(U'b')) {
        put_back();
    } else if (event.is(U'H')) {
        const std::vector<TraceId> ids = subject();
        if (!ids.empty()) say(m_actions.open_as_html(ids.front()));
    } else if (event.is(U'P')) {
        push();
    } else if (event.is(U'?') || event.is(Key::Help)) {
        m_before_help = m_view;
        m_view = View::Help;
    } else {
        return false;
    }
    return true;
}

void Reviewer::take_list(const Event& event) {
    if (const auto rows = movement(event, list_rows(m_size))) return m_list.move(*rows);
    if (take_decision(event)) return;
    if (event.is(Key::Enter) || event.is(Key::Right)) return open_current();
    if (event.is(U' ')) {
        m_list.toggle_tick();
        m_list.move(1);
    } else if (event.is(U'a')) {
        m_list.toggle_all();
    } else if (event.is(U'f')) {
        next_filter();
    } else if (event.is(U'/')) {
        search_in_list();
    } else if (event.is(U'R') || (event.is(Key::Control) && event.letter == 'l')) {
        m_list.refresh();
    } else if (event.is(Key::Escape) && !m_list.words().empty()) {
        m_list.set_words({});
    } else if (event.is(U'q')) {
        m_ended = true;
    }
}

bool Reviewer::take_move(const Event& event) {
    SessionView& session = *m_session;
    if (event.is(Key::Home) || event.is(U'g')) {
        session.go_to_start();
    } else if (event.is(Key::End) || event.is(U'G')) {
        session.go_to_end();
    } else if (const auto rows = movement(event, session.rows())) {
        session.move_rows(*rows);
    } else if (event.is(U' ')) {
        session.move_rows(static_cast<std::ptrdiff_t>(session.rows()) - 1);
    } else if (event.is(U'J') || event.is(U'}') || event.is(Key::Tab)) {
        session.move_items(1);
    } else if (event.is(U'K') || event.is(U'{') || event.is(Key::BackTab)) {
        session.move_items(-1);
    } else if (event.is(Key::Right) || event.is(U'l')) {
        session.move_letters(1);
    } else if (event.is(Key::Left) || event.is(U'h')) {
        session.move_letters(-1);
    } else {
        return false;
    }
    return true;
}

bool Reviewer::take_search(const Event& event) {
    if (event.is(U'n') || event.is(U'N')) {
        next_mark(event.is(U'N'));
    } else if (event.is(U'/')) {
        search_in_session(false);
    } else if (event.is(U'.') || event.is(U',')) {
        if (m_sought.empty() || !m_session->search(m_sought, event.is(U','))) say("Nothing is searched for.");
    } else {
        return false;
    }
    return true;
}

void Reviewer::take_session(const Event& event) {
    if (take_move(event) || take_decision(event) || take_search(event)) return;
    SessionView& session = *m_session;
    if (session.selects() && event.is(Key::Escape)) return session.end_selection();
    if (is_back(event)) {
        m_view = View::List;
        m_session.reset();
    } else if (event.is(Key::Enter) || event.is(U'z')) {
        session.toggle_fold();
    } else if (event.is(U'+') || event.is(U'-')) {
        session.fold_all(event.is(U'-'));
    } else if (event.is(U'v')) {
        session.selects() ? session.end_selection() : session.begin_selection();
    } else if (event.is(U'x')) {
        redact();
    } else if (event.is(U'o')) {
        open_outline();
    } else if (event.is(U']')) {
        open_neighbour(1);
    } else if (event.is(U'[')) {
        open_neighbour(-1);
    }
}

void Reviewer::take_outline(const Event& event) {
    if (const auto rows = movement(event, session_rows(m_size))) {
        const auto last = static_cast<std::ptrdiff_t>(m_prompts.empty() ? 0 : m_prompts.size() - 1);
        const auto to =
            std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(m_prompt_cursor) + *rows, 0, last);
        m_prompt_cursor = static_cast<std::size_t>(to);
    } else if (event.is(Key::Enter) && !m_prompts.empty()) {
        m_session->go({m_prompts[m_prompt_cursor], 0, 0});
        m_view = View::Session;
    } else if (is_back(event) || event.is(U'o')) {
        m_view = View::Session;
    }
}

void Reviewer::take_pointer(const Event& event) {
    const bool wheel = event.pointer == Pointer::WheelUp || event.pointer == Pointer::WheelDown;
    if (wheel) {
        const std::ptrdiff_t rows = event.pointer == Pointer::WheelUp ? -k_wheel_rows : k_wheel_rows;
        if (m_view == View::List) m_list.move(rows);
        if (m_view == View::Session) m_session->move_rows(rows);
        return;
    }
    if (m_view == View::List && event.pointer == Pointer::Press && event.row >= k_first_list_row) {
        const std::size_t rows = list_rows(m_size);
        const std::size_t at = m_list.top(rows) + event.row - k_first_list_row;
        if (event.row - k_first_list_row >= rows || at >= m_list.size()) return;
        const bool again = at == m_list.cursor();
        m_list.go(at);
        if (again) open_current();
        return;
    }
    if (m_view != View::Session || event.row < k_first_session_row) return;
    const auto position = m_session->position_at(event.row - k_first_session_row, event.column);
    if (!position) return;
    if (event.pointer == Pointer::Press) {
        const bool again = *position == m_session->cursor() && !m_session->selects();
        m_session->end_selection();
        m_session->go(*position);
        if (again) m_session->toggle_fold();
    } else if (event.pointer == Pointer::Drag) {
        if (!m_session->selects()) m_session->begin_selection();
        m_session->go(*position);
    }
}

}  // namespace opentraces::cli::review
