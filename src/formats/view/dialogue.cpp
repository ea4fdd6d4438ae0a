#include "formats/view/dialogue.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/trace/compaction.hpp"

namespace opentraces::formats {
namespace {

using trace::is_compaction_summary;
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

class Builder {
public:
    Builder(const trace::TraceRecord& record, Remarks& remarks) : m_record(record), m_remarks(remarks) {}

    void add(const PreparedStep& prepared) {
        const Step& step = *prepared.step;
        if (prepared.is_warmup()) {
            m_remarks.add("steps", "warm-up step: left out");
        } else if (trace::is_command_echo(step)) {
            m_remarks.add("steps", "command of the agent program: left out");
        } else if (!says_something(step)) {
            m_remarks.add("steps", "step without text or calls: left out");
        } else {
            if (is_compaction_summary(step)) finish();
            place(prepared);
        }
    }

    void finish() {
        while (!m_current.turns.empty() && !m_current.turns.back().assistant) {
            m_remarks.add("steps", "after the last answer of the assistant: left out",
                          m_current.turns.back().steps.size());
            m_current.turns.pop_back();
        }
        if (!m_current.turns.empty()) m_done.push_back(std::move(m_current));
        m_current = {};
        m_leading_note = nullptr;
    }

    std::vector<Dialogue> take() {
        finish();
        return std::move(m_done);
    }

private:
    void place(const PreparedStep& prepared) {
        const Step& step = *prepared.step;
        const bool assistant = prepared.is_agent();
        if (assistant && !has_answer()) take_prompt(system_prompt(m_record, step.system_prompt_hash));
        if (is_system_note(step) && m_current.turns.empty() && m_current.system.empty()) {
            m_current.system = *step.content;
            m_leading_note = &prepared;
            return;
        }
        const bool goes_on = !m_current.turns.empty() && !assistant && !m_current.turns.back().assistant;
        if (!goes_on) m_current.turns.push_back({assistant, {}});
        m_current.turns.back().steps.push_back(&prepared);
    }

    // The prompt that the model really got wins over a system step that stands in its place.
    void take_prompt(std::string_view prompt) {
        if (prompt.empty()) return;
        if (m_leading_note != nullptr && *m_leading_note->step->content != prompt) {
            auto& turns = m_current.turns;
            if (turns.empty()) turns.push_back({false, {}});
            turns.front().steps.insert(turns.front().steps.begin(), m_leading_note);
        }
        m_current.system = prompt;
    }

    bool has_answer() const {
        return std::any_of(m_current.turns.begin(), m_current.turns.end(),
                           [](const Turn& turn) { return turn.assistant; });
    }

    const trace::TraceRecord& m_record;
    Remarks& m_remarks;
    Dialogue m_current;
    const PreparedStep* m_leading_note = nullptr;  // shown as the system prompt
    std::vector<Dialogue> m_done;
};

}  // namespace

std::vector<Dialogue> dialogues(const Prepared& prepared, const Run& run, Remarks& remarks) {
    Builder builder(*prepared.record, remarks);
    for (const PreparedStep& step : run.steps)
        builder.add(step);
    std::vector<Dialogue> all = builder.take();
    const trace::ToolCall* call = prepared.spawning_call(run);
    if (call != nullptr && !all.empty() && all.front().turns.front().assistant)
        all.front().opening = delegated_prompt(*call);
    const auto nobody_asks = [](const Dialogue& dialogue) {
        return dialogue.opening.empty() && std::all_of(dialogue.turns.begin(), dialogue.turns.end(),
                                                       [](const Turn& turn) { return turn.assistant; });
    };
    remarks.add("steps", "dialogue without a user: left out", std::erase_if(all, nobody_asks));
    return all;
}

bool is_system_note(const Step& step) {
    return step.role == Role::System && !is_compaction_summary(step);
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
