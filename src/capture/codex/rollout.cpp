#include "capture/codex/rollout.hpp"

#include "capture/blocks.hpp"
#include "capture/describe.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/usage_tally.hpp"

namespace opentraces::capture::codex {
namespace {

using namespace std::chrono_literals;

// The copied lines of a fork are written in one go; what follows waits at least for a person or a model.
constexpr auto k_jump = 250ms;

void set_first(std::string& field, std::string_view text) {
    if (field.empty()) field = text;
}

}  // namespace

bool is_bare_item(const json::Value& line) {
    if (!line["payload"].is_null()) return false;
    const std::string_view type = line["type"].string_or();
    const bool call = type == "function_call" || type == "function_call_output";
    return (call && line["call_id"].if_string() != nullptr) ||
           (type == "message" && line["content"].if_array() != nullptr &&
            line["role"].if_string() != nullptr) ||
           (type == "reasoning" && line["summary"].if_array() != nullptr);
}

bool is_rollout_line(const json::Value& line) {
    const std::string_view type = line["type"].string_or();
    const json::Value& payload = line["payload"];
    // Others have reasoning of the same form.
    if (payload.if_object() == nullptr) return is_bare_item(line) && type != "reasoning";
    if (type == "session_meta") return payload["id"].if_string() != nullptr;
    const bool item = payload["type"].if_string() != nullptr || payload["role"].if_string() != nullptr;
    return (type == "response_item" || type == "event_msg") ? item : type == "turn_context";
}

void Rollout::take(json::Value&& line, std::size_t number) {
    m_line = number;
    const std::string_view type = line["type"].string_or();
    const json::Value& payload = line["payload"];
    note_time(line);
    bool known = true;
    if (type == "session_meta") {
        take_meta(payload);
    } else if (m_copying && type != "event_msg") {
        ++m_copied;
        return;
    } else if (type == "turn_context") {
        take_turn(payload);
    } else if (type == "response_item") {
        m_facts.turn_ended = m_facts.interrupted = false;
        known = take_item(payload);
    } else if (type == "event_msg") {
        known = take_event(payload);
    } else if (type == "token_usage_record") {
        m_usage.take_record(payload, m_reply, model(), m_copying);
    } else if (type == "compacted") {
        ++m_facts.compactions;
        m_open = false;
        say(trace::Role::System, std::string(payload["message"].string_or()));
    } else if (is_bare_item(line)) {
        known = take_item(line);
    } else if (type.empty() && !m_has_meta && line["id"].if_string() != nullptr) {
        take_meta(line);
    } else {
        known = type == "world_state" || type == "inter_agent_communication" ||
                type == "inter_agent_communication_metadata" || !line["record_type"].is_null();
    }
    count(line, known);
}

void Rollout::note_time(const json::Value& line) {
    const std::string_view text = line["timestamp"].string_or();
    const auto at = parse_iso8601(text);
    m_time = at ? std::string(text) : std::string();
    if (!at) return;
    if (m_copying && m_previous && *at - *m_previous >= k_jump) m_copying = false;
    m_previous = at;
    if (m_copying) return;
    set_first(m_facts.start, text);
    m_facts.end = text;
}

// Only the first one describes the file. One with another id is that of the session it was forked from.
void Rollout::take_meta(const json::Value& meta) {
    const std::string_view id = meta["id"].string_or();
    if (m_has_meta) {
        if (id != m_facts.id && !id.empty()) {
            set_first(m_facts.parent, id);
            m_copying = true;
        }
        return;
    }
    m_has_meta = true;
    m_facts.id = id;
    m_facts.cwd = meta["cwd"].string_or();
    m_facts.version = meta["cli_version"].string_or();
    m_facts.originator = meta["originator"].string_or();
    m_facts.provider = meta["model_provider"].string_or();
    m_facts.branch = meta["git"]["branch"].string_or();
    m_facts.commit = meta["git"]["commit_hash"].string_or();
    m_facts.repository = meta["git"]["repository_url"].string_or();
    m_facts.instructions = meta["base_instructions"]["text"].string_or(meta["instructions"].string_or());
    const json::Value& subagent = meta["source"]["subagent"];
    const json::Value& spawn = subagent["thread_spawn"];
    m_facts.is_subagent = !subagent.is_null();
    m_facts.agent_role = subagent.string_or(spawn["agent_role"].string_or(meta["agent_role"].string_or()));
    for (const json::Value* parent :
         {&meta["parent_thread_id"], &spawn["parent_thread_id"], &meta["forked_from_id"]})
        set_first(m_facts.parent, parent->string_or());
}

void Rollout::take_turn(const json::Value& turn) {
    set_first(m_facts.cwd, turn["cwd"].string_or());
    if (const auto model = turn["model"].string_or(); !model.empty()) m_facts.model = model;
    if (const auto policy = turn["approval_policy"].string_or(); !policy.empty())
        m_facts.approval_policy = policy;
    const json::Value& sandbox = turn["sandbox_policy"];
    m_surroundings.note("working_directory", turn["cwd"].string_or());
    m_surroundings.note("permission_mode", turn["approval_policy"].string_or());
    m_surroundings.note("sandbox", sandbox["type"].string_or(sandbox["mode"].string_or()));
    m_surroundings.note("mode", turn["collaboration_mode"]["mode"].string_or());
    m_surroundings.note("effort", turn["effort"].string_or());
    m_open = false;
}

void Rollout::tell_surroundings() {
    m_surroundings.tell(m_step_facts.of(m_parsed.record->steps.back().step_index.value()));
}

void Rollout::say(trace::Role role, const std::string& text) {
    if (trim(text).empty()) return;
    trace::Step& said = m_steps.say(role, text);
    set_text(said.timestamp, m_time);
    if (m_facts.is_subagent) said.call_type = trace::CallType::Subagent;
    tell_surroundings();
}

std::string Rollout::model() const {
    const bool bare = m_facts.model.find('/') == std::string::npos;
    const bool named = !m_facts.model.empty() && !m_facts.provider.empty();
    return named && bare ? m_facts.provider + "/" + m_facts.model : m_facts.model;
}

trace::Step& Rollout::step(std::size_t at) {
    return m_parsed.record->steps[at];
}

void Rollout::count(const json::Value& line, bool known) {
    const std::string_view type = line["type"].string_or();
    const std::string_view inner = line["payload"]["type"].string_or();
    std::string name(type.empty() ? "(none)" : type);
    if (!inner.empty()) name.append("/").append(inner);
    if (!known) {
        add_to_counts(m_parsed.report.unknown_line_types, name);
    } else if (type != "response_item") {
        add_to_counts(m_parsed.report.ignored_line_types, name);
    }
}

void Rollout::name_repeated_context() {
    ContextTexts texts;
    for (trace::Step& step : m_parsed.record->steps) {
        if (step.role != trace::Role::System) continue;
        const std::int64_t index = step.step_index.value();
        if (texts.repeats(step, index, m_step_facts.of(index))) ++m_repeated_context;
    }
}

void Rollout::finish(const Accounting& accounting) {
    say_waiting_prompts();
    for (const std::size_t at : m_prompts) {
        if (m_tells_prompts) step(at).role = m_human.count(at) > 0 ? trace::Role::User : trace::Role::System;
    }
    name_repeated_context();
    m_parsed.evidence.changes = m_patches.take();
    enrich::UsageTally tally(m_parsed.evidence.usage);
    for (const Use& use : m_usage.uses()) {
        const std::int64_t input =
            accounting.input(use.counts.input, use.counts.cached, use.counts.cache_write);
        tally.add({use.model, 1, input, use.counts.output, use.counts.cached, use.counts.cache_write, 0});
        if (!use.step) continue;
        trace::TokenUsage& usage = step(*use.step).token_usage;
        usage.input_tokens = usage.input_tokens.value() + input;
        usage.output_tokens = usage.output_tokens.value() + use.counts.output;
        usage.cache_read_tokens = usage.cache_read_tokens.value() + use.counts.cached;
        usage.cache_write_tokens = usage.cache_write_tokens.value() + use.counts.cache_write;
    }
}

}  // namespace opentraces::capture::codex
