// Steps from the messages of a conversation: calls with their answers, prompts with the steps they governed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/imports/row.hpp"
#include "opentraces/trace/step_builder.hpp"

namespace opentraces::formats {

// A call as a message has it. Without an id it gets one, and answers find it by position.
struct SaidCall {
    trace::OptText id;
    std::string name;
    json::Object input;
};
// {"name", "arguments"}, also inside "function"; anything else is kept as a call of "unknown".
SaidCall said_call(json::Value value, Remarks& remarks);

struct Said {
    trace::OptText content;
    trace::OptText reasoning;
    std::vector<SaidCall> calls;
};

class MessageSteps {
public:
    MessageSteps(trace::TraceRecord& record, Remarks& remarks, std::int64_t first_index)
        : m_record(record), m_remarks(remarks), m_steps(record, first_index) {}

    // No step: the prompt of the agent's steps from here on.
    void prompt(const std::string& text);
    trace::Step& user(std::string text);
    trace::Step& system(std::string text);
    trace::Step& agent(Said said);
    // An answer to a call of the last agent step that has calls: the one with this id, or without an id the
    // first that has no answer yet. One that fits nowhere stays on that step as an orphan.
    void answer(const trace::OptText& id, trace::Observation observation);
    // Calls of the last agent step without an answer; several texts are told apart by it.
    std::size_t open_calls() const;
    // Marks what was never answered.
    void finish();
    std::int64_t unlinked() const { return m_unlinked; }

private:
    struct Open {
        bool named = false;  // the message gave the call an id
        bool answered = false;
    };

    void close();
    bool link(const trace::OptText& id, trace::Observation& observation);

    trace::TraceRecord& m_record;
    Remarks& m_remarks;
    trace::StepBuilder m_steps;
    trace::OptText m_prompt;
    std::optional<std::size_t> m_calling;  // step with the calls that answers belong to
    std::vector<Open> m_open;              // one for each of its calls
    std::int64_t m_unlinked = 0;
};

}  // namespace opentraces::formats
