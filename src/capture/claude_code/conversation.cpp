#include "capture/claude_code/conversation.hpp"

#include <algorithm>

#include "capture/blocks.hpp"
#include "capture/claude_code/context.hpp"
#include "capture/claude_code/facts.hpp"
#include "capture/claude_code/files.hpp"
#include "capture/claude_code/results.hpp"
#include "capture/describe.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::claude_code {
namespace {

constexpr std::string_view k_withheld =
    "[redacted: model produced reasoning but content was withheld by provider]";
constexpr std::int64_t k_warmup_output = 10;

// `message` is an object in real sessions; shortened ones have its content in its place.
const json::Value& content_of(const json::Value& line) {
    const json::Value& message = line["message"];
    return message.if_object() == nullptr ? message : message["content"];
}

void set_kind(Draft& draft, PromptKind kind) {
    draft.kind = kind;
    draft.step.role = is_program(kind) ? trace::Role::System : trace::Role::User;
}

// `said` tells who speaks: the line, or its attachment.
Draft& add_prompt(Conversation& conversation, const json::Value& line, const json::Value& said,
                  std::string text) {
    const PromptKind kind = classify_prompt(said, text);
    if (conversation.command) {
        Draft& command = conversation.drafts[*conversation.command];
        set_kind(command, command_kind(command.kind, kind, text));
        conversation.command.reset();
    }
    if (kind == PromptKind::Request || kind == PromptKind::Builtin)
        conversation.command = conversation.drafts.size();
    Draft& draft = conversation.drafts.emplace_back();
    set_kind(draft, kind);
    draft.uuid = line["uuid"].string_or();
    set_text(draft.step.timestamp, line["timestamp"].string_or());
    draft.step.content = std::move(text);
    return draft;
}

void note_commit(Tally& tally, const std::string& call_id, const json::Value& details) {
    const std::string_view sha = details["gitOperation"]["commit"]["sha"].string_or();
    if (!sha.empty()) tally.commits.push_back({call_id, std::string(sha)});
}

// What it used is told again, reply by reply, in the sub-agent's own file, if there is one.
void note_agent(Tally& tally, const std::string& call_id, const json::Value& details) {
    const std::string_view agent = details["agentId"].string_or();
    if (!agent.empty()) tally.caller.try_emplace(std::string(agent), call_id);
    json::Object report;
    set_if_some(report, "agent_id", agent);
    set_if_some(report, "agent_type", details["agentType"].string_or());
    set_if_some(report, "model", model_name(details["resolvedModel"].string_or()));
    set_if_some(report, "tokens", static_cast<std::size_t>(count_of(details["totalTokens"])));
    set_if_some(report, "tool_calls", static_cast<std::size_t>(count_of(details["totalToolUseCount"])));
    set_if_some(report, "duration_ms", static_cast<std::size_t>(count_of(details["totalDurationMs"])));
    const bool reports = !agent.empty() || report.find("tokens") != nullptr;
    if (reports) tally.agent_reports.insert_or_assign(call_id, std::move(report));
}

void add_file_evidence(Draft& draft, const trace::ToolCall& call, const json::Value& details) {
    for (trace::Snippet& snippet : snippets_of(call.tool_name, call.input, details))
        draft.step.snippets.push_back(std::move(snippet));
    if (auto view = view_of(call.tool_name, details)) {
        view->changes_before = draft.changes.size();
        draft.views.push_back(std::move(*view));
    }
    if (auto change = change_of(call.tool_name, call.input, details)) {
        change->call_id = call.tool_call_id;
        draft.changes.push_back(std::move(*change));
    }
}

// A result without an id belongs to the first open call that came without one too.
std::string id_of_answered_call(const Conversation& conversation, const json::Value& block) {
    const std::string_view id = block["tool_use_id"].string_or();
    if (!id.empty() || conversation.drafts.empty()) return std::string(id);
    for (const trace::ToolCall& call : conversation.drafts.back().step.tool_calls) {
        const auto place = conversation.calls.find(call.tool_call_id);
        if (call.tool_call_id.starts_with("line-") && !place->second.answered) return call.tool_call_id;
    }
    return {};
}

// Tools that do not say how long they took: from the line of the call to that of the result.
std::optional<std::int64_t> milliseconds_since(const std::optional<TimePoint>& called,
                                               const json::Value& line) {
    const auto answered = parse_iso8601(line["timestamp"].string_or());
    if (!called || !answered || *answered < *called) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::milliseconds>(*answered - *called).count();
}

void take_result(Conversation& conversation, Tally& tally, const json::Value& block,
                 const json::Value& line) {
    const std::string id = id_of_answered_call(conversation, block);
    const auto place = conversation.calls.find(id);
    if (place == conversation.calls.end()) {
        tally.orphans.push_back(read_result(block, line["toolUseResult"]));
        tally.orphans.back().observation.source_call_id = id;
        return;
    }
    const json::Value& details = line["toolUseResult"];
    Draft& draft = conversation.drafts[place->second.draft];
    trace::ToolCall& call = draft.step.tool_calls[place->second.call];
    ToolOutcome outcome = read_result(block, details);
    outcome.observation.source_call_id = id;
    if (!outcome.duration_ms && !place->second.answered)
        outcome.duration_ms = milliseconds_since(place->second.called, line);
    if (outcome.duration_ms) call.duration_ms = *outcome.duration_ms;
    if (outcome.persisted) ++tally.persisted_outputs;
    const std::string_view denial = line["toolDenialKind"].string_or();
    if (!denial.empty()) tally.denials.emplace_back(id, call.tool_name);
    note_commit(tally, id, details);
    note_agent(tally, id, details);
    if (!outcome.observation.error && !place->second.answered) add_file_evidence(draft, call, details);
    draft.step.observations[place->second.call] = std::move(outcome.observation);
    place->second.answered = true;
}

std::string reply_key(const Conversation& conversation, const json::Value& line, std::size_t number) {
    const std::string id(line["message"]["id"].string_or());
    if (!id.empty()) return id;
    // Without a message id, lines of one request are one reply until a user line comes.
    const std::string request(line["requestId"].string_or());
    if (!request.empty()) return request + " " + std::to_string(conversation.user_lines);
    return "line " + std::to_string(number);
}

Draft& reply_of(Conversation& conversation, const json::Value& line, std::size_t number) {
    const std::string key = reply_key(conversation, line, number);
    const auto [known, is_new] = conversation.replies.try_emplace(key, conversation.drafts.size());
    if (!is_new) return conversation.drafts[known->second];
    Draft& draft = conversation.drafts.emplace_back();
    draft.reply = key;
    draft.has_message_id = key == line["message"]["id"].string_or();
    draft.uuid = line["uuid"].string_or();
    draft.step.role = trace::Role::Agent;
    set_text(draft.step.timestamp, line["timestamp"].string_or());
    set_text(draft.step.model, model_name(line["message"]["model"].string_or()));
    return draft;
}

// Repeats on later lines of a reply hold the same or a later count.
void take_usage(Usage& usage, const json::Value& value) {
    if (value.if_object() == nullptr) return;
    usage.present = true;
    usage.input = std::max(usage.input, count_of(value["input_tokens"]));
    usage.output = std::max(usage.output, count_of(value["output_tokens"]));
    usage.cache_read = std::max(usage.cache_read, count_of(value["cache_read_input_tokens"]));
    usage.cache_write = std::max(usage.cache_write, count_of(value["cache_creation_input_tokens"]));
    usage.long_cache_write =
        std::max(usage.long_cache_write, count_of(value["cache_creation"]["ephemeral_1h_input_tokens"]));
}

void note_reply(Draft& draft, const json::Value& line) {
    const json::Value& message = line["message"];
    set_if_some(draft.facts, "stop_reason", message["stop_reason"].string_or());
    set_if_some(draft.facts, "service_tier", message["usage"]["service_tier"].string_or());
    set_if_some(draft.facts, "request_id", line["requestId"].string_or());
}

void take_call(Conversation& conversation, Tally& tally, std::size_t draft_at, const json::Value& block,
               const json::Value& line, std::size_t number) {
    trace::Step& step = conversation.drafts[draft_at].step;
    trace::ToolCall call;
    call.tool_call_id = block["id"].string_or();
    if (call.tool_call_id.empty()) {
        call.tool_call_id = "line-" + std::to_string(number) + "-" + std::to_string(step.tool_calls.size());
    }
    if (!conversation.calls
             .try_emplace(call.tool_call_id, CallPlace{draft_at, step.tool_calls.size(), false,
                                                       parse_iso8601(line["timestamp"].string_or())})
             .second) {
        ++tally.repeated_calls;
        return;
    }
    call.tool_name = block["name"].string_or("unknown");
    if (const json::Object* input = block["input"].if_object()) call.input = *input;
    trace::Observation pending;
    pending.source_call_id = call.tool_call_id;
    pending.error = "no_result";
    step.tool_calls.push_back(std::move(call));
    step.observations.push_back(std::move(pending));
}

void append_to(trace::OptText& field, std::string_view text) {
    if (trim(text).empty()) return;
    std::string whole = field.value_or("");
    append_paragraph(whole, text);
    field = std::move(whole);
}

void take_block(Conversation& conversation, Tally& tally, std::size_t draft_at, const json::Value& block,
                const json::Value& line, std::size_t number) {
    Draft& draft = conversation.drafts[draft_at];
    const std::string_view type = block["type"].string_or();
    if (type == "text") {
        append_to(draft.step.content, block["text"].string_or());
    } else if (type == "thinking" || type == "redacted_thinking") {
        const std::string_view thinking = block["thinking"].string_or();
        append_to(draft.step.reasoning_content, thinking);
        if (thinking.empty()) draft.thinking_withheld = true;
    } else if (type == "tool_use" || type == "server_tool_use" || type == "mcp_tool_use") {
        take_call(conversation, tally, draft_at, block, line, number);
    } else if (type.ends_with("tool_result")) {
        take_result(conversation, tally, block, line);
    } else if (type == "image" || type == "document") {
        append_to(draft.step.content, placeholder(block));
    } else if (const std::string* text = block.if_string()) {
        append_to(draft.step.content, *text);
    } else if (type != "fallback") {
        add_to_counts(tally.unknown_blocks, type.empty() ? "(none)" : type);
    }
}

bool is_warmup(const Draft& draft) {
    const bool says_nothing = !draft.step.content || trim(*draft.step.content).empty();
    return !draft.reply.empty() && draft.usage.present && draft.usage.output <= k_warmup_output &&
           says_nothing && draft.step.tool_calls.empty() && !draft.step.reasoning_content;
}

}  // namespace

bool take_user_line(Conversation& conversation, Tally& tally, const json::Value& line) {
    ++conversation.user_lines;
    const json::Value& content = content_of(line);
    std::string text;
    if (const json::Array* blocks = content.if_array()) {
        json::Array prompt;
        for (const json::Value& block : *blocks) {
            if (block["type"].string_or() == "tool_result") {
                take_result(conversation, tally, block, line);
            } else {
                prompt.push_back(block);
            }
        }
        text = text_of(json::Value(std::move(prompt)));
    } else {
        text = content.string_or();
    }
    if (text.empty()) return false;
    add_prompt(conversation, line, line, std::move(text));
    return true;
}

void take_assistant_line(Conversation& conversation, Tally& tally, const json::Value& line,
                         std::size_t number) {
    if (const json::Array* superseded = line["supersedesUuids"].if_array()) {
        for (const json::Value& uuid : *superseded)
            tally.retracted.emplace(uuid.string_or());
    }
    Draft& draft = reply_of(conversation, line, number);
    const std::size_t draft_at = static_cast<std::size_t>(&draft - conversation.drafts.data());
    const json::Value& message = line["message"];
    const bool real = message["model"].string_or() != "<synthetic>";
    if (real) take_usage(draft.usage, message["usage"]);
    if (const auto reason = message["stop_reason"].string_or(); !reason.empty()) draft.stop_reason = reason;
    if (real) note_reply(draft, line);
    draft.open_reply = real && message["usage"].if_object() != nullptr && draft.stop_reason.empty();
    if (line["isMeta"].bool_or(false)) draft.step.call_type = trace::CallType::Warmup;
    const json::Value& content = content_of(line);
    if (const json::Array* blocks = content.if_array()) {
        for (const json::Value& block : *blocks)
            take_block(conversation, tally, draft_at, block, line, number);
    } else {
        append_to(draft.step.content, content.string_or());
    }
    if (line["isApiErrorMessage"].bool_or(false)) tally.errors.push_back(text_of(content));
}

bool take_queued_prompt(Conversation& conversation, const json::Value& line) {
    const json::Value& attachment = line["attachment"];
    std::string text = text_of(attachment["prompt"]);
    if (text.empty()) return false;
    const std::string_view mode = attachment["commandMode"].string_or();
    Draft& draft = add_prompt(conversation, line, attachment, std::move(text));
    if (mode == "task-notification") set_kind(draft, PromptKind::Injected);
    if (mode == "bash") set_kind(draft, PromptKind::Typed);
    draft.mid_turn = true;
    return true;
}

bool take_context(Conversation& conversation, Tally& tally, const json::Value& line) {
    const json::Value& attachment = line["attachment"];
    std::optional<std::string> text = context_of(attachment);
    if (!text) return false;
    const std::string_view kind = attachment["type"].string_or();
    if (text->empty()) {
        add_to_counts(tally.context_without_text, kind);
        return true;
    }
    Draft& draft = conversation.drafts.emplace_back();
    draft.context = kind;
    draft.step.role = trace::Role::System;
    draft.uuid = line["uuid"].string_or();
    set_text(draft.step.timestamp, line["timestamp"].string_or());
    draft.step.content = std::move(*text);
    set_if_some(draft.facts, "context", kind);
    set_if_some(draft.facts, "hook", attachment["hookName"].string_or(attachment["hookEvent"].string_or()));
    return true;
}

void take_local_command(Conversation& conversation, const json::Value& line) {
    std::string text(line["content"].string_or());
    if (!text.empty()) add_prompt(conversation, line, line, std::move(text));
}

bool take_orphan(Conversation& conversation, ToolOutcome& outcome) {
    const auto place = conversation.calls.find(outcome.observation.source_call_id);
    if (place == conversation.calls.end() || place->second.answered) return false;
    trace::Step& step = conversation.drafts[place->second.draft].step;
    if (outcome.duration_ms) step.tool_calls[place->second.call].duration_ms = *outcome.duration_ms;
    step.observations[place->second.call] = std::move(outcome.observation);
    place->second.answered = true;
    return true;
}

void tell_surroundings(Conversation& conversation) {
    const std::vector<Draft>& drafts = conversation.drafts;
    std::vector<std::size_t>& shown = conversation.shown;
    const auto is_shown = [&drafts](std::size_t at) {
        return !drafts[at].reply.empty() || drafts[at].step.content;
    };
    for (std::size_t& at = conversation.looked_through; at < drafts.size(); ++at)
        if (is_shown(at)) shown.push_back(at);
    while (!shown.empty() && !is_shown(shown.back()))  // told by another line since
        shown.pop_back();
    if (!shown.empty()) conversation.surroundings.tell(conversation.drafts[shown.back()].facts);
}

void finish(Conversation& conversation) {
    for (Draft& draft : conversation.drafts) {
        if (draft.thinking_withheld && !draft.step.reasoning_content)
            draft.step.reasoning_content = k_withheld;
        if (is_warmup(draft)) draft.step.call_type = trace::CallType::Warmup;
    }
}

}  // namespace opentraces::capture::claude_code
