#include <fmt/format.h>

#include <utility>

#include "formats/imports/atif.hpp"
#include "formats/view/prepared.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::formats {
namespace {

using trace::Role;

Role role_of(std::string_view source, const std::string& at) {
    if (source == "system") return Role::System;
    if (source == "user") return Role::User;
    if (source == "agent") return Role::Agent;
    throw RowProblem(at + ".source", "is not system, user or agent");
}

// The step that these members describe, by the record's own decoder.
trace::Step decode_step(json::Object members, const std::string& at) {
    members.set("step_index",
                members.find("step_index") != nullptr ? *members.find("step_index") : json::Value(0));
    members.set("role", "agent");
    json::Object agent;
    agent.append("name", "");
    json::Object record;
    record.append("trace_id", "");
    record.append("session_id", "");
    record.append("agent", std::move(agent));
    record.append("steps", json::Array{json::Value(std::move(members))});
    trace::Decoded decoded = trace::decode(json::Value(std::move(record)));
    if (decoded.problem)
        throw RowProblem(at + ".extra.opentraces", decoded.problem->field + ": " + decoded.problem->words);
    return std::move(decoded.record->steps.front());
}

void keep_if(json::Object& kept, std::string_view key, json::Object value) {
    if (!value.empty()) kept.set(std::string(key), std::move(value));
}

std::string number_key(std::size_t number) {
    return std::to_string(number);
}

}  // namespace

void AtifSteps::embed(json::Object& trajectory, std::string_view at) {
    json::Value* const found = trajectory.find("subagent_trajectories");
    if (found == nullptr || found->is_null()) return;
    const std::string here = std::string(at) + (at.empty() ? "" : ".") + "subagent_trajectories";
    json::Array& list = array_of(*found, here);
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string place = fmt::format("{}.{}", here, i);
        json::Object& inner = object_of(list[i], place);
        const json::Value* const id = inner.find("trajectory_id");
        if (id == nullptr || id->if_string() == nullptr)
            throw RowProblem(place + ".trajectory_id", "is missing");
        if (!m_embedded.emplace(*id->if_string(), Embedded{&inner, place, false}).second)
            throw RowProblem(place + ".trajectory_id", "is used twice");
        embed(inner, place);
    }
}

void AtifSteps::read(json::Object& trajectory) {
    read_run(trajectory, {}, "");
    // Nobody refers to these.
    for (auto& [id, embedded] : m_embedded) {
        if (embedded.used) continue;
        embedded.used = true;
        keep_run(id, *embedded.trajectory);
        read_run(*embedded.trajectory, {false, std::nullopt, std::nullopt}, embedded.at);
    }
}

void AtifSteps::read_run(json::Object& trajectory, const Agent& agent, std::string_view at) {
    json::Value steps = take(trajectory, "steps");
    if (steps.is_null()) throw RowProblem(std::string(at) + (at.empty() ? "" : ".") + "steps", "is missing");
    json::Array& list = array_of(steps, "steps");
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string place = fmt::format("{}{}steps.{}", at, at.empty() ? "" : ".", i);
        read_step(object_of(list[i], place), agent, place);
    }
}

void AtifSteps::read_step(json::Object& source, const Agent& agent, const std::string& at) {
    if (take_prompt(source, at)) return;
    json::Object own = take_own(source);
    give_back_extras(source, own);
    trace::Step step;
    step.step_index = static_cast<std::int64_t>(m_record.steps.size() + 1);
    step.role = role_of(take_required_text(source, "source", at), at);
    step.call_type = agent.main ? trace::CallType::Main : trace::CallType::Subagent;
    step.parent_step = agent.parent;
    if (step.role == Role::Agent) step.agent_role = agent.main ? trace::OptText("main") : agent.role;
    step.timestamp = take_text(source, "timestamp", at);
    step.model = take_text(source, "model_name", at);
    step.reasoning_content = take_text(source, "reasoning_content", at);
    take(source, "step_id");
    json::Object kept;
    m_spawned.clear();
    m_reference.reset();
    read_text(source, step, kept, at);
    read_calls(source, step, kept, at);
    read_results(source, step, kept, at);
    read_metrics(source, step, kept, at);
    const std::vector<std::string> spawned = std::exchange(m_spawned, {});
    if (!own.empty()) restore(std::move(own), step, at);
    if (!step.subagent_trajectory_ref) step.subagent_trajectory_ref = reference_of(spawned, step);
    keep_rest(source, step, kept);
    const trace::Integer index = step.step_index;
    m_record.steps.push_back(std::move(step));
    for (const std::string& id : spawned)
        read_spawned(id, index);
}

// A step that our exporter made of a system prompt.
bool AtifSteps::take_prompt(json::Object& step, const std::string& at) {
    const json::Value* const extra = step.find("extra");
    if (!m_own || extra == nullptr) return false;
    const json::Value& own = (*extra)[k_atif_own];
    if (!own["synthesized"].bool_or(false)) return false;
    const std::string hash(own["system_prompt_hash"].string_or());
    std::string text = take_required_text(step, "message", at);
    for (const auto& [known, prompt] : m_record.system_prompts) {
        if (known == hash) return true;
    }
    m_record.system_prompts.emplace_back(hash, std::move(text));
    return true;
}

void AtifSteps::read_text(json::Object& source, trace::Step& step, json::Object& kept,
                          const std::string& at) {
    json::Value message = take(source, "message");
    if (message.is_null()) return;
    if (message.if_array() != nullptr) {
        json::Value original = message;
        PlainText text = plain_text(std::move(message), at + ".message");
        if (!text.plain) kept.append("message", std::move(original));
        step.content = std::move(text.text);
        return;
    }
    step.content = plain_text(std::move(message), at + ".message").text;
}

void AtifSteps::read_calls(json::Object& source, trace::Step& step, json::Object& kept,
                           const std::string& at) {
    json::Value calls = take(source, "tool_calls");
    if (calls.is_null()) return;
    json::Object kept_calls;
    json::Array& list = array_of(calls, at + ".tool_calls");
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string place = fmt::format("{}.tool_calls.{}", at, i);
        json::Object& object = object_of(list[i], place);
        trace::ToolCall call;
        call.tool_call_id = take_required_text(object, "tool_call_id", place);
        call.tool_name = take_required_text(object, "function_name", place);
        call.input = arguments_of(take(object, "arguments"));
        if (json::Value* const extra = object.find("extra"); extra != nullptr && extra->if_object()) {
            json::Object& more = *extra->if_object();
            const json::Number* const duration = member(more, "duration_ms").if_number();
            if (duration != nullptr && !duration->is_float)
                call.duration_ms = take_count(more, "duration_ms", place + ".extra");
            const trace::OptText id =
                m_own ? take_text(more, "tool_call_id", place + ".extra") : std::nullopt;
            if (id) call.tool_call_id = *id;
            if (more.empty()) object.erase("extra");
        }
        keep_if(kept_calls, number_key(i), std::move(object));
        step.tool_calls.push_back(std::move(call));
    }
    keep_if(kept, "tool_calls", std::move(kept_calls));
}

void AtifSteps::read_results(json::Object& source, trace::Step& step, json::Object& kept,
                             const std::string& at) {
    json::Value observation = take(source, "observation");
    if (observation.is_null()) return;
    json::Object& object = object_of(observation, at + ".observation");
    json::Value results = take(object, "results");
    json::Object kept_results;
    if (!results.is_null()) {
        json::Array& list = array_of(results, at + ".observation.results");
        for (std::size_t i = 0; i < list.size(); ++i) {
            const std::string place = fmt::format("{}.observation.results.{}", at, i);
            json::Object& result = object_of(list[i], place);
            json::Object kept_result;
            const bool made = m_own && member(result, "extra")["synthesized"].bool_or(false);
            trace::Observation read = read_result(result, kept_result, place);
            if (made) continue;
            keep_if(kept_results, number_key(i), std::move(kept_result));
            step.observations.push_back(std::move(read));
        }
    }
    keep_if(kept, "results", std::move(kept_results));
    keep_if(kept, "observation", std::move(object));
}

trace::Observation AtifSteps::read_result(json::Object& result, json::Object& kept, const std::string& at) {
    trace::Observation observation;
    observation.source_call_id = take_text(result, "source_call_id", at).value_or("");
    read_references(result, kept, at);
    json::Value content = take(result, "content");
    if (content.if_array() != nullptr) {
        json::Value original = content;
        PlainText text = plain_text(std::move(content), at + ".content");
        if (!text.plain) kept.append("content", std::move(original));
        observation.content = std::move(text.text);
    } else if (!content.is_null()) {
        observation.content = plain_text(std::move(content), at + ".content").text;
    }
    if (json::Value* const extra = result.find("extra"); extra != nullptr && extra->if_object()) {
        json::Object& more = *extra->if_object();
        if (more.find("error") != nullptr && more.find("error")->if_string() != nullptr)
            observation.error = take_text(more, "error", at + ".extra");
        if (m_own) {
            observation.output_summary = take_text(more, "output_summary", at + ".extra");
            for (const std::string_view key : {"orphan_source_call_id", "source_call_id"}) {
                const trace::OptText id = take_text(more, key, at + ".extra");
                if (id) observation.source_call_id = *id;
            }
            if (take(more, "content_null").bool_or(false)) observation.content.reset();
        }
        if (more.empty()) result.erase("extra");
    }
    for (auto& [key, value] : result)
        kept.set(key, std::move(value));
    return observation;
}

void AtifSteps::read_references(json::Object& result, json::Object& kept, const std::string& at) {
    json::Value references = take(result, "subagent_trajectory_ref");
    if (references.is_null()) return;
    // Up to version 1.5 it was one object.
    if (json::Object* const one = references.if_object()) references = json::Array{json::Value(*one)};
    bool all_embedded = true;
    for (json::Value& reference : array_of(references, at + ".subagent_trajectory_ref")) {
        const std::string id(reference["trajectory_id"].string_or());
        if (m_embedded.contains(id)) {
            m_spawned.push_back(id);
            continue;
        }
        all_embedded = false;
        std::string other(reference["trajectory_path"].string_or());
        if (other.empty()) other = id.empty() ? reference["session_id"].string_or() : std::string_view(id);
        if (!m_own && !m_reference && !other.empty()) m_reference = std::move(other);
    }
    if (!m_own && !all_embedded) kept.append("subagent_trajectory_ref", std::move(references));
}

// ATIF's prompt tokens include what came from the cache and what was written to it; a record's do not.
void AtifSteps::read_metrics(json::Object& source, trace::Step& step, json::Object& kept,
                             const std::string& at) {
    json::Value value = take(source, "metrics");
    if (value.is_null()) return;
    const std::string here = at + ".metrics";
    json::Object& metrics = object_of(value, here);
    const trace::Integer prompt = take_count(metrics, "prompt_tokens", here);
    trace::TokenUsage& usage = step.token_usage;
    usage.output_tokens = take_count(metrics, "completion_tokens", here);
    usage.cache_read_tokens = take_count(metrics, "cached_tokens", here);
    std::optional<trace::Integer> uncached;
    bool all_is_input = false;  // the record counted its cache inside the input
    if (json::Value* const extra = metrics.find("extra"); extra != nullptr && extra->if_object()) {
        json::Object& more = *extra->if_object();
        usage.cache_write_tokens = take_count(more, "cache_creation_input_tokens", here + ".extra");
        usage.prefix_reuse_tokens = take_count(more, "prefix_reuse_tokens", here + ".extra");
        if (more.find("uncached_input_tokens") != nullptr)
            uncached = take_count(more, "uncached_input_tokens", here + ".extra");
        all_is_input = m_own && take(more, "input_tokens_include_cache").bool_or(false);
        if (more.empty()) metrics.erase("extra");
    }
    const std::int64_t all = prompt.value();
    const std::int64_t read = usage.cache_read_tokens.value();
    const std::int64_t written = usage.cache_write_tokens.value();
    const bool includes_cache = prompt.fits() && read >= 0 && written >= 0 && all - read >= written;
    if (uncached || all_is_input) {
        usage.input_tokens = uncached.value_or(prompt);
    } else if (includes_cache) {
        usage.input_tokens = all - read - written;
    } else {
        // Some writers count what was not cached only.
        usage.input_tokens = prompt;
        if (prompt.fits()) metrics.set("prompt_tokens", all);
    }
    if (const json::Number* const cost = value["cost_usd"].if_number()) m_cost_usd += cost->as_double();
    keep_if(kept, "metrics", std::move(metrics));
}

json::Object AtifSteps::take_own(json::Object& source) const {
    json::Value* const extra = source.find("extra");
    if (!m_own || extra == nullptr || extra->if_object() == nullptr) return {};
    json::Value own = take(*extra->if_object(), k_atif_own);
    if (extra->if_object()->empty()) source.erase("extra");
    return own.if_object() != nullptr ? std::move(*own.if_object()) : json::Object();
}

// Version 1.6 has no room beside calls and results; the exporter keeps there what belongs to them.
void AtifSteps::give_back_extras(json::Object& source, json::Object& own) {
    json::Value calls = take(own, "call_extra");
    json::Value results = take(own, "result_extra");
    json::Value* const list = source.find("tool_calls");
    if (json::Array* const array = list != nullptr ? list->if_array() : nullptr) {
        for (json::Value& call : *array) {
            const json::Value& extra = calls[call["tool_call_id"].string_or()];
            if (call.if_object() != nullptr && !extra.is_null()) call.if_object()->set("extra", extra);
        }
    }
    json::Value* const observation = source.find("observation");
    json::Object* const object = observation != nullptr ? observation->if_object() : nullptr;
    json::Value* const entries = object != nullptr ? object->find("results") : nullptr;
    if (json::Array* const array = entries != nullptr ? entries->if_array() : nullptr) {
        for (std::size_t i = 0; i < array->size(); ++i) {
            const json::Value& extra = results[number_key(i)];
            json::Object* const result = (*array)[i].if_object();
            if (result != nullptr && !extra.is_null()) result->set("extra", extra);
        }
    }
}

// What the exporter put beside ATIF's own fields.
void AtifSteps::restore(json::Object own, trace::Step& step, const std::string& at) {
    if (take(own, "content_null").bool_or(false)) step.content.reset();
    restore_order(take(own, "observation_order"), step);
    const bool other_fields = own.find("model") != nullptr || own.find("reasoning_content") != nullptr ||
                              own.find("tool_calls") != nullptr || own.find("token_usage") != nullptr;
    trace::Step said = decode_step(std::move(own), at);
    step.step_index = said.step_index;
    step.agent_role = std::move(said.agent_role);
    step.call_type = said.call_type;
    step.parent_step = said.parent_step;
    step.system_prompt_hash = std::move(said.system_prompt_hash);
    step.tools_available = std::move(said.tools_available);
    step.snippets = std::move(said.snippets);
    if (said.timestamp) step.timestamp = std::move(said.timestamp);
    if (said.subagent_trajectory_ref) step.subagent_trajectory_ref = std::move(said.subagent_trajectory_ref);
    if (!other_fields) return;
    if (said.model) step.model = std::move(said.model);
    if (said.reasoning_content) step.reasoning_content = std::move(said.reasoning_content);
    if (!said.tool_calls.empty()) step.tool_calls = std::move(said.tool_calls);
    if (has_usage(said.token_usage)) step.token_usage = said.token_usage;
}

void AtifSteps::keep_rest(json::Object& source, const trace::Step& step, json::Object& kept) {
    // The exporter writes 1 for every step that a model took part in.
    const json::Value* const calls = source.find("llm_call_count");
    const bool usual = calls != nullptr && calls->integer() == 1 && step.role == Role::Agent &&
                       (step.model || has_usage(step.token_usage));
    if (calls != nullptr && (m_own || usual)) source.erase("llm_call_count");
    keep_untaken(source, kept);
    if (!kept.empty()) m_kept_steps.set(step.step_index.text(), std::move(kept));
}

void AtifSteps::read_spawned(const std::string& id, const trace::Integer& parent) {
    Embedded& embedded = m_embedded.find(id)->second;
    if (std::exchange(embedded.used, true)) return;
    Agent agent{false, parent, std::nullopt};
    const json::Value& described = member(*embedded.trajectory, "agent");
    agent.role = described["extra"]["agent_role"].string_or(described["name"].string_or());
    keep_run(id, *embedded.trajectory);
    read_run(*embedded.trajectory, agent, embedded.at);
}

// What an embedded trajectory says of itself, beside its steps.
void AtifSteps::keep_run(const std::string& id, json::Object& trajectory) {
    if (m_own) return;
    json::Object kept;
    for (const auto& [key, value] : trajectory) {
        if (key != "steps" && key != "subagent_trajectories" && key != "trajectory_id")
            kept.append(key, value);
    }
    keep_if(m_kept_runs, id, std::move(kept));
}

// Our exporter names a run after the reference of the step that started it, or, when that has none, after
// the step; other references are beside the step.
trace::OptText AtifSteps::reference_of(const std::vector<std::string>& spawned,
                                       const trace::Step& step) const {
    if (spawned.empty()) return m_reference;
    if (!m_own) return spawned.front();
    const std::string prefix = m_record.trace_id + "/";
    std::string name = spawned.front();
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
    if (name.starts_with("sub-" + step.step_index.text() + "-")) return std::nullopt;
    return name;
}

// Results stand in call order; `order` says where each of them stood among the step's observations.
void AtifSteps::restore_order(const json::Value& order, trace::Step& step) {
    const json::Array* const positions = order.if_array();
    std::vector<trace::Observation>& now = step.observations;
    if (positions == nullptr || positions->size() != now.size()) return;
    std::vector<std::optional<trace::Observation>> before(now.size());
    for (std::size_t i = 0; i < now.size(); ++i) {
        const auto position = (*positions)[i].integer().value_or(-1);
        if (position < 0 || position >= static_cast<std::int64_t>(now.size())) return;
        if (before[static_cast<std::size_t>(position)]) return;
        before[static_cast<std::size_t>(position)] = now[i];
    }
    for (std::size_t i = 0; i < now.size(); ++i)
        now[i] = std::move(*before[i]);
}

}  // namespace opentraces::formats
