// A session in Aider's chat history, as steps. Lines that begin with "#### " are what the person typed, those
// that begin with "> " are Aider's own words, everything else is the model's reply (aider/io.py). Aider ends
// its lines with two blanks, by which they are told from the same marks in a reply; where an editor has
// taken those away, a prompt follows Aider's words, and nothing in a fenced block is one of the two.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "capture/session_builder.hpp"

namespace opentraces::capture::aider {

class Session {
public:
    explicit Session(ParsedSession& parsed) : m_parsed(parsed), m_session(parsed) {}
    SessionFacts& about() { return m_session.about; }
    void tell(const std::vector<std::string>& lines, std::string_view reader_version);

private:
    // A call that an edit in the last reply is, until Aider says what became of it.
    struct Pending {
        std::string id;
        std::string path;  // empty: the call is about several files
        bool answered = false;
    };

    bool is_prompt(std::string_view line) const;
    bool is_output(std::string_view line) const;
    void take(std::string_view line);
    void take_output(std::string_view words);
    void flush();
    void flush_prompt();
    void flush_output();
    void flush_reply();

    void call_edits(std::size_t place, const std::string& reply);
    bool take_fact(std::string_view words);
    bool take_verdict(std::string_view words);
    void applied(const std::string& path);
    void call_unseen(const std::string& path);
    void answer(Pending& pending, std::string words, const std::string& error);
    void answer_all(const std::string& words, const std::string& error);
    void count_tokens(std::string_view words);
    void take_cost(std::string_view words);

    ParsedSession& m_parsed;
    SessionBuilder m_session;
    bool m_has_ends = false;  // of two blanks
    bool m_in_fence = false;
    bool m_may_prompt = true;     // no reply has begun since Aider spoke
    bool m_after_output = false;  // the line before was Aider's
    bool m_output_goes_on = false;
    std::string m_prompt;
    std::string m_output;
    std::string m_reply;       // that is being read
    std::string m_last_reply;  // whose edits are applied
    std::string m_model;
    std::vector<Pending> m_pending;
};

}  // namespace opentraces::capture::aider
