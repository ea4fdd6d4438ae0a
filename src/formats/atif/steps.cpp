// Steps, calls and results of an ATIF document.
#include <algorithm>

#include "formats/atif/atif.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::formats {
namespace {

using trace::Observation;
using trace::Step;

// What becomes one observation result.
struct Entry {
    const Observation* observation = nullptr;  // null: made to carry references
    std::size_t call = k_none;
    std::vector<std::size_t> runs;    // sub-agents that the call started
    std::string_view reference = {};  // sub-agent that the record does not have
};

class StepWriter {
public:
    StepWriter(JsonOut& out, const AtifContext& context, const PreparedStep& prepared)
        : m_out(out), m_context(context), m_prepared(prepared), m_step(*prepared.step) {
        name_calls();
        collect_entries();
    }

    void write(std::size_t step_id) {
        m_out.begin_object().member("step_id", step_id);
        if (m_prepared.time) m_out.member("timestamp", *m_prepared.time);
        m_out.member("source", trace::name_of(m_step.role));
        m_out.member("message", m_step.content ? std::string_view(*m_step.content) : std::string_view());
        if (m_prepared.is_agent()) write_agent_fields();
        if (!m_entries.empty()) write_observation();
        {
            LazyObject extra(m_out, "extra");
            LazyObject own(m_out, "opentraces", &extra);
            write_own(own);
        }
        m_out.end_object();
    }

private:
    void name_calls() {
        const bool several = m_step.tool_calls.size() > 1;
        for (const trace::ToolCall& call : m_step.tool_calls)
            m_ids.push_back(several ? m_names.claim(call.tool_call_id) : call.tool_call_id);
        for (std::size_t i = 0; i < m_ids.size(); ++i) {
            if (m_ids[i] != m_step.tool_calls[i].tool_call_id)
                m_context.remarks.add("tool_calls",
                                      "call id used twice in a step: the later ones are numbered");
        }
    }

    void collect_entries() {
        for (const Result& result : m_prepared.results) {
            m_entries.push_back({result.observation, result.call, {}});
            if (result.call == k_none)
                m_context.remarks.add("observations",
                                      "observation of no call of its step: kept without a call");
        }
        for (const std::size_t run : m_prepared.subagents)
            entry_for(m_context.prepared.runs[run].parent_call).runs.push_back(run);
        if (!m_prepared.unresolved_reference.empty()) {
            entry_for(delegating_call(m_step)).reference = m_prepared.unresolved_reference;
            m_context.remarks.add("subagents",
                                  "the record does not have the sub-agent's steps: reference kept");
        }
    }

    // The call's first result, made when there is none.
    Entry& entry_for(std::size_t call) {
        const auto found = std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& entry) {
            return entry.call == call && (call != k_none || entry.observation == nullptr);
        });
        if (found != m_entries.end()) return *found;
        Entry entry;
        entry.call = call;
        m_entries.push_back(entry);
        return m_entries.back();
    }

    // Calls of steps that are not an agent's are no calls in ATIF.
    bool names_call(const Entry& entry) const { return entry.call != k_none && m_prepared.is_agent(); }

    void write_agent_fields() {
        m_out.optional("model_name", model_text(m_step.model));
        m_out.optional("reasoning_content", m_step.reasoning_content);
        if (m_context.version.embeds && (m_step.model || has_usage(m_step.token_usage)))
            m_out.member("llm_call_count", 1);
        if (!m_step.tool_calls.empty()) {
            m_out.key("tool_calls").begin_array();
            for (std::size_t i = 0; i < m_step.tool_calls.size(); ++i)
                write_call(i);
            m_out.end_array();
        }
        if (has_usage(m_step.token_usage)) write_metrics();
    }

    void write_call(std::size_t i) {
        const trace::ToolCall& call = m_step.tool_calls[i];
        m_out.begin_object().member("tool_call_id", m_ids[i]).member("function_name", call.tool_name);
        m_out.member("arguments", call.input);
        if (m_context.version.embeds) {
            LazyObject extra(m_out, "extra");
            write_call_extra(extra, i);
        }
        m_out.end_object();
    }

    void write_call_extra(LazyObject& extra, std::size_t i) {
        const trace::ToolCall& call = m_step.tool_calls[i];
        extra.optional("duration_ms", call.duration_ms);
        if (m_ids[i] != call.tool_call_id) extra.member("tool_call_id", call.tool_call_id);
    }

    void write_metrics() {
        const trace::TokenUsage& usage = m_step.token_usage;
        m_out.key("metrics").begin_object();
        m_out.member("prompt_tokens", m_context.prepared.prompt_total(usage));
        m_out.member("completion_tokens", usage.output_tokens);
        m_out.member("cached_tokens", usage.cache_read_tokens);
        m_out.key("extra").begin_object();
        m_out.member("cache_creation_input_tokens", usage.cache_write_tokens);
        const bool cached = usage.cache_read_tokens.value() != 0 || usage.cache_write_tokens.value() != 0;
        if (m_context.prepared.cache_beside_input || !cached)
            m_out.member("uncached_input_tokens", usage.input_tokens);
        else
            m_out.member("input_tokens_include_cache", true);
        if (usage.prefix_reuse_tokens.value() != 0)
            m_out.member("prefix_reuse_tokens", usage.prefix_reuse_tokens);
        m_out.end_object().end_object();
    }

    void write_observation() {
        m_out.key("observation").begin_object().key("results").begin_array();
        for (const Entry& entry : m_entries)
            write_result(entry);
        m_out.end_array().end_object();
    }

    void write_result(const Entry& entry) {
        m_out.begin_object();
        if (names_call(entry)) m_out.member("source_call_id", m_ids[entry.call]);
        m_out.key("content");
        if (entry.observation == nullptr)
            m_out.value("");
        else
            m_out.value(observation_text_beside_error(entry.observation));
        if (!entry.runs.empty() || !entry.reference.empty()) write_references(entry);
        if (m_context.version.embeds) {
            LazyObject extra(m_out, "extra");
            write_result_extra(extra, entry);
        }
        m_out.end_object();
    }

    void write_references(const Entry& entry) {
        m_out.key("subagent_trajectory_ref").begin_array();
        for (const std::size_t number : entry.runs) {
            const Run& run = m_context.prepared.runs[number];
            m_out.begin_object();
            if (m_context.version.embeds)
                m_out.member("trajectory_id", m_context.trajectory_id(run));
            else
                m_out.member("trajectory_path", m_context.stem(run) + ".trajectory.json");
            m_out.member("session_id", m_context.session_id(run)).end_object();
        }
        if (!entry.reference.empty()) {
            m_out.begin_object();
            m_out.member("trajectory_path", file_stem(entry.reference) + ".trajectory.json");
            m_out.member("session_id", m_context.record().session_id).end_object();
        }
        m_out.end_array();
    }

    void write_result_extra(LazyObject& extra, const Entry& entry) {
        if (entry.observation == nullptr) {
            extra.member("synthesized", true);
            return;
        }
        const Observation& observation = *entry.observation;
        extra.optional("error", observation.error);
        extra.optional("output_summary", observation.output_summary);
        if (!observation.content) extra.member("content_null", true);
        if (!names_call(entry))
            extra.member("orphan_source_call_id", observation.source_call_id);
        else if (m_ids[entry.call] != observation.source_call_id)
            extra.member("source_call_id", observation.source_call_id);
    }

    void write_own(LazyObject& own) {
        own.member("step_index", m_step.step_index);
        own.optional("agent_role", m_step.agent_role);
        if (m_step.call_type) own.member("call_type", trace::name_of(*m_step.call_type));
        own.optional("parent_step", m_step.parent_step);
        own.optional("system_prompt_hash", m_step.system_prompt_hash);
        if (!m_step.content) own.member("content_null", true);
        write_timestamp(own);
        if (m_step.subagent_trajectory_ref && !shows_reference())
            own.member("subagent_trajectory_ref", *m_step.subagent_trajectory_ref);
        if (!m_step.tools_available.empty()) {
            JsonOut& out = own.key("tools_available").begin_array();
            for (const std::string& tool : m_step.tools_available)
                out.value(tool);
            out.end_array();
        }
        write_sparse_array(own, "snippets", m_step.snippets);
        write_observation_order(own);
        if (!m_context.version.embeds) write_moved_extras(own);
        write_misplaced(own);
    }

    // The one run that the step started carries the reference as its id, unless it looks like one of ours.
    bool shows_reference() const {
        return !m_step.subagent_trajectory_ref->starts_with("sub-") && m_prepared.subagents.size() == 1 &&
               m_context.prepared.runs[m_prepared.subagents.front()].id == *m_step.subagent_trajectory_ref;
    }

    void write_timestamp(LazyObject& own) {
        if (!m_step.timestamp) return;
        if (m_prepared.time && instant_text(*m_prepared.time) == *m_step.timestamp) return;
        own.member("timestamp", *m_step.timestamp);
        if (!m_prepared.time)
            m_context.remarks.add("step_timestamp", "not a time: kept in the extension only");
    }

    template <class Part>
    void write_sparse_array(LazyObject& own, std::string_view name, const std::vector<Part>& parts) {
        if (parts.empty()) return;
        JsonOut& out = own.key(name).begin_array();
        for (const Part& part : parts) {
            std::string text;
            trace::append_sparse(text, part);
            out.raw(text);
        }
        out.end_array();
    }

    // Where each result stood among the step's observations, when they have been put into call order.
    void write_observation_order(LazyObject& own) {
        const auto& results = m_prepared.results;
        const bool same =
            std::is_sorted(results.begin(), results.end(),
                           [](const Result& a, const Result& b) { return a.observation < b.observation; });
        if (same) return;
        JsonOut& out = own.key("observation_order").begin_array();
        for (const Result& result : results)
            out.value(static_cast<std::int64_t>(result.observation - m_step.observations.data()));
        out.end_array();
    }

    // v1.6: what v1.7 says beside the call or result.
    void write_moved_extras(LazyObject& own) {
        write_moved_call_extras(own);
        write_moved_result_extras(own);
    }

    void write_moved_call_extras(LazyObject& own) {
        LazyObject calls(m_out, "call_extra", &own);
        for (std::size_t i = 0; m_prepared.is_agent() && i < m_ids.size(); ++i) {
            LazyObject extra(m_out, m_ids[i], &calls);
            write_call_extra(extra, i);
        }
    }

    void write_moved_result_extras(LazyObject& own) {
        LazyObject results(m_out, "result_extra", &own);
        for (std::size_t i = 0; i < m_entries.size(); ++i) {
            const std::string number = std::to_string(i);
            LazyObject extra(m_out, number, &results);
            write_result_extra(extra, m_entries[i]);
        }
    }

    // Values that ATIF has no place for in this step.
    void write_misplaced(LazyObject& own) {
        const bool agent = m_prepared.is_agent();
        if (m_step.model && (!agent || model_text(m_step.model).empty())) own.member("model", *m_step.model);
        if (agent) return;
        own.optional("reasoning_content", m_step.reasoning_content);
        write_sparse_array(own, "tool_calls", m_step.tool_calls);
        if (has_usage(m_step.token_usage)) {
            std::string usage;
            trace::append_sparse(usage, m_step.token_usage);
            own.key("token_usage").raw(usage);
        }
    }

    JsonOut& m_out;
    const AtifContext& m_context;
    const PreparedStep& m_prepared;
    const Step& m_step;
    UniqueNames m_names;
    std::vector<std::string_view> m_ids;  // of the calls, unique in the step
    std::vector<Entry> m_entries;
};

void write_prompt(JsonOut& out, const ShownPrompt& prompt, const PreparedStep& next, std::size_t step_id) {
    out.begin_object().member("step_id", step_id);
    if (next.time) out.member("timestamp", *next.time);
    out.member("source", "system").member("message", prompt.text);
    out.key("extra").begin_object().key("opentraces").begin_object();
    out.member("system_prompt_hash", prompt.hash).member("synthesized", true);
    out.end_object().end_object().end_object();
}

}  // namespace

std::size_t write_atif_steps(JsonOut& out, const AtifContext& context, std::size_t run) {
    const std::vector<PreparedStep>& steps = context.prepared.runs[run].steps;
    auto prompt = context.prompts[run].begin();
    std::size_t step_id = 0;
    out.key("steps").begin_array();
    for (std::size_t i = 0; i < steps.size(); ++i) {
        while (prompt != context.prompts[run].end() && prompt->before_step == i)
            write_prompt(out, *prompt++, steps[i], ++step_id);
        StepWriter(out, context, steps[i]).write(++step_id);
    }
    out.end_array();
    return step_id;
}

}  // namespace opentraces::formats
