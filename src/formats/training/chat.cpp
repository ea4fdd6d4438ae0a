// Training rows of messages: the form of transformers (hf), of OpenAI fine-tuning, and hf with Mistral's ids.
#include <algorithm>
#include <array>

#include "formats/choices.hpp"
#include "formats/exporters.hpp"
#include "formats/json_out.hpp"
#include "formats/training/row_tools.hpp"
#include "formats/view/dialogue.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::formats {
namespace {

using trace::Step;
using trace::TraceRecord;

enum class Flavor { Hf, OpenAi, Mistral };

constexpr std::array<std::string_view, 3> k_flavors{"hf", "openai", "mistral"};
constexpr std::array<std::string_view, 2> k_tools_as{"list", "text"};
constexpr std::array<std::string_view, 5> k_masks{"none", "loss", "train", "weight", "loss_weight"};
constexpr std::string_view k_base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t k_mistral_id = 9;

// The first digits of the digest of an id as a number of base 62.
std::string mistral_id(std::string_view id) {
    Sha256 digest;
    digest.update(id);
    std::array<std::uint8_t, 32> bytes = digest.finish();
    std::string text;
    while (text.size() < k_mistral_id) {
        unsigned remainder = 0;
        for (std::uint8_t& byte : bytes) {
            const unsigned value = remainder << 8 | byte;
            byte = static_cast<std::uint8_t>(value / k_base62.size());
            remainder = value % static_cast<unsigned>(k_base62.size());
        }
        text.push_back(k_base62[remainder]);
    }
    return text;
}

struct ChatStyle {
    Flavor flavor = Flavor::Hf;
    std::string_view mask;  // empty: none
    bool mask_errors = false;
    bool split_parallel = false;
    bool tools_as_text = false;

    bool writes_reasoning() const { return flavor != Flavor::OpenAi; }
};

class RowWriter {
public:
    RowWriter(JsonOut& out, const Prepared& prepared, const ChatStyle& style)
        : m_out(out), m_prepared(prepared), m_style(style) {}

    void write(const Run& run, const Dialogue& dialogue, std::size_t part) {
        const TraceRecord& record = *m_prepared.record;
        m_out.begin_object();
        if (m_style.flavor != Flavor::OpenAi) {
            std::string id = record.trace_id + (run.is_main() ? "" : "/" + run.id);
            if (part > 0) id += "#" + std::to_string(part + 1);
            m_out.member("id", id);
        }
        m_out.key("messages").begin_array();
        if (!dialogue.system.empty()) write_text("system", {dialogue.system});
        if (!dialogue.opening.empty()) write_text("user", {dialogue.opening});
        for (const Turn& turn : dialogue.turns)
            write_turn(turn);
        m_out.end_array();
        const RowTools tools(m_prepared, run);
        write_tools(tools);
        if (m_style.flavor != Flavor::OpenAi) write_metadata(run, tools);
        m_out.end_object();
        m_out.end_line();
    }

private:
    void write_text(std::string_view role, const Pieces& content) {
        m_out.begin_object().member("role", role).member("content", content).end_object();
    }

    void write_turn(const Turn& turn) {
        if (turn.assistant) {
            write_assistant(*turn.steps.front());
            return;
        }
        // Many templates know no system message but the first; OpenAI's API does.
        const bool apart = m_style.flavor == Flavor::OpenAi;
        for (std::size_t first = 0; first < turn.steps.size();) {
            const bool system = apart && is_system_note(*turn.steps[first]->step);
            std::size_t last = first + 1;
            while (last < turn.steps.size() && !(apart && is_system_note(*turn.steps[last]->step) != system))
                ++last;
            m_out.begin_object().member("role", system ? "system" : "user").key("content").begin_text();
            for (std::size_t i = first; i < last; ++i) {
                const Step& step = *turn.steps[i]->step;
                m_out.words(i > first ? "\n\n" : "")
                    .words(!apart && is_system_note(step) ? k_system_mark : "");
                m_out.words(*step.content);
            }
            m_out.end_text().end_object();
            first = last;
        }
    }

    void write_assistant(const PreparedStep& prepared) {
        const std::size_t calls = prepared.step->tool_calls.size();
        const std::size_t at_once = m_style.split_parallel && calls > 0 ? 1 : std::max<std::size_t>(calls, 1);
        if (at_once < calls) m_split = true;
        for (std::size_t first = 0; first == 0 || first < calls; first += at_once)
            write_message(prepared, first, std::min(first + at_once, calls));
    }

    // The assistant's message with the calls [first, last), and their answers.
    void write_message(const PreparedStep& prepared, std::size_t first, std::size_t last) {
        const Step& step = *prepared.step;
        const bool opens = first == 0;
        m_out.begin_object().member("role", "assistant");
        m_out.member("content", opens && step.content ? std::string_view(*step.content) : "");
        if (opens && m_style.writes_reasoning())
            m_out.optional("reasoning_content", readable_reasoning(step));
        std::vector<std::string> ids;
        if (first < last) {
            m_out.key("tool_calls").begin_array();
            for (std::size_t i = first; i < last; ++i) {
                ids.push_back(call_id(step.tool_calls[i].tool_call_id));
                write_call(step.tool_calls[i], ids.back());
            }
            m_out.end_array();
        }
        if (!m_style.mask.empty()) write_mask(prepared);
        m_out.end_object();
        for (std::size_t i = first; i < last; ++i)
            write_answer(step.tool_calls[i], ids[i - first], prepared.answer_of(i));
    }

    std::string call_id(const std::string& id) {
        const std::string_view unique = m_ids.claim(id);
        return m_style.flavor == Flavor::Mistral ? mistral_id(unique) : std::string(unique);
    }

    void write_call(const trace::ToolCall& call, const std::string& id) {
        m_out.begin_object().member("id", id).member("type", "function").key("function").begin_object();
        m_out.member("name", call.tool_name).key("arguments");
        if (m_style.flavor == Flavor::OpenAi)
            m_out.begin_text().value(call.input).end_text();
        else
            m_out.value(call.input);
        m_out.end_object().end_object();
    }

    void write_answer(const trace::ToolCall& call, const std::string& id,
                      const trace::Observation* observation) {
        m_out.begin_object().member("role", "tool").member("tool_call_id", id);
        if (m_style.flavor != Flavor::OpenAi) m_out.member("name", call.tool_name);
        m_out.member("content", observation_text(observation)).end_object();
    }

    void write_mask(const PreparedStep& prepared) {
        const bool learn =
            !has_hidden_reasoning(*prepared.step) && !(m_style.mask_errors && every_call_failed(prepared));
        if (m_style.mask.ends_with("weight"))
            m_out.member(m_style.mask, learn ? 1 : 0);
        else
            m_out.member(m_style.mask, learn);
    }

    static bool every_call_failed(const PreparedStep& prepared) {
        const std::size_t calls = prepared.step->tool_calls.size();
        for (std::size_t i = 0; i < calls; ++i) {
            if (error_of(prepared.answer_of(i)).empty()) return false;
        }
        return calls > 0;
    }

    // An empty list would say that the model had no tools.
    void write_tools(const RowTools& tools) {
        if (tools.empty()) return;
        m_out.key("tools");
        if (m_style.tools_as_text) m_out.begin_text();
        tools.write_functions(m_out);
        if (m_style.tools_as_text) m_out.end_text();
    }

    void write_metadata(const Run& run, const RowTools& tools) {
        const TraceRecord& record = *m_prepared.record;
        m_out.key("metadata").begin_text().begin_object();
        m_out.member("trace_id", record.trace_id);
        if (run.is_main()) {
            m_out.member("agent_role", run.role.empty() ? "main" : run.role);
            m_out.optional("success", record.outcome.success);
        } else {
            m_out.optional("agent_role", run.role);
            if (const trace::ToolCall* call = m_prepared.spawning_call(run))
                m_out.member("parent_tool_call_id", call->tool_call_id);
        }
        if (m_split) m_out.member("split_parallel", true);
        if (tools.is_derived()) m_out.member("tools_derived", true);
        m_out.end_object().end_text();
    }

    JsonOut& m_out;
    const Prepared& m_prepared;
    const ChatStyle& m_style;
    UniqueNames m_ids;
    bool m_split = false;
};

class ChatExporter final : public Exporter {
public:
    explicit ChatExporter(const ExportOptions& options) : m_subagents(options.subagents) {
        m_style.flavor = static_cast<Flavor>(choice(k_flavors, options.flavor, "--flavor"));
        const std::size_t mask = choice(k_masks, options.mask, "--mask");
        if (mask > 0) m_style.mask = k_masks[mask];
        m_style.mask_errors = options.mask_errors;
        m_style.split_parallel = options.split_parallel;
        m_style.tools_as_text = choice(k_tools_as, options.tools_as, "--tools-as") > 0;
        if (m_style.mask_errors && m_style.mask.empty())
            throw Error(ErrorCode::BadOption, "--mask-errors needs --mask");
    }

    Converted write(const TraceRecord& record, Documents& documents) const override {
        const Prepared prepared = prepare(record);
        Remarks remarks;
        std::vector<std::pair<const Run*, std::vector<Dialogue>>> rows;
        bool any = false;
        for (const Run& run : prepared.runs) {
            if (!run.is_main() && !m_subagents) continue;
            rows.emplace_back(&run, dialogues(prepared, run, remarks));
            if (rows.back().second.empty()) remarks.add("steps", "run without a dialogue: left out");
            any = any || !rows.back().second.empty();
        }
        if (!any) return skipped("the record has no dialogue of a user and an assistant");
        JsonOut out(documents.begin(file_stem(record.session_id)));
        for (const auto& [run, parts] : rows) {
            for (std::size_t part = 0; part < parts.size(); ++part) {
                remark_left_observations(parts[part], remarks);
                RowWriter(out, prepared, m_style).write(*run, parts[part], part);
            }
        }
        documents.end();
        return {Fate::Written, {}, remarks.take()};
    }

private:
    ChatStyle m_style;
    bool m_subagents;
};

}  // namespace

constexpr Mappings k_chat_mappings = keeps({
    {"trace_id", Coverage::Full, "id; metadata.trace_id"},
    {"system_prompts", Coverage::Full, "messages[] of role system"},
    {"tool_definitions", Coverage::Full, "tools; a record without any: what its calls show"},
    {"steps", Coverage::Partial,
     "messages[].role; without warm-ups, empty steps and what follows the last answer"},
    {"content", Coverage::Full, "messages[].content"},
    {"reasoning_content", Coverage::Partial,
     "messages[].reasoning_content (not openai); without hidden reasoning"},
    {"agent_role", Coverage::Partial, "metadata.agent_role"},
    {"subagents", Coverage::Partial, "a row for each run; metadata.parent_tool_call_id"},
    {"tool_calls", Coverage::Full, "messages[].tool_calls[].id, .function.name, .function.arguments"},
    {"observations", Coverage::Full, "messages[] of role tool: tool_call_id, content"},
    {"errors", Coverage::Partial, "[error: …] in front of the content of the tool message"},
    {"outcome", Coverage::Partial, "metadata.success"},
});

std::unique_ptr<Exporter> open_chat(const ExportOptions& options) {
    return std::make_unique<ChatExporter>(options);
}

}  // namespace opentraces::formats
