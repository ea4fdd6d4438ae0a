// ATIF, the Agent Trajectory Interchange Format (Harbor RFC 0001): v1.7, v1.8 by label, v1.6 for old readers.
#include "formats/atif/atif.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "formats/exporters.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/sums.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::formats {
namespace {

using trace::TraceRecord;

constexpr std::string_view k_unknown = "unknown";
constexpr std::string_view k_note = "Converted from an opentraces TraceRecord.";
constexpr std::string_view k_prompt_note = " Step 1 is the session system prompt.";
constexpr std::string_view k_cost_note =
    " total_cost_usd is an estimate for the whole session including sub-agents.";

constexpr std::array<std::pair<std::string_view, AtifVersion>, 3> k_versions{{
    {"1.7", {"ATIF-v1.7", true}},
    {"1.6", {"ATIF-v1.6", false}},
    {"1.8", {"ATIF-v1.8", true}},
}};

AtifVersion version_named(const std::string& name) {
    if (name.empty()) return k_versions.front().second;
    for (const auto& [known, version] : k_versions) {
        if (name == known) return version;
    }
    throw Error(ErrorCode::BadOption, "atif has no version '" + name + "'", "Choose 1.6, 1.7 or 1.8.");
}

template <class Part>
void sparse_member(LazyObject& object, std::string_view name, const Part& part) {
    std::string text;
    trace::append_sparse(text, part);
    if (text != "{}") object.key(name).raw(text);
}

// Something of a definition has no place in the function form.
bool loses_something(const json::Object& definition) {
    if (definition.find("function") != nullptr) return false;
    int schemas = 0;
    for (const json::Member& member : definition) {
        const bool schema =
            member.first == "parameters" || member.first == "input_schema" || member.first == "inputSchema";
        schemas += schema ? 1 : 0;
        if (!schema && member.first != "name" && member.first != "description") return true;
    }
    return schemas > 1;
}

bool definitions_lose_something(const Prepared& prepared) {
    const auto& definitions = prepared.record->tool_definitions;
    return definitions.size() != prepared.tools.size() ||
           std::any_of(definitions.begin(), definitions.end(), loses_something);
}

struct Totals {
    std::int64_t prompt = 0;
    std::int64_t completion = 0;
    std::int64_t cached = 0;
    bool known = false;
    bool of_session = false;  // the record's own totals: its steps have none
};

Totals totals_of(const Prepared& prepared, const Run& run) {
    Totals totals;
    for (const PreparedStep& step : run.steps) {
        const trace::TokenUsage& usage = step.step->token_usage;
        if (!step.is_agent() || !has_usage(usage)) continue;
        totals.known = true;
        totals.prompt = add_clamped(totals.prompt, prepared.prompt_total(usage));
        totals.completion = add_clamped(totals.completion, usage.output_tokens.value());
        totals.cached = add_clamped(totals.cached, usage.cache_read_tokens.value());
    }
    const trace::Metrics& metrics = prepared.record->metrics;
    if (totals.known || !run.is_main()) return totals;
    if (metrics.total_input_tokens.value() == 0 && metrics.total_output_tokens.value() == 0) return totals;
    totals.prompt = metrics.total_input_tokens.value();
    totals.completion = metrics.total_output_tokens.value();
    totals.known = totals.of_session = true;
    return totals;
}

class AtifWriter {
public:
    AtifWriter(const AtifContext& context, Documents& documents)
        : m_context(context), m_prepared(context.prepared), m_documents(documents) {}

    void write() {
        if (m_context.version.embeds) {
            write_document(0);
        } else {
            for (std::size_t run = 0; run < m_prepared.runs.size(); ++run)
                write_document(run);
        }
    }

private:
    void write_document(std::size_t run) {
        JsonOut out(m_documents.begin(m_context.stem(m_prepared.runs[run])));
        write_trajectory(out, run);
        out.end_line();
        m_documents.end();
    }

    void write_trajectory(JsonOut& out, std::size_t number) {
        const Run& run = m_prepared.runs[number];
        out.begin_object().member("schema_version", m_context.version.label);
        out.member("session_id", m_context.session_id(run));
        if (m_context.version.embeds) out.member("trajectory_id", m_context.trajectory_id(run));
        write_agent(out, run);
        const std::size_t steps = write_atif_steps(out, m_context, number);
        if (run.is_main()) write_notes(out);
        write_final_metrics(out, run, steps);
        if (m_context.version.embeds) write_subagents(out, number);
        if (run.is_main()) write_extra(out);
        out.end_object();
    }

    void write_agent(JsonOut& out, const Run& run) {
        const trace::Agent& agent = m_context.record().agent;
        out.key("agent").begin_object().member("name", agent.name);
        out.member("version", agent.version ? std::string_view(*agent.version) : k_unknown);
        const std::string_view named = run.is_main() ? model_text(agent.model) : std::string_view();
        out.optional("model_name", named.empty() ? run.model : named);
        if (run.is_main() && !m_prepared.tools.empty()) {
            out.key("tool_definitions").begin_array();
            std::string definition;
            for (const ToolDefinition& tool : m_prepared.tools) {
                definition.clear();
                append_function_form(definition, tool);
                out.raw(definition);
            }
            out.end_array();
        }
        if (!run.is_main()) {
            LazyObject extra(out, "extra");
            if (!run.role.empty()) extra.member("agent_role", run.role);
        }
        out.end_object();
    }

    void write_notes(JsonOut& out) {
        std::string notes(k_note);
        const auto& prompts = m_context.prompts.front();
        if (!prompts.empty() && prompts.front().before_step == 0) notes += k_prompt_note;
        if (m_context.record().metrics.estimated_cost_usd) notes += k_cost_note;
        out.member("notes", notes);
    }

    void write_final_metrics(JsonOut& out, const Run& run, std::size_t steps) {
        const Totals totals = totals_of(m_prepared, run);
        out.key("final_metrics").begin_object();
        if (totals.known) {
            out.member("total_prompt_tokens", totals.prompt);
            out.member("total_completion_tokens", totals.completion);
            if (!totals.of_session) out.member("total_cached_tokens", totals.cached);
        }
        const trace::Metrics& metrics = m_context.record().metrics;
        if (run.is_main()) out.optional("total_cost_usd", metrics.estimated_cost_usd);
        out.member("total_steps", steps);
        if (run.is_main()) {
            LazyObject extra(out, "extra");
            sparse_member(extra, "opentraces_metrics", metrics);
        }
        out.end_object();
    }

    void write_subagents(JsonOut& out, std::size_t parent) {
        bool open = false;
        for (std::size_t run = parent + 1; run < m_prepared.runs.size(); ++run) {
            if (m_prepared.runs[run].parent != parent) continue;
            if (!open) out.key("subagent_trajectories").begin_array();
            open = true;
            write_trajectory(out, run);
        }
        if (open) out.end_array();
    }

    void write_extra(JsonOut& out) {
        const TraceRecord& record = m_context.record();
        LazyObject extra(out, "extra");
        LazyObject own(out, "opentraces", &extra);
        own.member("schema_version", record.schema_version);
        own.member("trace_id", record.trace_id);
        own.optional("content_hash", record.content_hash);
        own.optional("timestamp_start", record.timestamp_start);
        own.optional("timestamp_end", record.timestamp_end);
        if (record.execution_context)
            own.member("execution_context", trace::name_of(*record.execution_context));
        sparse_member(own, "task", record.task);
        sparse_member(own, "environment", record.environment);
        sparse_member(own, "outcome", record.outcome);
        if (!record.dependencies.empty()) {
            out_array(own.key("dependencies"), record.dependencies);
        }
        sparse_member(own, "security", record.security);
        if (record.attribution) sparse_member(own, "attribution", *record.attribution);
        if (!record.metadata.empty()) own.member("metadata", record.metadata);
        write_agent_extra(own);
        write_unshown_prompts(out, own);
    }

    static void out_array(JsonOut& out, const std::vector<std::string>& texts) {
        out.begin_array();
        for (const std::string& text : texts)
            out.value(text);
        out.end_array();
    }

    // What the agent object says otherwise than the record.
    void write_agent_extra(LazyObject& own) {
        const trace::Agent& agent = m_context.record().agent;
        if (!agent.version) own.member("agent_version_null", true);
        if (!agent.model) own.member("agent_model_null", true);
        if (agent.model && model_text(agent.model).empty()) own.member("agent_model", *agent.model);
        if (!definitions_lose_something(m_prepared)) return;
        JsonOut& out = own.key("tool_definitions").begin_array();
        for (const json::Object& definition : m_context.record().tool_definitions)
            out.value(definition);
        out.end_array();
    }

    void write_unshown_prompts(JsonOut& out, LazyObject& own) {
        LazyObject prompts(out, "system_prompts", &own);
        for (const auto& entry : m_context.record().system_prompts) {
            const std::string& hash = entry.first;
            const bool shown =
                std::any_of(m_context.prompts.begin(), m_context.prompts.end(), [&](const auto& of_run) {
                    return std::any_of(of_run.begin(), of_run.end(),
                                       [&](const ShownPrompt& prompt) { return prompt.hash == hash; });
                });
            if (!shown) prompts.member(hash, entry.second);
        }
    }

    const AtifContext& m_context;
    const Prepared& m_prepared;
    Documents& m_documents;
};

class AtifExporter final : public Exporter {
public:
    explicit AtifExporter(const ExportOptions& options) : m_version(version_named(options.format_version)) {}

    Converted write(const TraceRecord& record, Documents& documents) const override {
        if (record.steps.empty()) return skipped("the record has no steps, and ATIF needs one");
        const Prepared prepared = prepare(record);
        std::vector<std::vector<ShownPrompt>> prompts;
        for (const Run& run : prepared.runs)
            prompts.push_back(shown_prompts(record, run));
        Remarks remarks;
        AtifWriter({prepared, prompts, m_version, remarks}, documents).write();
        return {Fate::Written, {}, remarks.take()};
    }

private:
    AtifVersion m_version;
};

}  // namespace

std::string AtifContext::trajectory_id(const Run& run) const {
    return run.is_main() ? record().trace_id : record().trace_id + "/" + run.id;
}

std::string AtifContext::session_id(const Run& run) const {
    return run.is_main() || version.embeds ? record().session_id : record().session_id + "/" + run.id;
}

std::string AtifContext::stem(const Run& run) const {
    return file_stem(run.is_main() ? record().session_id : record().session_id + "." + run.id);
}

constexpr Mappings k_atif_mappings = keeps({
    {"schema_version", Coverage::Extension, "extra.opentraces.schema_version"},
    {"trace_id", Coverage::Full, "trajectory_id, extra.opentraces.trace_id"},
    {"session_id", Coverage::Full, "session_id"},
    {"content_hash", Coverage::Extension, "extra.opentraces.content_hash"},
    {"timestamps", Coverage::Extension, "extra.opentraces.timestamp_start, .timestamp_end"},
    {"execution_context", Coverage::Extension, "extra.opentraces.execution_context"},
    {"task", Coverage::Extension, "extra.opentraces.task"},
    {"agent", Coverage::Full, "agent.name, .version, .model_name"},
    {"environment", Coverage::Extension, "extra.opentraces.environment"},
    {"vcs", Coverage::Extension, "extra.opentraces.environment.vcs"},
    {"system_prompts", Coverage::Full,
     "steps[] of source system; steps[].extra.opentraces.system_prompt_hash; "
     "extra.opentraces.system_prompts"},
    {"tool_definitions", Coverage::Full, "agent.tool_definitions"},
    {"steps", Coverage::Full, "steps[].step_id, .source; steps[].extra.opentraces.step_index"},
    {"content", Coverage::Full, "steps[].message"},
    {"reasoning_content", Coverage::Full, "steps[].reasoning_content"},
    {"step_model", Coverage::Full, "steps[].model_name"},
    {"step_timestamp", Coverage::Full, "steps[].timestamp"},
    {"agent_role", Coverage::Extension, "steps[].extra.opentraces.agent_role"},
    {"call_type", Coverage::Extension, "steps[].extra.opentraces.call_type"},
    {"subagents", Coverage::Full, "subagent_trajectories; observation.results[].subagent_trajectory_ref"},
    {"tools_available", Coverage::Extension, "steps[].extra.opentraces.tools_available"},
    {"tool_calls", Coverage::Full, "steps[].tool_calls[].tool_call_id, .function_name, .arguments"},
    {"durations", Coverage::Extension, "steps[].tool_calls[].extra.duration_ms"},
    {"observations", Coverage::Full, "steps[].observation.results[].source_call_id, .content"},
    {"errors", Coverage::Extension, "steps[].observation.results[].extra.error"},
    {"output_summaries", Coverage::Extension, "steps[].observation.results[].extra.output_summary"},
    {"snippets", Coverage::Extension, "steps[].extra.opentraces.snippets"},
    {"token_usage", Coverage::Full,
     "steps[].metrics.prompt_tokens (cache included), .completion_tokens, .extra.uncached_input_tokens"},
    {"cache_read", Coverage::Full, "steps[].metrics.cached_tokens"},
    {"cache_write", Coverage::Extension, "steps[].metrics.extra.cache_creation_input_tokens"},
    {"prefix_reuse", Coverage::Extension, "steps[].metrics.extra.prefix_reuse_tokens"},
    {"metrics", Coverage::Full, "final_metrics; final_metrics.extra.opentraces_metrics"},
    {"outcome", Coverage::Extension, "extra.opentraces.outcome"},
    {"dependencies", Coverage::Extension, "extra.opentraces.dependencies"},
    {"security", Coverage::Extension, "extra.opentraces.security"},
    {"attribution", Coverage::Extension, "extra.opentraces.attribution"},
    {"metadata", Coverage::Extension, "extra.opentraces.metadata"},
});

std::unique_ptr<Exporter> open_atif(const ExportOptions& options) {
    return std::make_unique<AtifExporter>(options);
}

}  // namespace opentraces::formats
