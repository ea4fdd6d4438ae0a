// ATIF trajectories, versions 1.0 to 1.8 (Harbor RFC 0001). What a record has no field for is kept in
// metadata.atif; documents of our own exporter give the record back that they were made of.
#include "formats/imports/atif.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "formats/imports/importers.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::formats {
namespace {

constexpr std::array<std::string_view, 9> k_versions{"ATIF-v1.0", "ATIF-v1.1", "ATIF-v1.2",
                                                     "ATIF-v1.3", "ATIF-v1.4", "ATIF-v1.5",
                                                     "ATIF-v1.6", "ATIF-v1.7", "ATIF-v1.8"};
constexpr std::string_view k_unknown = "unknown";
// Members of extra.opentraces that are members of the record.
constexpr std::array<std::string_view, 15> k_record_members{
    "tool_definitions", "schema_version",    "trace_id",    "content_hash", "timestamp_start",
    "timestamp_end",    "execution_context", "task",        "environment",  "outcome",
    "dependencies",     "security",          "attribution", "metadata",     "system_prompts"};

bool recognises(const json::Value& row) {
    if (row["schema_version"].string_or().starts_with("ATIF-")) return true;
    const json::Value& step = row["steps"].at(0);
    return row["agent"]["name"].if_string() != nullptr && step["source"].if_string() != nullptr &&
           step["step_id"].if_number() != nullptr;
}

std::string take_version(json::Object& root) {
    const trace::OptText version = take_text(root, "schema_version", "");
    if (!version) return std::string(k_versions.back());
    if (std::find(k_versions.begin(), k_versions.end(), *version) == k_versions.end())
        throw RowProblem("schema_version", "not an ATIF version from 1.0 to 1.8");
    return *version;
}

void set_if_kept(json::Object& target, std::string_view key, json::Value value) {
    if (!value.is_null()) target.set(std::string(key), std::move(value));
}

// The members of the record that are not steps, validated by the record's own decoder.
void decode_members(json::Object members, trace::TraceRecord& record, std::string_view at) {
    for (const std::string_view key : {"trace_id", "session_id"}) {
        if (members.find(key) == nullptr) members.set(std::string(key), "");
    }
    json::Object agent;
    agent.append("name", "");
    members.set("agent", std::move(agent));
    trace::Decoded decoded = trace::decode(json::Value(std::move(members)));
    if (decoded.problem)
        throw RowProblem(fmt::format("{}.{}", at, decoded.problem->field), decoded.problem->words);
    record = std::move(*decoded.record);
}

void read_own_members(json::Object own, json::Value metrics, trace::TraceRecord& record) {
    json::Object members;
    for (const std::string_view key : k_record_members) {
        json::Value value = take(own, key);
        if (!value.is_null()) members.append(std::string(key), std::move(value));
    }
    if (!metrics.is_null()) members.append("metrics", std::move(metrics));
    decode_members(std::move(members), record, "extra.opentraces");
}

class Reader {
public:
    Reader(json::Object& root, const RowOrigin& origin) : m_root(root), m_origin(origin) {}

    trace::TraceRecord run(bool& whole) {
        const std::string version = take_version(m_root);
        read_head();
        json::Value agent = take(m_root, "agent");
        read_agent(object_of(agent, "agent"));
        AtifSteps steps(m_record, m_own || has_own_steps());
        steps.embed(m_root, "");
        steps.read(m_root);
        if (m_record.steps.empty()) throw EmptyRow("the trajectory has no steps");
        if (m_own) {
            restore_order();
        } else {
            read_totals(steps.cost_usd());
            describe_session(m_record);
            describe_origin(m_record, m_origin);
            m_kept.append("schema_version", version);
        }
        keep(steps);
        whole = m_own;
        return std::move(m_record);
    }

private:
    void read_head() {
        json::Value extra = take(m_root, "extra");
        m_final = take(m_root, "final_metrics");
        if (!extra.is_null()) {
            json::Object& object = object_of(extra, "extra");
            json::Value own = take(object, k_atif_own);
            if (json::Object* const members = own.if_object()) {
                m_own = true;
                m_agent_version_null = take(*members, "agent_version_null").bool_or(false);
                m_agent_model_null = take(*members, "agent_model_null").bool_or(false);
                m_agent_model = take_text(*members, "agent_model", "extra.opentraces");
                read_own_members(std::move(*members), own_metrics(), m_record);
            }
            if (!object.empty()) m_kept.append("extra", std::move(extra));
        }
        const trace::OptText session = take_text(m_root, "session_id", "");
        const trace::OptText trajectory = take_text(m_root, "trajectory_id", "");
        m_record.session_id = session.value_or(trajectory.value_or(origin_name(m_origin)));
        if (!m_own && session && trajectory && *session != *trajectory)
            m_record.session_id += "/" + *trajectory;
        const trace::OptText notes = take_text(m_root, "notes", "");
        if (!m_own && notes) m_kept.append("notes", *notes);
    }

    // A sub-agent's document in version 1.6, where only the main one speaks of the record.
    bool has_own_steps() const {
        return member(m_root, "steps").at(0)["extra"][k_atif_own]["step_index"].if_number() != nullptr;
    }

    json::Value own_metrics() {
        const json::Value& metrics = m_final["extra"]["opentraces_metrics"];
        return metrics.if_object() != nullptr ? metrics : json::Value();
    }

    void read_agent(json::Object& agent) {
        m_record.agent.name = take_required_text(agent, "name", "agent");
        m_record.agent.version = take_text(agent, "version", "agent");
        const bool unknown = m_record.agent.version == k_unknown;
        if (m_own ? m_agent_version_null : unknown) m_record.agent.version.reset();
        m_record.agent.model = take_text(agent, "model_name", "agent");
        if (m_agent_model_null) m_record.agent.model.reset();
        if (m_agent_model) m_record.agent.model = m_agent_model;
        json::Value tools = take(agent, "tool_definitions");
        if (!tools.is_null() && m_record.tool_definitions.empty()) {
            for (json::Value& tool : array_of(tools, "agent.tool_definitions"))
                m_record.tool_definitions.push_back(std::move(object_of(tool, "agent.tool_definitions")));
        }
        if (!agent.empty()) m_kept.append("agent", std::move(agent));
    }

    // The totals of the steps win where there are any: enrichment computes them.
    void read_totals(double step_costs) {
        if (m_final.is_null()) {
            if (step_costs > 0) m_record.metrics.estimated_cost_usd = step_costs;
            return;
        }
        json::Object totals = object_of(m_final, "final_metrics");
        const trace::Integer prompt = take_count(totals, "total_prompt_tokens", "final_metrics");
        const trace::Integer completion = take_count(totals, "total_completion_tokens", "final_metrics");
        const bool by_step =
            std::any_of(m_record.steps.begin(), m_record.steps.end(), [](const trace::Step& step) {
                return step.token_usage.input_tokens.value() + step.token_usage.output_tokens.value() > 0;
            });
        if (!by_step) {
            m_record.metrics.total_steps = static_cast<std::int64_t>(m_record.steps.size());
            m_record.metrics.total_input_tokens = prompt;
            m_record.metrics.total_output_tokens = completion;
        }
        const json::Number* const cost = m_final["total_cost_usd"].if_number();
        if (cost != nullptr)
            m_record.metrics.estimated_cost_usd = cost->as_double();
        else if (step_costs > 0)
            m_record.metrics.estimated_cost_usd = step_costs;
        m_kept.append("final_metrics", std::move(m_final));
    }

    // Sub-agents may have been anywhere in the record's list; where every index is there once, it says where.
    void restore_order() {
        std::set<std::string> seen;
        for (const trace::Step& step : m_record.steps) {
            if (!step.step_index.fits() || !seen.insert(step.step_index.text()).second) return;
        }
        std::stable_sort(m_record.steps.begin(), m_record.steps.end(),
                         [](const trace::Step& a, const trace::Step& b) {
                             return a.step_index.value() < b.step_index.value();
                         });
    }

    void keep(AtifSteps& steps) {
        m_root.erase("steps");
        m_root.erase("subagent_trajectories");
        for (auto& [key, value] : m_root)
            set_if_kept(m_kept, key, std::move(value));
        json::Object runs = steps.take_kept_runs();
        if (!runs.empty()) m_kept.append("subagents", std::move(runs));
        json::Object kept_steps = steps.take_kept_steps();
        if (!kept_steps.empty()) m_kept.append("steps", std::move(kept_steps));
        if (!m_kept.empty()) m_record.metadata.set(std::string(k_atif_metadata), std::move(m_kept));
    }

    json::Object& m_root;
    const RowOrigin& m_origin;
    trace::TraceRecord m_record;
    json::Object m_kept;  // what a record has no field for
    json::Value m_final;
    bool m_own = false;
    bool m_agent_version_null = false;
    bool m_agent_model_null = false;
    trace::OptText m_agent_model;
};

ImportedRow read(json::Value value, const RowOrigin& origin) {
    return guarded(
        [&](ImportedRow& row) { row.record = Reader(object_of(value, "the row"), origin).run(row.whole); });
}

}  // namespace

constinit const Importer k_import_atif{"atif", "Harbor trajectories (Agent Trajectory Interchange Format)",
                                       "ATIF 1.0 to 1.8", recognises, read};

}  // namespace opentraces::formats
