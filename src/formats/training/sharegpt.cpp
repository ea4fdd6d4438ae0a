// ShareGPT rows as LLaMA-Factory reads them: human and observation turns alternate with gpt and
// function_call.
#include "formats/exporters.hpp"
#include "formats/json_out.hpp"
#include "formats/training/row_tools.hpp"
#include "formats/view/dialogue.hpp"

namespace opentraces::formats {
namespace {

using trace::TraceRecord;

// One side's turn: everything that its steps say.
struct Side {
    bool assistant = false;
    const PreparedStep* calls = nullptr;    // assistant: the step whose calls it makes
    const PreparedStep* answers = nullptr;  // other side: the step whose calls it answers
    std::vector<Pieces> texts;
    std::vector<std::string_view> thoughts;
};

class SideBuilder {
public:
    SideBuilder(std::string_view opening, Remarks& remarks) : m_remarks(remarks) {
        if (!opening.empty()) on(false).texts.push_back({opening});
    }

    void add(const Turn& turn) {
        if (!turn.assistant) {
            Side& side = on(false);
            if (side.answers != nullptr)
                m_remarks.add("steps", "user text right after tool results: joined with them");
            for (const PreparedStep* step : turn.steps)
                side.texts.push_back(
                    {is_system_note(*step->step) ? k_system_mark : std::string_view(), *step->step->content});
            return;
        }
        add_assistant(*turn.steps.front());
    }

    // Ends with the assistant.
    std::vector<Side> take() {
        while (!m_sides.empty() && !m_sides.back().assistant)
            m_sides.pop_back();
        return std::move(m_sides);
    }

private:
    void add_assistant(const PreparedStep& prepared) {
        const trace::Step& step = *prepared.step;
        Side& side = on(true);
        if (const std::string_view thought = readable_reasoning(step); !thought.empty())
            side.thoughts.push_back(thought);
        const bool says = step.content && !step.content->empty();
        if (step.tool_calls.empty()) {
            if (says) side.texts.push_back({*step.content});
            return;
        }
        for (std::size_t i = 0; i < step.tool_calls.size(); ++i) {
            const trace::Observation* answer = prepared.answer_of(i);
            if (answer != nullptr && answer->content && answer->error)
                m_remarks.add("errors", "error beside content: left out");
        }
        if (says) m_remarks.add("content", "text beside tool calls: left out");
        // What was said just before has no turn of its own any more.
        for (const Pieces& text : side.texts)
            side.thoughts.push_back(text[0]);
        side.texts.clear();
        side.calls = &prepared;
        on(false).answers = &prepared;
    }

    Side& on(bool assistant) {
        if (m_sides.empty() || m_sides.back().assistant != assistant) {
            m_sides.emplace_back();
            m_sides.back().assistant = assistant;
        }
        return m_sides.back();
    }

    Remarks& m_remarks;
    std::vector<Side> m_sides;
};

class SharegptWriter {
public:
    explicit SharegptWriter(JsonOut& out) : m_out(out) {}

    void write(const Dialogue& dialogue, const std::vector<Side>& sides, const RowTools& tools) {
        m_out.begin_object().key("conversations").begin_array();
        for (const Side& side : sides) {
            m_out.begin_object().member("from", name_of(side)).key("value").begin_text();
            if (side.assistant)
                write_assistant(side);
            else
                write_other(side);
            m_out.end_text().end_object();
        }
        // Both keys are always there, and empty when nothing is known: the reader looks for them.
        m_out.end_array().member("system", dialogue.system).key("tools").begin_text();
        if (!tools.empty()) tools.write_bare(m_out);
        m_out.end_text().end_object();
        m_out.end_line();
    }

private:
    static std::string_view name_of(const Side& side) {
        if (side.assistant) return side.calls != nullptr ? "function_call" : "gpt";
        return side.answers != nullptr ? "observation" : "human";
    }

    void write_assistant(const Side& side) {
        if (!side.thoughts.empty()) {
            std::string_view before = "<think>\n";
            for (const std::string_view thought : side.thoughts) {
                m_out.words(before).words(thought);
                before = "\n\n";
            }
            m_out.words("\n</think>\n\n");
        }
        if (side.calls == nullptr) {
            write_texts(side, "");
            return;
        }
        m_out.begin_array();
        for (const trace::ToolCall& call : side.calls->step->tool_calls)
            m_out.begin_object().member("name", call.tool_name).member("arguments", call.input).end_object();
        m_out.end_array();
    }

    void write_other(const Side& side) {
        if (side.answers != nullptr) write_answers(*side.answers);
        write_texts(side, side.answers != nullptr ? "\n\n" : "");
    }

    void write_answers(const PreparedStep& prepared) {
        const std::size_t calls = prepared.step->tool_calls.size();
        if (calls == 1) {
            for (const std::string_view piece : observation_text_beside_error(prepared.answer_of(0)))
                m_out.words(piece);
            return;
        }
        m_out.begin_array();
        for (std::size_t i = 0; i < calls; ++i)
            m_out.value(observation_text_beside_error(prepared.answer_of(i)));
        m_out.end_array();
    }

    void write_texts(const Side& side, std::string_view before) {
        for (const Pieces& text : side.texts) {
            m_out.words(before);
            for (const std::string_view piece : text)
                m_out.words(piece);
            before = "\n\n";
        }
    }

    JsonOut& m_out;
};

class SharegptExporter final : public Exporter {
public:
    explicit SharegptExporter(const ExportOptions& options) : m_subagents(options.subagents) {}

    Converted write(const TraceRecord& record, Documents& documents) const override {
        const Prepared prepared = prepare(record);
        Remarks remarks;
        std::vector<std::pair<const Run*, Dialogue>> parts;
        for (const Run& run : prepared.runs) {
            if (!run.is_main() && !m_subagents) continue;
            for (Dialogue& part : dialogues(prepared, run, remarks)) {
                if (part.turns.front().assistant && part.opening.empty())
                    remarks.add("steps", "dialogue that begins with the assistant: left out");
                else
                    parts.emplace_back(&run, std::move(part));
            }
        }
        if (parts.empty()) return skipped("no dialogue of the record begins with a user and has an answer");
        JsonOut out(documents.begin(file_stem(record.session_id)));
        for (const auto& [run, part] : parts) {
            remark_left_observations(part, remarks);
            SideBuilder sides(part.opening, remarks);
            for (const Turn& turn : part.turns)
                sides.add(turn);
            SharegptWriter(out).write(part, sides.take(), RowTools(prepared, *run));
        }
        documents.end();
        return {Fate::Written, {}, remarks.take()};
    }

private:
    bool m_subagents;
};

}  // namespace

constexpr Mappings k_sharegpt_mappings = keeps({
    {"system_prompts", Coverage::Full, "system"},
    {"tool_definitions", Coverage::Full, "tools; a record without any: what its calls show"},
    {"steps", Coverage::Partial, "conversations[].from; neighbours of one side are joined"},
    {"content", Coverage::Partial, "conversations[].value; without text beside tool calls"},
    {"reasoning_content", Coverage::Partial,
     "<think>…</think> in front of the value; without hidden reasoning"},
    {"subagents", Coverage::Partial, "a row for each run"},
    {"tool_calls", Coverage::Partial, "conversations[] of function_call: name, arguments; no ids"},
    {"observations", Coverage::Full, "conversations[] of observation"},
    {"errors", Coverage::Partial, "[error: …] as the value where there is no content"},
});

std::unique_ptr<Exporter> open_sharegpt(const ExportOptions& options) {
    return std::make_unique<SharegptExporter>(options);
}

}  // namespace opentraces::formats
