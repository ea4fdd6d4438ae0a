// Hermes rows: ShareGPT conversations with calls and answers as XML in the texts.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>

#include "formats/imports/importers.hpp"
#include "formats/imports/message_steps.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::formats {
namespace {

constexpr std::string_view k_fidelity_note =
    "Steps are turns of the conversation, not model calls; calls may be fewer than there were.";

struct KnownTool {
    std::string_view name;
    std::string_view becomes;
    std::array<std::pair<std::string_view, std::string_view>, 3> arguments;
};
constexpr std::array k_tools{
    KnownTool{"terminal", "Bash", {}},
    KnownTool{"execute_code", "Bash", {}},
    KnownTool{"process", "Bash", {}},
    KnownTool{"write_file", "Write", {{{"path", "file_path"}}}},
    KnownTool{"read_file", "Read", {{{"path", "file_path"}}}},
    KnownTool{"patch",
              "Edit",
              {{{"path", "file_path"}, {"original", "old_string"}, {"replacement", "new_string"}}}},
    KnownTool{"search_files", "Grep", {}},
};

void normalise(SaidCall& call) {
    const auto* const known = std::find_if(k_tools.begin(), k_tools.end(),
                                           [&](const KnownTool& tool) { return tool.name == call.name; });
    if (known == k_tools.end()) return;
    call.name = known->becomes;
    json::Object renamed;
    for (auto& [key, value] : call.input) {
        std::string_view name = key;
        for (const auto& [from, to] : known->arguments) {
            if (!from.empty() && name == from) name = to;
        }
        renamed.set(std::string(name), std::move(value));
    }
    call.input = std::move(renamed);
}

bool recognises(const json::Value& row) {
    const json::Array* const list = row["conversations"].if_array();
    if (list == nullptr) return false;
    return std::any_of(list->begin(), list->end(), [](const json::Value& message) {
        const std::string_view text = message["value"].string_or(message["content"].string_or());
        return text.find("<tool_call>") != text.npos || text.find("<tool_response>") != text.npos;
    });
}

// Calls `block` with what is in each <tag>, and answers the text around them.
std::string without_blocks(const std::string& text, std::string_view tag,
                           const std::function<void(std::string_view)>& block) {
    const std::string open = fmt::format("<{}>", tag);
    const std::string close = fmt::format("</{}>", tag);
    std::string rest;
    std::size_t at = 0;
    for (;;) {
        const std::size_t begin = text.find(open, at);
        const std::size_t end = begin == text.npos ? begin : text.find(close, begin);
        if (end == text.npos) break;
        rest.append(text, at, begin - at);
        block(trim(std::string_view(text).substr(begin + open.size(), end - begin - open.size())));
        at = end + close.size();
    }
    rest.append(text, at);
    return std::string(trim(rest));
}

json::Value parsed_or_text(std::string_view text) {
    try {
        return json::parse(text);
    } catch (const json::SyntaxError&) {
        return text;
    }
}

std::optional<double> number_of(const json::Value& value) {
    if (const json::Number* const number = value.if_number()) return number->as_double();
    return std::nullopt;
}

class Row {
public:
    Row(json::Object& row, const RowOrigin& origin, ImportedRow& out)
        : m_row(row), m_origin(origin), m_out(out), m_conversation(m_record, m_remarks, 0) {}

    void read() {
        json::Value list = take(m_row, "conversations");
        if (list.is_null()) throw EmptyRow("the row has no conversation");
        json::Array& messages = array_of(list, "conversations");
        if (messages.empty()) throw EmptyRow("the row has no conversation");
        read_head();
        for (std::size_t i = 0; i < messages.size(); ++i) {
            const std::string at = fmt::format("conversations.{}", i);
            read_message(object_of(messages[i], at), at);
        }
        m_conversation.finish();
        read_usage();
        read_outcome();
        describe_session(m_record);
        describe_row();
        m_out.record = std::move(m_record);
        m_out.remarks = m_remarks.take();
    }

private:
    void read_head() {
        const json::Value metadata = take(m_row, "metadata");
        const json::Value source = take(m_row, "source_row");
        m_record.agent.name = "hermes-agent";
        m_record.execution_context = trace::ExecutionContext::Runtime;
        set(m_record.agent.model, metadata["model"]);
        set(m_record.timestamp_start, metadata["timestamp"]);
        set(m_record.task.description, source["original_prompt"]);
        set(m_record.task.source, source["task_source"]);
        // The revision is not part of it: the same row of a dataset that has grown is the same session.
        m_record.session_id =
            m_origin.dataset.empty()
                ? origin_name(m_origin)
                : fmt::format("{}:{}:{}", m_origin.dataset,
                              m_origin.subset.empty() ? "default" : m_origin.subset, m_origin.key);
    }

    static void set(trace::OptText& target, const json::Value& value) {
        if (const std::string* const text = value.if_string()) target = *text;
    }

    void read_message(json::Object& message, const std::string& at) {
        const json::Value& role = member(message, message.find("role") != nullptr ? "role" : "from");
        const std::string speaker = to_lower_ascii(role.string_or());
        json::Value content = take(message, message.find("content") != nullptr ? "content" : "value");
        std::string text = plain_text(std::move(content), at).text;
        if (speaker == "system") {
            m_conversation.prompt(text);
        } else if (speaker == "user" || speaker == "human") {
            m_conversation.user(std::move(text));
        } else if (speaker == "assistant" || speaker == "gpt") {
            read_reply(std::move(text));
        } else if (speaker == "tool") {
            read_answers(text);
        } else {
            m_remarks.add("conversations", "a message of a role that is not known; left out");
        }
    }

    void read_reply(std::string text) {
        Said said;
        text = without_thinking(std::move(text), said.reasoning);
        said.content = without_blocks(text, "tool_call", [&](std::string_view block) {
            SaidCall call = said_call(parsed_or_text(block), m_remarks);
            normalise(call);
            said.calls.push_back(std::move(call));
        });
        if (said.content->empty()) said.content.reset();
        m_conversation.agent(std::move(said));
    }

    void read_answers(const std::string& text) {
        bool any = false;
        without_blocks(text, "tool_response", [&](std::string_view block) {
            any = true;
            read_answer(block);
        });
        if (!any) answer(std::nullopt, text);
    }

    void read_answer(std::string_view block) {
        json::Value value = parsed_or_text(block);
        json::Object* const object = value.if_object();
        json::Value* const content = object != nullptr ? object->find("content") : nullptr;
        if (content == nullptr) return answer(std::nullopt, std::string(block));
        trace::OptText id;
        set(id, member(*object, "tool_call_id"));
        answer(id, content->if_string() != nullptr ? std::move(*content->if_string())
                                                   : json::to_compact(*content));
    }

    void answer(const trace::OptText& id, std::string text) {
        note_reward(text);
        trace::Observation observation;
        observation.content = std::move(text);
        m_conversation.answer(id, std::move(observation));
    }

    // The last result of a reinforcement learning run decides.
    void note_reward(const std::string& text) {
        if (text.find("\"reward\"") == text.npos) return;
        for (auto step = m_record.steps.rbegin(); step != m_record.steps.rend(); ++step) {
            if (step->tool_calls.empty()) continue;
            const bool asked =
                std::any_of(step->tool_calls.begin(), step->tool_calls.end(),
                            [](const trace::ToolCall& call) { return call.tool_name == "rl_get_results"; });
            const auto reward = number_of(parsed_or_text(text)["reward"]);
            if (asked && reward && std::isfinite(*reward)) m_reward = reward;
            return;
        }
    }

    void read_usage() {
        json::Value usage = take(m_row, "usage");
        if (usage.is_null()) return;
        json::Object& object = object_of(usage, "usage");
        m_record.metrics.total_steps = static_cast<std::int64_t>(m_record.steps.size());
        m_record.metrics.total_input_tokens = take_count(object, "prompt_tokens", "usage");
        m_record.metrics.total_output_tokens = take_count(object, "completion_tokens", "usage");
        const auto cost = number_of(member(object, "estimated_cost_usd"));
        if (cost && *cost > 0) m_record.metrics.estimated_cost_usd = cost;
    }

    void read_outcome() {
        m_completed = take(m_row, "completed");
        m_partial = take(m_row, "partial");
        trace::Outcome& outcome = m_record.outcome;
        using trace::TerminalState;
        if (m_reward) {
            outcome.reward = m_reward;
            outcome.reward_source = "rl_environment";
            outcome.signal_source = "rl_environment";
            outcome.description = fmt::format("RL environment reward: {}", *m_reward);
            outcome.success = *m_reward > 0;
            outcome.terminal_state = *m_reward > 0   ? TerminalState::GoalReached
                                     : *m_reward < 0 ? TerminalState::Error
                                                     : TerminalState::Abandoned;
            return;
        }
        const bool partial = m_partial.bool_or(false);
        if (const bool* const completed = m_completed.if_bool(); completed && !(*completed && partial)) {
            set_stated_success(outcome, *completed);
            outcome.terminal_state = *completed ? TerminalState::GoalReached : TerminalState::Abandoned;
        } else if (partial) {
            outcome.terminal_state = TerminalState::Interrupted;
        }
    }

    void describe_row() {
        describe_origin(m_record, m_origin);
        json::Object& metadata = m_record.metadata;
        if (const auto index = json::Value(json::Number{m_origin.key, false}).integer();
            index && !m_origin.dataset.empty())
            metadata.set("source_row_index", *index);
        metadata.set("step_fidelity", "conversation_turn");
        metadata.set("step_fidelity_note", k_fidelity_note);
        json::Object status;
        status.append("completed", std::move(m_completed));
        status.append("partial", std::move(m_partial));
        metadata.set("source_completion_status", std::move(status));
        if (m_conversation.unlinked() > 0) metadata.set("linkage_failures", m_conversation.unlinked());
        describe_tools();
        json::Object rest;
        keep_untaken(m_row, rest);
        if (!rest.empty()) metadata.set("row", std::move(rest));
    }

    void describe_tools() {
        json::Value stats = take(m_row, "tool_stats");
        const json::Object* const tools = stats.if_object();
        if (tools == nullptr) return;
        std::int64_t calls = 0;
        std::int64_t failures = 0;
        for (const auto& [name, counts] : *tools) {
            calls += counts["count"].integer().value_or(0);
            failures += counts["failure"].integer().value_or(0);
        }
        if (calls <= 0) return;
        const double rate = 1 - static_cast<double>(failures) / static_cast<double>(calls);
        m_record.metadata.set("tool_success_rate", std::round(rate * 1000) / 1000);
        m_record.metadata.set("tool_failure_count", failures);
    }

    json::Object& m_row;
    const RowOrigin& m_origin;
    ImportedRow& m_out;
    trace::TraceRecord m_record;
    Remarks m_remarks;
    MessageSteps m_conversation;
    std::optional<double> m_reward;
    json::Value m_completed;
    json::Value m_partial;
};

ImportedRow read(json::Value value, const RowOrigin& origin) {
    return guarded([&](ImportedRow& row) { Row(object_of(value, "the row"), origin, row).read(); });
}

}  // namespace

constinit const Importer k_import_hermes{"hermes",
                                         "Rows of the Hermes agent: conversations with XML tool calls",
                                         "ShareGPT with <tool_call> and <tool_response>", recognises, read};

}  // namespace opentraces::formats
