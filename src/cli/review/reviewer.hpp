// The review as a whole: which view is open, and what each key does there. Knows no terminal: events in, a
// screen out.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cli/review/actions.hpp"
#include "cli/review/grid.hpp"
#include "cli/review/keys.hpp"
#include "cli/review/line_editor.hpp"
#include "cli/review/session_list.hpp"
#include "cli/review/session_view.hpp"

namespace opentraces::cli::review {

class Reviewer {
public:
    Reviewer(Actions& actions, SessionList& list, Size size);

    void take(const Event& event);
    Grid paint();
    void resize(Size size);

    bool ended() const { return m_ended; }
    // The user wants to publish what is committed, once the screen is theirs again.
    bool wants_push() const { return m_wants_push; }
    // Of keys, and of pointers and pastes, that were taken.
    std::uint64_t events() const { return m_events; }

private:
    enum class View { List, Session, Outline, Help };

    void take_prompt(const Event& event);
    void take_question(const Event& event);
    void take_list(const Event& event);
    void take_session(const Event& event);
    bool take_move(const Event& event);
    bool take_search(const Event& event);
    bool take_decision(const Event& event);
    void take_outline(const Event& event);
    void take_pointer(const Event& event);
    void take_help(const Event& event);

    // What fails is told on the last row; the review goes on.
    void guarded(const std::function<void()>& action);
    void say(std::string text);
    void prompt(std::string question, std::string text, std::function<void(const std::string&)> then);
    void ask(std::string question, std::function<void()> then);

    void open_current();
    void open_neighbour(std::ptrdiff_t rows);
    void after_decision(std::string said);
    void commit(bool with_message);
    void commit_chosen(const std::vector<TraceId>& ids, const std::string& message);
    void reject();
    void put_back();
    void mark();
    void undo();
    void redact();
    void reopen();
    void push();
    void next_filter();
    void search_in_list();
    void search_in_session(bool backwards);
    void next_mark(bool backwards);
    void open_outline();

    std::vector<TraceId> subject() const;

    Actions& m_actions;
    SessionList& m_list;
    Size m_size;
    View m_view = View::List;
    View m_before_help = View::List;
    std::unique_ptr<SessionView> m_session;
    TraceId m_session_id;
    std::vector<std::size_t> m_prompts;
    std::size_t m_prompt_cursor = 0;
    std::optional<LineEditor> m_editor;
    std::function<void(const std::string&)> m_then;
    std::string m_question;
    std::function<void()> m_yes;
    std::string m_said;
    std::string m_sought;
    std::size_t m_help_top = 0;
    std::uint64_t m_events = 0;
    bool m_ended = false;
    bool m_wants_push = false;
};

}  // namespace opentraces::cli::review
