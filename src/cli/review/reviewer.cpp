#include "cli/review/reviewer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/review/views.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli::review {

Reviewer::Reviewer(Actions& actions, SessionList& list, Size size)
    : m_actions(actions), m_list(list), m_size(size) {}

void Reviewer::resize(Size size) {
    m_size = size;
    if (m_session) m_session->resize(session_rows(size), size.columns);
}

Grid Reviewer::paint() {
    constexpr std::size_t k_least_columns = 20;
    constexpr std::size_t k_least_rows = 6;
    Grid grid(m_size);
    if (m_size.columns < k_least_columns || m_size.rows < k_least_rows) {
        grid.put(0, 0, "Too small", k_usual);
        return grid;
    }
    const store::TraceRow* const row = m_session ? m_list.current() : nullptr;
    std::string_view keys = k_list_keys;
    switch (m_view) {
        case View::List:
            paint_list(grid, m_actions.context(), m_list, m_actions.store(), fs::file_name(m_actions.root()));
            break;
        case View::Session:
            keys = k_session_keys;
            if (row != nullptr) paint_session(grid, *m_session, *row, m_list.cursor(), m_list.size());
            break;
        case View::Outline:
            keys = "Enter go there  o or q back";
            paint_outline(grid, *m_session, m_prompts, m_prompt_cursor);
            break;
        case View::Help:
            keys = "any other key goes back";
            m_help_top = std::min(m_help_top, paint_help(grid, m_help_top));
            break;
    }
    if (m_editor) {
        m_editor->paint(grid, m_size.rows - 1);
    } else if (!m_question.empty()) {
        paint_last(grid, m_question + " [y/N]", {});
    } else {
        paint_last(grid, m_said, keys);
    }
    return grid;
}

void Reviewer::take(const Event& event) {
    if (event.kind == Event::Kind::Resize) return;
    ++m_events;
    m_said.clear();
    guarded([&] {
        if (m_editor) return take_prompt(event);
        if (!m_question.empty()) return take_question(event);
        if (event.kind == Event::Kind::Pointer) return take_pointer(event);
        if (event.kind == Event::Kind::Paste) return;  // text is no key
        switch (m_view) {
            case View::List:
                return take_list(event);
            case View::Session:
                return take_session(event);
            case View::Outline:
                return take_outline(event);
            case View::Help:
                return take_help(event);
        }
    });
}

void Reviewer::guarded(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Interrupted) throw;
        say(error.hint().empty() ? error.message() : error.message() + ". " + error.hint());
        m_list.forget_rows();
    }
}

void Reviewer::say(std::string text) {
    m_said = std::move(text);
}

void Reviewer::prompt(std::string question, std::string text, std::function<void(const std::string&)> then) {
    m_editor.emplace(std::move(question), std::move(text));
    m_then = std::move(then);
}

void Reviewer::ask(std::string question, std::function<void()> then) {
    m_question = std::move(question);
    m_yes = std::move(then);
}

void Reviewer::take_prompt(const Event& event) {
    const LineEditor::State state = m_editor->take(event);
    if (state == LineEditor::State::Open) return;
    const std::string text = m_editor->text();
    const auto then = std::move(m_then);
    m_editor.reset();
    if (state == LineEditor::State::Kept) then(text);
}

void Reviewer::take_question(const Event& event) {
    if (event.kind == Event::Kind::Pointer) return;
    m_question.clear();
    const auto yes = std::move(m_yes);
    if (event.is(U'y') || event.is(U'Y')) {
        yes();
    } else {
        say("Nothing was changed.");
    }
}

void Reviewer::take_help(const Event& event) {
    if (event.is(Key::Down) || event.is(U'j')) {
        ++m_help_top;
    } else if (event.is(Key::Up) || event.is(U'k')) {
        m_help_top -= m_help_top > 0 ? 1 : 0;
    } else if (event.is(Key::PageDown) || event.is(U' ')) {
        m_help_top += session_rows(m_size);
    } else {
        m_view = m_before_help;
        m_help_top = 0;
    }
}

// The session that is open, or those that are ticked, or the one at the cursor.
std::vector<TraceId> Reviewer::subject() const {
    if (m_view == View::Session) return {m_session_id};
    return m_list.chosen();
}

void Reviewer::open_current() {
    const store::TraceRow* const row = m_list.current();
    if (row == nullptr) return;
    m_session = m_actions.open(*row);
    m_session->resize(session_rows(m_size), m_size.columns);
    m_session_id = row->id;
    m_view = View::Session;
}

void Reviewer::open_neighbour(std::ptrdiff_t rows) {
    const std::size_t before = m_list.cursor();
    m_list.move(rows);
    if (m_list.cursor() == before)
        return say(rows > 0 ? "This is the last session." : "This is the first session.");
    open_current();
}

// On to the next one that waits, as somebody does who reviews one after the other.
void Reviewer::after_decision(std::string said) {
    m_list.forget_rows();
    m_list.clear_ticks();
    if (m_list.go_to_next_open()) {
        if (m_view == View::Session) open_current();
    } else {
        said += ". Nothing else waits here.";
        if (m_view == View::Session) m_view = View::List;
    }
    say(std::move(said));
}

void Reviewer::commit_chosen(const std::vector<TraceId>& ids, const std::string& message) {
    after_decision(m_actions.commit(ids, message));
}

// What somebody has open they look at; what they have not looked at they are asked about, as `commit` does.
void Reviewer::commit(bool with_message) {
    const std::vector<TraceId> ids = subject();
    if (ids.empty()) return;
    if (with_message)
        return prompt("Message: ", "",
                      [this, ids](const std::string& message) { commit_chosen(ids, message); });
    std::int64_t unseen = 0;
    if (m_view == View::List)
        for (const TraceId& id : ids)
            unseen += m_actions.store().find(id.str()).needs_review ? 1 : 0;
    if (unseen == 0) return commit_chosen(ids, "");
    ask(fmt::format("{} {} review. Commit all the same?", counted(unseen, "trace"),
                    unseen == 1 ? "needs" : "need"),
        [this, ids] { commit_chosen(ids, ""); });
}

void Reviewer::reject() {
    const std::vector<TraceId> ids = subject();
    if (!ids.empty()) after_decision(m_actions.reject(ids));
}

void Reviewer::put_back() {
    const std::vector<TraceId> ids = subject();
    if (ids.empty()) return;
    say(m_actions.reset(ids));
    m_list.forget_rows();
}

void Reviewer::mark() {
    const std::vector<TraceId> ids = subject();
    if (!ids.empty()) after_decision(m_actions.mark_reviewed(ids));
}

// The text may have changed; the place in it stays.
void Reviewer::reopen() {
    m_list.forget_rows();
    if (m_view != View::Session || m_list.current() == nullptr) return;
    const Position at = m_session->cursor();
    open_current();
    if (at.item < m_session->items()) m_session->go({at.item, 0, 0});
}

void Reviewer::undo() {
    std::string said = m_actions.undo();
    reopen();
    say(std::move(said));
}

// What is selected, or what is typed: the word at the cursor is offered.
void Reviewer::redact() {
    const TraceId id = m_session_id;
    const auto take_out = [this, id](const std::string& text) {
        if (text.empty()) return say("Nothing was changed.");
        std::string said = m_actions.redact(id, text);
        reopen();
        say(std::move(said));
    };
    const std::string selected = m_session->selected_text();
    if (selected.empty())
        return prompt("Redact everywhere in this session: ", m_session->word_at_cursor(), take_out);
    m_session->end_selection();
    ask(fmt::format("Redact the {} everywhere in this session?",
                    counted(static_cast<std::int64_t>(code_points(selected)), "selected letter")),
        [take_out, selected] { take_out(selected); });
}

void Reviewer::push() {
    const std::int64_t committed = m_actions.store().counts()[store::Stage::Committed];
    if (committed == 0) return say("Nothing is committed: there is nothing to push.");
    ask(fmt::format("Leave the review and push {}?", counted(committed, "committed trace")), [this] {
        m_wants_push = true;
        m_ended = true;
    });
}

void Reviewer::next_filter() {
    constexpr int k_shows = static_cast<int>(Show::All) + 1;
    m_list.set_show(static_cast<Show>((static_cast<int>(m_list.show()) + 1) % k_shows));
}

void Reviewer::search_in_list() {
    prompt("Search: ", m_list.words(), [this](const std::string& words) { m_list.set_words(words); });
}

void Reviewer::search_in_session(bool backwards) {
    prompt("Search: ", "", [this, backwards](const std::string& text) {
        m_sought = text;
        if (!m_session->search(text, backwards)) say("Not in this session: " + text);
    });
}

void Reviewer::next_mark(bool backwards) {
    if (m_session->next_mark(backwards)) return;
    say(m_session->findings() ? "Nothing was redacted or flagged in this session."
                              : "No marker is in this session; what else was found is not known.");
}

void Reviewer::open_outline() {
    m_prompts = m_session->prompts();
    const std::size_t item = m_session->cursor().item;
    const auto after = std::upper_bound(m_prompts.begin(), m_prompts.end(), item);
    m_prompt_cursor =
        after == m_prompts.begin() ? 0 : static_cast<std::size_t>(after - m_prompts.begin()) - 1;
    m_view = View::Outline;
}

}  // namespace opentraces::cli::review
