#include "cli/review/plain.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "cli/error_text.hpp"
#include "cli/finding_fields.hpp"
#include "cli/trace_fields.hpp"
#include "cli/transcript.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/trace/title.hpp"

namespace opentraces::cli::review {
namespace {

constexpr std::size_t k_most_prompts = 20;

enum class Reply { Commit, Reject, Mark, Reset, Redact, Undo, Text, Findings, Page, Skip, Quit };
struct ReplyName {
    std::string_view word;
    char letter;
    Reply reply;
    std::string_view about;
};
constexpr std::array k_replies{
    ReplyName{"commit", 'c', Reply::Commit, "make it ready to push; behind it there may be a message"},
    ReplyName{"reject", 'r', Reply::Reject, "keep it out of every push"},
    ReplyName{"mark", 'm', Reply::Mark, "mark it as looked at"},
    ReplyName{"back", 'b', Reply::Reset, "bring it back to the inbox"},
    ReplyName{"redact", 'x', Reply::Redact, "take a text out of it, everywhere; alone, it asks for the text"},
    ReplyName{"undo", 'u', Reply::Undo, "take the last decision back"},
    ReplyName{"text", 't', Reply::Text, "show all of it"},
    ReplyName{"findings", 'f', Reply::Findings, "show what was redacted or flagged"},
    ReplyName{"html", 'h', Reply::Page, "write it as a page for a browser"},
    ReplyName{"skip", 's', Reply::Skip, "leave it as it is (also an empty line)"},
    ReplyName{"quit", 'q', Reply::Quit, "end the review"},
};

// A word, or its letter; what follows is the message of a commit, or the text that is redacted.
std::optional<Reply> reply_of(std::string_view line, std::string& rest) {
    const std::string_view trimmed = trim(line);
    if (trimmed.empty()) return Reply::Skip;
    const std::size_t end = std::min(trimmed.find(' '), trimmed.size());
    const std::string word = to_lower_ascii(trimmed.substr(0, end));
    rest = trim(trimmed.substr(end));
    for (const ReplyName& row : k_replies)
        if (row.word == word || std::string_view(&row.letter, 1) == word) return row.reply;
    return std::nullopt;
}

class PlainReview {
public:
    PlainReview(Actions& actions, SessionList& list) : m_actions(actions), m_list(list) {}

    void run() {
        bool goes_on = true;
        for (std::size_t at = 0; goes_on && at < m_list.size(); ++at) {
            m_list.go(at);
            const store::TraceRow* const row = m_list.current();
            if (row == nullptr) continue;
            goes_on = decide(*row, at);
        }
    }

private:
    Context& context() { return m_actions.context(); }

    // With --json standard output is the answer's.
    void say(std::string_view text) {
        context().json ? context().terminal.err(text) : context().terminal.out(text);
    }

    bool decide(const store::TraceRow& row, std::size_t at) {
        introduce(row, at);
        while (true) {
            const auto line = context().terminal.ask(
                fmt::format("{} of {}: commit, reject, mark, text, findings, skip, quit (? "
                            "for more) ",
                            at + 1, m_list.size()));
            if (!line) {
                context().terminal.err("\n");
                return false;
            }
            std::string message;
            const auto reply = reply_of(*line, message);
            if (!reply) {
                explain();
                continue;
            }
            if (*reply == Reply::Quit) return false;
            if (*reply == Reply::Skip) return true;
            try {
                if (act(*reply, row, message)) return true;
            } catch (const Error& error) {
                if (error.code() == ErrorCode::Interrupted) throw;
                context().terminal.err(error_text(error));
            }
        }
    }

    void explain() {
        std::string text;
        for (const ReplyName& row : k_replies)
            text += fmt::format("  {} {:<9} {}\n", row.letter, row.word, row.about);
        context().terminal.err(text + "The letter is enough.\n");
    }

    // True: the next session's turn.
    bool act(Reply reply, const store::TraceRow& row, const std::string& message) {
        switch (reply) {
            case Reply::Commit:
                return told(m_actions.commit({row.id}, message));
            case Reply::Reject:
                return told(m_actions.reject({row.id}));
            case Reply::Mark:
                return told(m_actions.mark_reviewed({row.id}));
            case Reply::Reset:
                return told(m_actions.reset({row.id}));
            case Reply::Redact:
                redact(row, message);
                return false;
            case Reply::Undo:
                told(m_actions.undo());
                return false;
            case Reply::Text:
                show_text(row);
                return false;
            case Reply::Findings:
                say(findings_text(context(), m_actions.store().findings_of(row.id)));
                return false;
            case Reply::Page:
                told(m_actions.open_as_html(row.id));
                return false;
            case Reply::Skip:
            case Reply::Quit:
                break;
        }
        return true;
    }

    bool told(const std::string& done) {
        say(done + "\n");
        return true;
    }

    // Typed unseen: it may be what nobody should see.
    void redact(const store::TraceRow& row, std::string text) {
        if (text.empty()) text = context().terminal.ask_hidden("Text to be redacted: ").value_or("");
        if (!text.empty()) told(m_actions.redact(row.id, text));
    }

    void introduce(const store::TraceRow& row, std::size_t at) {
        SessionBody body(m_actions.store(), row.id);
        std::string text = fmt::format("\n--- session {} of {} ---\n", at + 1, m_list.size());
        for (const auto& [name, value] : header_lines(context(), row, body.head(), row.cache))
            text += fmt::format("{:<9} {}\n", name, printable_line(value));
        std::size_t prompts = 0;
        for (std::size_t number = 0; number < body.steps(); ++number) {
            if (body.index().steps[number].role != trace::Role::User || ++prompts > k_most_prompts) continue;
            const trace::Step step = body.step(number);
            text += fmt::format("{:>9} {}\n", "step " + step.step_index.text(),
                                trace::title_of(step.content.value_or("")));
        }
        if (prompts > k_most_prompts)
            text += fmt::format("{:>9} and {} more prompts\n", "", prompts - k_most_prompts);
        say(text);
    }

    void show_text(const store::TraceRow& row) {
        SessionBody body(m_actions.store(), row.id);
        for (std::size_t number = 0; number < body.steps(); ++number)
            say(step_text(context(), body.step(number), true));
    }

    Actions& m_actions;
    SessionList& m_list;
};

}  // namespace

void run_plain(Actions& actions, SessionList& list) {
    PlainReview(actions, list).run();
}

}  // namespace opentraces::cli::review
