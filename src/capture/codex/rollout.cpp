#include "capture/codex/rollout.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/codex/results.hpp"
#include "capture/describe.hpp"
#include "capture/languages.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/usage_tally.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::codex {
namespace {

using namespace std::chrono_literals;

// The copied lines of a fork are written in one go; what follows waits at least for a person or a model.
constexpr auto k_jump = 250ms;

// Said again elsewhere in the file, or about the program rather than the work.
constexpr std::array<std::string_view, 27> k_known_events{"agent_message",
                                                          "agent_reasoning",
                                                          "agent_reasoning_raw_content",
                                                          "agent_reasoning_section_break",
                                                          "task_started",
                                                          "task_complete",
                                                          "token_count",
                                                          "context_compacted",
                                                          "web_search_begin",
                                                          "exec_command_begin",
                                                          "patch_apply_begin",
                                                          "mcp_tool_call_begin",
                                                          "item_completed",
                                                          "item_started",
                                                          "entered_review_mode",
                                                          "exited_review_mode",
                                                          "thread_settings_applied",
                                                          "collab_agent_spawn_end",
                                                          "collab_agent_interaction_end",
                                                          "collab_waiting_end",
                                                          "collab_close_end",
                                                          "dynamic_tool_call_request",
                                                          "dynamic_tool_call_response",
                                                          "view_image_tool_call",
                                                          "guardian_assessment",
                                                          "background_event",
                                                          "plan_update"};

// The program writes these in the user's place.
constexpr std::array<std::string_view, 9> k_injected{
    "# AGENTS.md instructions", "<environment_context>",      "<user_instructions>",
    "<turn_aborted>",           "<permissions instructions>", "<skill>",
    "<INSTRUCTIONS>",           "<subagent_notification>",    "<user_shell_command>"};

bool is_injected(std::string_view text) {
    return std::any_of(k_injected.begin(), k_injected.end(),
                       [&](std::string_view start) { return text.starts_with(start); });
}

json::Object arguments_of(const json::Value& value) {
    if (const json::Object* object = value.if_object()) return *object;
    json::Object input;
    const std::string* text = value.if_string();
    if (text == nullptr || trim(*text).empty()) return input;
    try {
        json::Value parsed = json::parse(*text);
        if (json::Object* object = parsed.if_object()) return std::move(*object);
    } catch (const json::SyntaxError&) {
        // Models write broken arguments; what they wrote is the fact.
    }
    input.set("raw", *text);
    return input;
}

void append_to(trace::OptText& field, std::string_view text) {
    if (trim(text).empty()) return;
    std::string whole = std::move(field).value_or("");
    append_paragraph(whole, text);
    field = std::move(whole);
}

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

// One response of the model: its items follow each other until something else is said.
std::size_t Rollout::reply() {
    say_waiting_prompts();
    if (m_open && m_reply) return *m_reply;
    trace::Step& step = m_steps.reply();
    set_text(step.model, model());
    set_text(step.timestamp, m_time);
    if (m_facts.is_subagent) {
        step.call_type = trace::CallType::Subagent;
        step.agent_role = m_facts.agent_role.empty() ? "general" : m_facts.agent_role;
    }
    m_reply = m_parsed.record->steps.size() - 1;
    m_open = true;
    tell_surroundings();
    return *m_reply;
}

bool Rollout::take_item(const json::Value& item) {
    const std::string_view type = item["type"].string_or();
    if (type == "message" || (type.empty() && item["role"].if_string() != nullptr)) {
        take_message(item);
    } else if (type == "agent_message") {
        take_agent_message(item);
    } else if (type == "reasoning") {
        take_reasoning(item);
    } else if (type == "function_call") {
        // The namespace of a server's tools is the start of their names.
        take_call(item,
                  std::string(item["namespace"].string_or()) + std::string(item["name"].string_or("unknown")),
                  arguments_of(item["arguments"]));
    } else if (type == "custom_tool_call") {
        json::Object input;
        input.set("input", item["input"]);
        take_call(item, std::string(item["name"].string_or("unknown")), std::move(input));
    } else if (type == "local_shell_call") {
        take_call(item, "local_shell", arguments_of(item["action"]));
    } else if (type == "web_search_call") {
        take_call(item, "web_search", arguments_of(item["action"]));
        // Its result goes to the model alone.
        if (item["status"].string_or() == "completed") m_steps.answer(call_id(item), {});
    } else if (type == "tool_search_call") {
        take_call(item, "tool_search", arguments_of(item["arguments"]));
    } else if (type.ends_with("_output")) {
        take_output(item);
    } else {
        return type == "ghost_snapshot" || type == "compaction" || type == "compaction_summary";
    }
    ++m_parsed.report.conversation_lines;
    return true;
}

void Rollout::take_message(const json::Value& item) {
    const std::string_view role = item["role"].string_or();
    const json::Value& content = item["content"];
    if (role == "assistant") return append_to(step(reply()).content, text_of(content));
    const std::string text = text_of(content);
    m_open = false;
    if (text.empty()) return;
    const bool user = role == "user";
    say(user && !is_injected(text) ? trace::Role::User : trace::Role::System, text);
    if (!user || trim(text).empty()) return;
    m_prompts.push_back(m_parsed.record->steps.size() - 1);
    const auto waiting =
        std::find_if(m_waiting_prompts.begin(), m_waiting_prompts.end(),
                     [&text](const std::string& prompt) { return text.find(prompt) != std::string::npos; });
    if (waiting == m_waiting_prompts.end()) return;
    match_prompt(*waiting);
    m_waiting_prompts.erase(waiting);
}

// What another agent sent to this one.
void Rollout::take_agent_message(const json::Value& item) {
    const std::string text = text_of(item["content"]);
    m_open = false;
    if (trim(text).empty()) return;
    say(trace::Role::User, text);
    set_if_some(m_step_facts.of(m_parsed.record->steps.back().step_index.value()), "from",
                item["author"].string_or());
}

void Rollout::take_reasoning(const json::Value& item) {
    trace::OptText& reasoning = step(reply()).reasoning_content;
    append_to(reasoning, text_of(item["content"]));
    if (const json::Array* parts = item["summary"].if_array()) {
        for (const json::Value& part : *parts)
            append_to(reasoning, part["text"].string_or());
    }
}

std::string Rollout::call_id(const json::Value& item) {
    const std::string_view id = item["call_id"].string_or(item["id"].string_or());
    return id.empty() ? "line-" + std::to_string(m_line) : std::string(id);
}

void Rollout::take_call(const json::Value& item, std::string name, json::Object input) {
    trace::ToolCall call;
    call.tool_call_id = call_id(item);
    call.tool_name = std::move(name);
    call.input = std::move(input);
    if (!m_steps.call(reply(), std::move(call))) ++m_repeated_calls;
}

void Rollout::take_output(const json::Value& item) {
    m_open = false;
    const std::string id = call_id(item);
    Outcome outcome = read_output(item["output"].is_null() ? item["tools"] : item["output"]);
    trace::StepBuilder::Place* const place = m_steps.find(id);
    if (place == nullptr) {
        ++m_orphans;
        return;
    }
    if (outcome.duration_ms) m_steps.call_at(*place).duration_ms = *outcome.duration_ms;
    // An event may have told the exit code before the output came.
    const trace::OptText told = place->answered ? m_steps.observation_at(*place).error : std::nullopt;
    if (!outcome.observation.error) outcome.observation.error = told;
    m_patches.answer(m_steps.call_at(*place), outcome.observation, step(place->step).step_index.value());
    m_steps.answer(id, std::move(outcome.observation));
}

// Its item stands before the event or after it.
void Rollout::note_prompt(std::string_view text) {
    m_tells_prompts = true;
    if (m_copying) return;
    if (!match_prompt(std::string(text))) m_waiting_prompts.emplace_back(text);
}

// The latest user message with this text that nobody has typed yet, as far as is known.
bool Rollout::match_prompt(const std::string& text) {
    for (auto at = m_prompts.rbegin(); at != m_prompts.rend(); ++at) {
        const trace::Step& said = step(*at);
        const std::string_view whole = *said.content;
        if (m_human.count(*at) > 0 || (!text.empty() && whole.find(text) == std::string_view::npos)) continue;
        m_human.insert(*at);
        if (m_in_turn && ++m_turn_prompts > 1) {
            m_step_facts.of(said.step_index.value()).set("mid_turn", true);
            ++m_mid_turn;
        }
        return true;
    }
    return false;
}

// The model answers: an item that holds them does not come any more.
void Rollout::say_waiting_prompts() {
    for (const std::string& text : std::exchange(m_waiting_prompts, {})) {
        if (trim(text).empty()) continue;
        say(trace::Role::User, text);
        m_prompts.push_back(m_parsed.record->steps.size() - 1);
        match_prompt(text);
    }
}

bool Rollout::take_event(const json::Value& event) {
    const std::string_view type = event["type"].string_or();
    if (type == "token_count") {
        m_usage.take_total(event["info"], m_reply, model(), m_copying);
        return true;
    }
    if (m_copying) {
        ++m_copied;
        return true;
    }
    if (type == "task_started" || type == "task_complete" || type == "turn_aborted") {
        m_in_turn = type == "task_started";
        m_turn_prompts = 0;
    }
    if (type == "user_message") {
        note_prompt(event["message"].string_or());
    } else if (type == "item_completed" && event["item"]["type"].string_or() == "UserMessage") {
        note_prompt(text_of(event["item"]["content"]));
    } else if (type == "token_usage_record") {
        m_usage.take_record(event, m_reply, model(), m_copying);
    } else if (type.ends_with("_end") && event["call_id"].if_string() != nullptr) {
        take_end(event);
    } else if (type == "turn_aborted") {
        ++m_facts.interruptions;
        m_facts.interrupted = true;
    } else if (type == "task_complete" || type == "turn_complete") {
        m_facts.turn_ended = true;
    } else if (type == "thread_rolled_back") {
        m_facts.rolled_back_turns += static_cast<std::size_t>(count_of(event["num_turns"]));
    } else if (type == "thread_name_updated") {
        m_facts.title = event["thread_name"].string_or();
    } else if (type == "error" || type == "stream_error") {
        m_facts.errors.emplace_back(event["message"].string_or(event["error"]["message"].string_or()));
    } else {
        return std::find(k_known_events.begin(), k_known_events.end(), type) != k_known_events.end();
    }
    return true;
}

// exec_command_end, patch_apply_end, mcp_tool_call_end, web_search_end: more about a call than its output
// says.
void Rollout::take_end(const json::Value& event) {
    const std::string id(event["call_id"].string_or());
    trace::StepBuilder::Place* const place = m_steps.find(id);
    if (place == nullptr) {
        ++m_orphans;
        // A script that was called has applied a patch.
        if (m_reply && event["success"].bool_or(false))
            m_patches.tell(changes_of(event["changes"]), id, step(*m_reply).step_index.value());
        return;
    }
    trace::ToolCall& call = m_steps.call_at(*place);
    if (const auto duration = duration_of(event)) call.duration_ms = *duration;
    trace::Observation& observation = m_steps.observation_at(*place);
    if (!place->answered) {
        observation.error.reset();
        const std::string_view output = event["aggregated_output"].string_or(event["stdout"].string_or());
        set_text(observation.content, output);
        place->answered = true;
    }
    const auto code = event["exit_code"].integer();
    if (code && *code != 0) observation.error = "exit_code:" + std::to_string(*code);
    const bool failed = !event["success"].bool_or(true) || !event["result"]["Err"].is_null();
    if (failed && !observation.error) observation.error = "tool_error";
    if (failed) return;
    if (event["changes"].if_object() != nullptr)
        m_patches.tell(changes_of(event["changes"]), id, step(place->step).step_index.value());
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
