#include "dialogue.hpp"

#include <algorithm>
#include <utility>

namespace opentraces::formats {
namespace {

using trace::Role;
using trace::Step;

constexpr std::string_view k_hidden = "[redacted:";

bool has_text(const trace::OptText& text) {
    return text && !text->empty();
}

bool says_something(const Step& step) {
    if (has_text(step.content)) return true;
    return step.role == Role::Agent && (!step.tool_calls.empty() || !readable_reasoning(step).empty());
}

Turn::Kind kind_of(const Step& step) {
    switch (step.role) {
        case Role::User:
            return Turn::Kind::User;
        case Role::System:
            return is_compaction_summary(step) ? Turn::Kind::User : Turn::Kind::System;
        case Role::Agent:
            break;
    }
    return Turn::Kind::Assistant;
}

class Builder {
public:
    Builder(const trace::TraceRecord& record, Remarks& remarks) : m_record(record), m_remarks(remarks) {}

    void add(const PreparedStep& prepared) {
        const Step& step = *prepared.step;
        if (prepared.is_warmup()) {
            m_remarks.add("steps", "warm-up step: left out");
        } else if (!says_something(step)) {
            m_remarks.add("steps", "step without text or calls: left out");
        } else {
            if (is_compaction_summary(step)) finish();
            place(prepared);
        }
    }

    void finish() {
        while (!m_current.turns.empty() && m_current.turns.back().kind != Turn::Kind::Assistant) {
            m_remarks.add("steps", "after the last answer of the assistant: left out",
                          m_current.turns.back().steps.size());
            m_current.turns.pop_back();
        }
        if (!m_current.turns.empty()) m_done.push_back(std::move(m_current));
        m_current = {};
    }

    std::vector<Dialogue> take() {
        finish();
        return std::move(m_done);
    }

private:
    void place(const PreparedStep& prepared) {
        const Step& step = *prepared.step;
        const Turn::Kind kind = kind_of(step);
        if (kind == Turn::Kind::Assistant && m_current.system.empty() && !has_answer())
            m_current.system = system_prompt(m_record, step.system_prompt_hash);
        if (kind == Turn::Kind::System && m_current.turns.empty() && m_current.system.empty()) {
            m_current.system = *step.content;
            return;
        }
        const bool goes_on =
            !m_current.turns.empty() && kind != Turn::Kind::Assistant && m_current.turns.back().kind == kind;
        if (!goes_on) m_current.turns.push_back({kind, {}});
        m_current.turns.back().steps.push_back(&prepared);
    }

    bool has_answer() const {
        return std::any_of(m_current.turns.begin(), m_current.turns.end(),
                           [](const Turn& turn) { return turn.kind == Turn::Kind::Assistant; });
    }

    const trace::TraceRecord& m_record;
    Remarks& m_remarks;
    Dialogue m_current;
    std::vector<Dialogue> m_done;
};

}  // namespace

std::vector<Dialogue> dialogues(const trace::TraceRecord& record, const Run& run, Remarks& remarks) {
    Builder builder(record, remarks);
    for (const PreparedStep& step : run.steps)
        builder.add(step);
    return builder.take();
}

bool has_hidden_reasoning(const Step& step) {
    return step.reasoning_content && step.reasoning_content->starts_with(k_hidden);
}

std::string_view readable_reasoning(const Step& step) {
    return has_text(step.reasoning_content) && !has_hidden_reasoning(step)
               ? std::string_view(*step.reasoning_content)
               : std::string_view();
}

void remark_left_observations(const Dialogue& dialogue, Remarks& remarks) {
    for (const Turn& turn : dialogue.turns) {
        for (const PreparedStep* step : turn.steps) {
            for (const Result& result : step->results) {
                if (result.call == k_none || !step->is_agent())
                    remarks.add("observations", "observation of no call of its step: left out");
                else if (!result.answer)
                    remarks.add("observations", "further observation of an answered call: left out");
            }
        }
    }
}

}  // namespace opentraces::formats
