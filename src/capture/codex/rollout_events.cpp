// The events beside the conversation: who has typed a prompt, how calls and turns ended.
#include <algorithm>
#include <array>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/codex/results.hpp"
#include "capture/codex/rollout.hpp"
#include "capture/describe.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::codex {
namespace {

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

}  // namespace

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

}  // namespace opentraces::capture::codex
