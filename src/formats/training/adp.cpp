// ADP, the Agent Data Protocol 1.2.0, in the form that readers of the published ("classic") data load too.
#include <algorithm>
#include <array>

#include "formats/exporters.hpp"
#include "formats/json_out.hpp"
#include "formats/view/remarks.hpp"

namespace opentraces::formats {
namespace {

using trace::Observation;
using trace::Step;
using trace::TraceRecord;

constexpr std::string_view k_version = "1.2.0";
constexpr std::array<std::string_view, 4> k_shells{"Bash", "shell", "exec_command", "execute_bash"};

bool has_text(const trace::OptText& text) {
    return text && !text->empty();
}

// The command of a shell call; null for other calls.
const std::string* shell_command(const trace::ToolCall& call) {
    if (std::find(k_shells.begin(), k_shells.end(), call.tool_name) == k_shells.end()) return nullptr;
    const json::Value* command = call.input.find("command");
    return command == nullptr ? nullptr : command->if_string();
}

bool says_something(const PreparedStep& prepared) {
    const Step& step = *prepared.step;
    if (prepared.is_warmup()) return false;
    if (has_text(step.content) || !step.observations.empty()) return true;
    return prepared.is_agent() && (!step.tool_calls.empty() || has_text(step.reasoning_content));
}

// The prompt of the session, wherever the record has it.
std::string_view session_prompt(const Prepared& prepared) {
    const Run& main = prepared.runs.front();
    for (const PreparedStep& step : main.steps) {
        const std::string_view text = system_prompt(*prepared.record, step.step->system_prompt_hash);
        if (!text.empty()) return text;
    }
    for (const PreparedStep& step : main.steps) {
        if (step.step->role == trace::Role::System && has_text(step.step->content))
            return *step.step->content;
    }
    return {};
}

class TrajectoryWriter {
public:
    TrajectoryWriter(JsonOut& out, const Prepared& prepared, const Run& run, Remarks& remarks)
        : m_out(out),
          m_prepared(prepared),
          m_run(run),
          m_remarks(remarks),
          m_prompt(session_prompt(prepared)) {}

    void write() {
        find_last();
        m_out.begin_object().member("schema_version", k_version).member("id", id_of(m_run));
        m_out.key("content").begin_array();
        for (const PreparedStep& step : m_run.steps)
            write_step(step);
        m_out.end_array();
        write_details();
        m_out.end_object();
        m_out.end_line();
    }

private:
    std::string id_of(const Run& run) const {
        const std::string& trace_id = m_prepared.record->trace_id;
        return run.is_main() ? trace_id : trace_id + "/" + run.id;
    }

    // The reward goes to the last item of the main run, and an item is written once.
    void find_last() {
        if (!m_run.is_main() || !m_prepared.record->outcome.reward) return;
        for (const PreparedStep& step : m_run.steps) {
            if (says_something(step) && !is_shown_prompt(step)) m_last = &step;
        }
    }

    bool is_shown_prompt(const PreparedStep& prepared) const {
        return prepared.step->role == trace::Role::System && has_text(prepared.step->content) &&
               *prepared.step->content == m_prompt && m_run.is_main();
    }

    void write_step(const PreparedStep& prepared) {
        if (is_shown_prompt(prepared)) return;
        if (!says_something(prepared)) {
            m_remarks.add("steps", prepared.is_warmup() ? "warm-up step: left out"
                                                        : "step without text or calls: left out");
            return;
        }
        const std::size_t items = items_of(prepared);
        for (std::size_t item = 0; item < items; ++item) {
            m_out.begin_object();
            write_item(prepared, item);
            if (&prepared == m_last && item + 1 == items)
                m_out.member("reward", *m_prepared.record->outcome.reward);
            m_out.end_object();
        }
        m_ids.clear();
    }

    // A message, or as many actions as calls, then as many answers, then what belongs to no call.
    static std::size_t items_of(const PreparedStep& prepared) {
        return head_of(prepared) + 2 * calls_of(prepared) + loose_results(prepared).size();
    }
    static std::size_t calls_of(const PreparedStep& prepared) {
        return prepared.is_agent() ? prepared.step->tool_calls.size() : 0;
    }
    static std::size_t head_of(const PreparedStep& prepared) {
        const Step& step = *prepared.step;
        if (!prepared.is_agent()) return has_text(step.content) ? 1 : 0;
        return step.tool_calls.empty() && (has_text(step.content) || has_text(step.reasoning_content)) ? 1
                                                                                                       : 0;
    }
    static std::vector<const Observation*> loose_results(const PreparedStep& prepared) {
        std::vector<const Observation*> loose;
        for (const Result& result : prepared.results) {
            if (!prepared.is_agent() || !result.answer) loose.push_back(result.observation);
        }
        return loose;
    }

    void write_item(const PreparedStep& prepared, std::size_t item) {
        const std::size_t head = head_of(prepared);
        const std::size_t calls = calls_of(prepared);
        if (item < head) {
            write_message(prepared);
        } else if (item < head + calls) {
            write_action(prepared, item - head);
        } else if (item < head + 2 * calls) {
            write_answer(prepared, item - head - calls);
        } else {
            m_remarks.add("observations", "observation that answers no call: kept without a link to one");
            write_observation(observation_text_beside_error(loose_results(prepared)[item - head - 2 * calls]),
                              "environment");
        }
    }

    void write_message(const PreparedStep& prepared) {
        const Step& step = *prepared.step;
        const std::string_view text = step.content ? std::string_view(*step.content) : std::string_view();
        if (!prepared.is_agent()) {
            write_observation({text}, step.role == trace::Role::User ? "user" : "environment");
            return;
        }
        m_out.member("class_", "message_action").member("content", text).key("description").null();
        m_out.optional("reasoning_content", step.reasoning_content);
    }

    void write_observation(const Pieces& text, std::string_view source) {
        m_out.member("class_", "text_observation").member("content", text).member("source", source);
    }

    void write_action(const PreparedStep& prepared, std::size_t i) {
        const Step& step = *prepared.step;
        const trace::ToolCall& call = step.tool_calls[i];
        if (const std::string* command = shell_command(call)) {
            m_out.member("class_", "code_action").member("language", "bash").member("content", *command);
            if (call.input.size() > 1)
                m_remarks.add("tool_calls",
                              "shell call with more input than its command: the rest is left out");
        } else {
            m_out.member("class_", "api_action").member("function", call.tool_name);
            m_out.member("kwargs", call.input);
        }
        m_ids.push_back(m_names.claim(call.tool_call_id.empty() ? k_nameless : call.tool_call_id));
        m_out.member("tool_call_id", m_ids.back()).key("description");
        if (i == 0 && has_text(step.content))
            m_out.value(*step.content);
        else
            m_out.null();
        if (i == 0) m_out.optional("reasoning_content", step.reasoning_content);
    }

    void write_answer(const PreparedStep& prepared, std::size_t i) {
        const Observation* answer = prepared.answer_of(i);
        write_observation(observation_text_beside_error(answer), "environment");
        m_out.member("tool_call_id", m_ids[i]);
        if (answer != nullptr && answer->content && answer->error)
            m_remarks.add("errors", "error beside content: left out");
    }

    void write_details() {
        const TraceRecord& record = *m_prepared.record;
        m_out.key("details").begin_object().member("source", "opentraces");
        m_out.member("trace_id", record.trace_id).member("session_id", record.session_id);
        m_out.member("agent", record.agent.name);
        const std::string_view model = model_text(record.agent.model);
        m_out.optional("model", model.empty() ? m_run.model : model);
        m_out.optional("system_prompt", m_prompt);
        if (record.outcome.success) m_out.member("success", *record.outcome.success ? "true" : "false");
        if (!m_run.is_main()) {
            m_out.member("parent_id", id_of(m_prepared.runs[m_run.parent]));
            if (const trace::ToolCall* call = m_prepared.spawning_call(m_run))
                m_out.member("parent_tool_call_id", call->tool_call_id);
        }
        m_out.end_object();
    }

    static constexpr std::string_view k_nameless = "call";

    JsonOut& m_out;
    const Prepared& m_prepared;
    const Run& m_run;
    Remarks& m_remarks;
    std::string_view m_prompt;
    const PreparedStep* m_last = nullptr;
    UniqueNames m_names;
    std::vector<std::string_view> m_ids;  // of the calls of the step being written
};

class AdpExporter final : public Exporter {
public:
    explicit AdpExporter(const ExportOptions& options) : m_subagents(options.subagents) {}

    Converted write(const TraceRecord& record, Documents& documents) const override {
        const Prepared prepared = prepare(record);
        std::vector<const Run*> runs;
        for (const Run& run : prepared.runs) {
            if ((run.is_main() || m_subagents) &&
                std::any_of(run.steps.begin(), run.steps.end(), says_something))
                runs.push_back(&run);
        }
        if (runs.empty()) return skipped("the record has no step with text or calls");
        Remarks remarks;
        JsonOut out(documents.begin(file_stem(record.session_id)));
        for (const Run* run : runs)
            TrajectoryWriter(out, prepared, *run, remarks).write();
        documents.end();
        return {Fate::Written, {}, remarks.take()};
    }

private:
    bool m_subagents;
};

}  // namespace

constexpr Mappings k_adp_mappings = keeps({
    {"trace_id", Coverage::Full, "id; details.trace_id"},
    {"session_id", Coverage::Extension, "details.session_id"},
    {"agent", Coverage::Partial, "details.agent, .model"},
    {"system_prompts", Coverage::Extension, "details.system_prompt (the session's)"},
    {"steps", Coverage::Partial, "content[], in order; without warm-ups and empty steps"},
    {"content", Coverage::Full, "content[].content of messages, .description of the first action"},
    {"reasoning_content", Coverage::Full, "content[].reasoning_content"},
    {"subagents", Coverage::Partial, "a trajectory for each run; details.parent_id, .parent_tool_call_id"},
    {"tool_calls", Coverage::Full,
     "content[] of api_action: tool_call_id, function, kwargs; shells as code_action"},
    {"observations", Coverage::Full, "content[] of text_observation: tool_call_id, content"},
    {"errors", Coverage::Partial, "[error: …] as the content where there is none"},
    {"outcome", Coverage::Partial, "details.success; reward of the last item"},
});

std::unique_ptr<Exporter> open_adp(const ExportOptions& options) {
    return std::make_unique<AdpExporter>(options);
}

}  // namespace opentraces::formats
