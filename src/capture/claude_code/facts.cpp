#include "capture/claude_code/facts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "capture/blocks.hpp"
#include "capture/claude_code/prompts.hpp"
#include "opentraces/json/reader.hpp"

namespace opentraces::capture::claude_code {
namespace {

constexpr std::array<std::string_view, 12> k_silent_types = {"file-history-snapshot",
                                                             "file-history-delta",
                                                             "last-prompt",
                                                             "mode",
                                                             "bridge-session",
                                                             "agent-name",
                                                             "frame-link",
                                                             "started",
                                                             "relocated",
                                                             "atis-latch",
                                                             "attachment",
                                                             "progress"};

constexpr std::array<std::string_view, 9> k_silent_subtypes = {
    "stop_hook_summary", "turn_duration", "local_command", "bridge_status", "microcompact_boundary",
    "informational",     "session_start", "api_refusal",   "error"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

void set_first(std::string& field, std::string_view text) {
    if (field.empty()) field = text;
}

void set_last(std::string& field, std::string_view text) {
    if (!text.empty()) field = text;
}

std::optional<double> number(const json::Value& value) {
    const json::Number* number = value.if_number();
    if (number == nullptr || !std::isfinite(number->as_double())) return std::nullopt;
    return number->as_double();
}

const json::Value& either(const json::Value& object, std::string_view key, std::string_view other) {
    const json::Value& value = object[key];
    return value.is_null() ? object[other] : value;
}

std::vector<std::string> names_of(const json::Value& list) {
    std::vector<std::string> names;
    if (const json::Array* items = list.if_array()) {
        for (const json::Value& item : *items) {
            const std::string_view name = item.string_or(item["name"].string_or());
            if (!name.empty()) names.emplace_back(name);
        }
    }
    return names;
}

std::vector<json::Object> definitions_of(const json::Value& list) {
    std::vector<json::Object> definitions;
    if (const json::Array* items = list.if_array()) {
        for (const json::Value& item : *items) {
            if (const json::Object* object = item.if_object()) definitions.push_back(*object);
        }
    }
    return definitions;
}

void note_init(SessionFacts& facts, const json::Value& line) {
    set_first(facts.init_model, line["model"].string_or());
    set_first(facts.version, line["claude_code_version"].string_or());
    set_last(facts.permission_mode, line["permissionMode"].string_or());
    if (facts.tools.empty()) facts.tools = names_of(line["tools"]);
    if (facts.tool_definitions.empty()) facts.tool_definitions = definitions_of(line["tools"]);
    if (facts.mcp_servers.empty()) facts.mcp_servers = names_of(line["mcp_servers"]);
}

// Camel case on disk, snake case in SDK streams.
void note_compaction(SessionFacts& facts, const json::Value& line) {
    facts.compacted = true;
    const json::Value& details = either(line, "compactMetadata", "compact_metadata");
    json::Object event;
    event.set("trigger", either(details, "trigger", "trigger"));
    const json::Value& tokens = either(details, "preTokens", "pre_tokens");
    event.set("pre_tokens", tokens.is_null() ? line["pre_tokens"] : tokens);
    if (const json::Value& after = either(details, "postTokens", "post_tokens"); !after.is_null()) {
        event.set("post_tokens", after);
    }
    facts.compactions.emplace_back(std::move(event));
}

void note_turn_summary(SessionFacts& facts, const json::Value& line) {
    json::Object summary;
    for (const char* key : {"status_category", "is_noteworthy", "title"})
        summary.set(key, line[key]);
    facts.turn_summaries.emplace_back(std::move(summary));
}

void note_away_summary(SessionFacts& facts, const json::Value& line) {
    json::Object summary;
    summary.set("status_category", "away_summary");
    summary.set("title", line["content"]);
    facts.turn_summaries.emplace_back(std::move(summary));
}

void note_api_error(SessionFacts& facts, const json::Value& line) {
    const json::Value& error = line["error"];
    const auto status = error["status"].integer();
    std::string text = "api_error";
    if (status) text += " " + std::to_string(*status);
    if (const auto message = error["message"].string_or(); !message.empty())
        text.append(": ").append(message);
    facts.errors.push_back(std::move(text));
}

bool note_system(SessionFacts& facts, const json::Value& line) {
    const std::string_view subtype = line["subtype"].string_or();
    facts.turn_ended |= subtype == "stop_hook_summary" || subtype == "turn_duration";
    if (subtype == "init") {
        note_init(facts, line);
    } else if (subtype == "compact_boundary") {
        note_compaction(facts, line);
    } else if (subtype == "post_turn_summary") {
        note_turn_summary(facts, line);
    } else if (subtype == "away_summary") {
        note_away_summary(facts, line);
    } else if (subtype == "api_error") {
        note_api_error(facts, line);
    } else {
        return subtype == "model_refusal_fallback" || contains(k_silent_subtypes, subtype);
    }
    return true;
}

void note_result(SessionFacts& facts, const json::Value& line) {
    const std::string_view subtype = line["subtype"].string_or();
    if (subtype.empty()) return;
    const bool success = subtype == "success";
    facts.claimed_stop_reason = success ? line["stop_reason"].string_or("end_turn") : subtype;
    facts.num_turns = line["num_turns"].integer();
    facts.duration_ms = number(line["duration_ms"]);
    facts.cost_usd = number(line["total_cost_usd"]);
    facts.model_usage = either(line, "modelUsage", "model_usage");
    if (const json::Array* denials = line["permission_denials"].if_array())
        facts.permission_denials = *denials;
    if (const json::Array* errors = line["errors"].if_array()) {
        for (const json::Value& error : *errors)
            facts.errors.push_back(error.if_string() != nullptr ? *error.if_string()
                                                                : text_of(error["message"]));
    }
}

// Some versions queue the whole request as JSON text: model, tools, system prompt.
void note_queue_operation(SessionFacts& facts, const json::Value& line) {
    const std::string* content = line["content"].if_string();
    if (content == nullptr || !content->starts_with('{')) return;
    json::Value request;
    try {
        request = json::parse(*content);
    } catch (const json::SyntaxError&) {
        return;
    }
    set_first(facts.init_model, request["model"].string_or());
    if (facts.tool_definitions.empty()) facts.tool_definitions = definitions_of(request["tools"]);
    if (facts.tools.empty()) facts.tools = names_of(request["tools"]);
    const std::string prompt = text_of(request["system"]);
    if (!facts.system_prompt && !prompt.empty()) facts.system_prompt = prompt;
}

// Lines that the capture hooks append.
void note_hook(SessionFacts& facts, const json::Value& line) {
    const json::Value& data = line["data"];
    const std::string_view event = line["event"].string_or();
    if (event == "Stop") {
        facts.turn_ended = true;
        const json::Object* git = data["git"].if_object();
        if (git != nullptr && !git->empty()) facts.hook_git = *git;
        set_last(facts.hook_permission_mode, data["permission_mode"].string_or());
    } else if (event == "PostCompact") {
        facts.compacted = true;
        json::Object compaction;
        compaction.set("trigger", "hook");
        compaction.set("messages_removed", data["messages_removed"]);
        compaction.set("messages_kept", data["messages_kept"]);
        facts.compactions.emplace_back(std::move(compaction));
    }
}

void note_pr_link(SessionFacts& facts, const json::Value& line) {
    facts.pr_link = {};
    facts.pr_link.set("number", line["prNumber"]);
    facts.pr_link.set("url", line["prUrl"]);
    facts.pr_link.set("repository", line["prRepository"]);
}

}  // namespace

void note_time(SessionFacts& facts, std::string_view timestamp) {
    const auto at = parse_iso8601(timestamp);
    if (!at) return;
    if (!facts.start || *at < *facts.start) {
        facts.start = at;
        facts.start_text = timestamp;
    }
    if (!facts.end || *at > *facts.end) {
        facts.end = at;
        facts.end_text = timestamp;
    }
}

void note_turn(SessionFacts& facts, const json::Value& line) {
    const json::Value& message = line["message"];
    const bool by_program =
        message["model"].string_or() == "<synthetic>" && !line["isApiErrorMessage"].bool_or(false);
    const std::string_view text = message["content"].string_or();
    if (by_program || (!text.empty() && classify_prompt(line, text) != PromptKind::Human)) return;
    facts.turn_ended = false;
    const bool is_error = line["isApiErrorMessage"].bool_or(false);
    facts.final_error = is_error ? text_of(message["content"]) : std::string();
}

std::string model_name(std::string_view raw) {
    if (raw.empty() || raw == "<synthetic>") return {};
    if (raw.starts_with("claude")) return "anthropic/" + std::string(raw);
    return std::string(raw);
}

void note_envelope(SessionFacts& facts, const json::Value& line) {
    set_first(facts.slug, line["slug"].string_or());
    set_first(facts.first_version, line["version"].string_or());
    set_last(facts.version, line["version"].string_or());
    set_first(facts.cwd, line["cwd"].string_or());
    set_last(facts.permission_mode, line["permissionMode"].string_or());
    set_first(facts.first_uuid, line["uuid"].string_or());
    set_last(facts.last_uuid, line["uuid"].string_or());
    if (const auto branch = line["gitBranch"].string_or(); !branch.empty()) {
        facts.saw_git = true;
        const bool is_new = facts.branches.empty() || facts.branches.back().name != branch;
        if (branch != "HEAD" && is_new)
            facts.branches.push_back({std::string(line["timestamp"].string_or()), std::string(branch)});
    }
    if (const std::string id(line["sessionId"].string_or()); !id.empty()) {
        ++facts.session_ids[id];
        facts.last_session_id = id;
    }
    note_time(facts, line["timestamp"].string_or());
}

bool note_other_line(SessionFacts& facts, const json::Value& line, std::string_view type) {
    if (type == "system") return note_system(facts, line);
    facts.turn_ended |= line["data"]["hookEvent"].string_or() == "Stop";
    if (type == "result") {
        note_result(facts, line);
    } else if (type == "queue-operation") {
        note_queue_operation(facts, line);
    } else if (type == "opentraces_hook") {
        note_hook(facts, line);
    } else if (type == "summary") {
        facts.summaries.emplace_back(line["leafUuid"].string_or(), line["summary"].string_or());
    } else if (type == "custom-title") {
        set_last(facts.title, line["customTitle"].string_or());
    } else if (type == "ai-title") {
        set_last(facts.ai_title, line["aiTitle"].string_or());
    } else if (type == "pr-link") {
        note_pr_link(facts, line);
    } else if (type == "worktree-state") {
        set_first(facts.original_commit, line["worktreeSession"]["originalHeadCommit"].string_or());
    } else {
        return type == "permission-mode" || contains(k_silent_types, type);
    }
    return true;
}

}  // namespace opentraces::capture::claude_code
