#include "capture/claude_code/context.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "capture/blocks.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::claude_code {
namespace {

using json::Value;

std::string under(std::string_view heading, std::string_view name, std::string_view text) {
    std::string whole = "[" + std::string(heading);
    if (!name.empty()) whole.append(": ").append(name);
    whole += ']';
    if (!trim(text).empty()) whole.append("\n").append(text);
    return whole;
}

std::string_view first_text(const Value& object, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
        if (const std::string_view text = object[key].string_or(); !text.empty()) return text;
    }
    return {};
}

std::string joined(const Value& list, std::string_view between = "\n") {
    if (const std::string* text = list.if_string()) return *text;
    std::string whole;
    if (const json::Array* items = list.if_array()) {
        for (const Value& item : *items) {
            const std::string_view text = item.string_or(item["text"].string_or());
            if (text.empty()) continue;
            if (!whole.empty()) whole += between;
            whole += text;
        }
    }
    return whole;
}

template <const char* const& key>
std::string member(const Value& attachment) {
    return joined(attachment[key], "\n\n");
}

constexpr const char* k_content = "content";
constexpr const char* k_text = "text";
constexpr const char* k_banner = "banner";
constexpr const char* k_message = "message";

std::string nothing(const Value&) {
    return {};
}

std::string edited_file(const Value& attachment) {
    return under("changed file", first_text(attachment, {"filename", "displayPath"}),
                 attachment["snippet"].string_or());
}

std::string read_file(const Value& attachment) {
    const Value& content = attachment["content"];
    const Value& file = content["file"];
    std::string text(first_text(file, {"content"}));
    if (text.empty() && content.if_string() != nullptr) text = *content.if_string();
    if (text.empty() && file["base64"].if_string() != nullptr)
        text = "[" + std::string(content["type"].string_or("file")) + "]";
    if (text.empty() && file["cells"].if_array() != nullptr) text = json::to_compact(file["cells"]);
    return under("attached file", first_text(attachment, {"displayPath", "filename"}), text);
}

std::string plan_file(const Value& attachment) {
    return under("plan", attachment["planFilePath"].string_or(), attachment["planContent"].string_or());
}

std::string folder(const Value& attachment) {
    return under("attached folder", first_text(attachment, {"displayPath", "path"}),
                 attachment["content"].string_or());
}

std::string referenced_file(const Value& attachment) {
    return under("file read before", first_text(attachment, {"displayPath", "filename"}), {});
}

std::string memory(const Value& attachment) {
    const Value& content = attachment["content"];
    return under("memory", first_text(attachment, {"path", "displayPath"}),
                 content.string_or(first_text(content, {"content", "rawContent"})));
}

std::string memories(const Value& attachment) {
    std::string whole;
    if (const json::Array* items = attachment["memories"].if_array()) {
        for (const Value& item : *items)
            append_paragraph(whole, under("memory", item["path"].string_or(), item["content"].string_or()));
    }
    return whole;
}

std::string opened_file(const Value& attachment) {
    return under("opened in the editor", attachment["filename"].string_or(), {});
}

std::string selected_lines(const Value& attachment) {
    return under("selected in the editor", first_text(attachment, {"displayPath", "filename"}),
                 attachment["content"].string_or());
}

// What was added to a list that the model is shown, and what went.
std::string delta(std::string_view heading, const Value& added, const Value& removed) {
    std::string whole;
    if (const std::string lines = joined(added); !lines.empty()) whole = under(heading, {}, lines);
    if (const std::string gone = joined(removed); !gone.empty())
        append_paragraph(whole, under(std::string(heading) + " removed", {}, gone));
    return whole;
}

const Value& either(const Value& object, std::string_view key, std::string_view other) {
    const json::Array* items = object[key].if_array();
    return items != nullptr && !items->empty() ? object[key] : object[other];
}

std::string deferred_tools(const Value& attachment) {
    return delta("deferred tools", either(attachment, "addedLines", "addedNames"),
                 attachment["removedNames"]);
}

std::string server_instructions(const Value& attachment) {
    return delta("MCP instructions", either(attachment, "addedBlocks", "addedNames"),
                 attachment["removedNames"]);
}

std::string agent_listing(const Value& attachment) {
    return delta("agents", either(attachment, "addedLines", "addedTypes"), attachment["removedTypes"]);
}

std::string skill_texts(const Value& attachment) {
    std::string whole;
    if (const json::Array* skills = attachment["skills"].if_array()) {
        for (const Value& skill : *skills)
            append_paragraph(
                whole, under("skill", first_text(skill, {"name", "path"}), skill["content"].string_or()));
    }
    return whole;
}

// Lists of things that have no text of their own, as they are.
std::string listed(std::string_view heading, const Value& items) {
    const json::Array* list = items.if_array();
    return list == nullptr || list->empty() ? std::string() : under(heading, {}, json::to_compact(items));
}

std::string diagnostics(const Value& attachment) {
    return listed("diagnostics", attachment["files"]);
}

std::string reminder(const Value& attachment) {
    return listed("task list", attachment["content"]);
}

std::string hook_error(const Value& attachment) {
    const Value& error = attachment["blockingError"];
    return under("hook stopped it", attachment["hookName"].string_or(),
                 error.string_or(error["blockingError"].string_or()));
}

std::string hook_response(const Value& attachment) {
    const Value& response = attachment["response"];
    std::string whole(response["systemMessage"].string_or());
    append_paragraph(whole, response["hookSpecificOutput"]["additionalContext"].string_or());
    return whole;
}

std::string date(const Value& attachment) {
    return under("date", attachment["newDate"].string_or(), {});
}

std::string task_status(const Value& attachment) {
    std::string name(first_text(attachment, {"taskId", "description"}));
    if (const std::string_view status = attachment["status"].string_or(); !status.empty())
        name.append(" ").append(status);
    return under("background task", name, first_text(attachment, {"deltaSummary", "description"}));
}

std::string resource(const Value& attachment) {
    return under("MCP resource", attachment["uri"].string_or(), text_of(attachment["content"]["contents"]));
}

std::string mailbox(const Value& attachment) {
    std::string whole;
    if (const json::Array* messages = attachment["messages"].if_array()) {
        for (const Value& message : *messages)
            append_paragraph(whole,
                             under("message", message["from"].string_or(), message["text"].string_or()));
    }
    return whole;
}

struct Kind {
    std::string_view name;
    std::string (*text)(const Value& attachment);
};

// Of those with `nothing` the log has no text, or one that only the person was shown.
constexpr std::array<Kind, 57> k_kinds{{{"agent_listing_delta", agent_listing},
                                        {"agent_mention", nothing},
                                        {"async_hook_response", hook_response},
                                        {"auto_mode", nothing},
                                        {"auto_mode_exit", nothing},
                                        {"batching_reminder_sent", member<k_text>},
                                        {"budget_usd", nothing},
                                        {"command_permissions", nothing},
                                        {"compact_file_reference", referenced_file},
                                        {"critical_system_reminder", member<k_content>},
                                        {"date_change", date},
                                        {"deferred_tools_delta", deferred_tools},
                                        {"diagnostics", diagnostics},
                                        {"directory", folder},
                                        {"dynamic_skill", nothing},
                                        {"edited_image_file", edited_file},
                                        {"edited_text_file", edited_file},
                                        {"file", read_file},
                                        {"already_read_file", referenced_file},
                                        {"goal_status", nothing},
                                        {"hook_additional_context", member<k_content>},
                                        {"hook_blocking_error", hook_error},
                                        {"hook_cancelled", nothing},
                                        {"hook_error_during_execution", nothing},
                                        {"hook_non_blocking_error", nothing},
                                        {"hook_permission_decision", nothing},
                                        {"hook_stopped_continuation", member<k_message>},
                                        {"hook_success", member<k_content>},
                                        {"hook_system_message", nothing},
                                        {"invoked_skills", skill_texts},
                                        {"max_turns_reached", nothing},
                                        {"mcp_instructions_delta", server_instructions},
                                        {"mcp_resource", resource},
                                        {"nested_memory", memory},
                                        {"opened_file_in_ide", opened_file},
                                        {"output_style", nothing},
                                        {"pdf_reference", referenced_file},
                                        {"plan_file_reference", plan_file},
                                        {"plan_mode", nothing},
                                        {"plan_mode_exit", nothing},
                                        {"plan_mode_reentry", nothing},
                                        {"queued_command", nothing},
                                        {"read_truncation_notice", member<k_banner>},
                                        {"relevant_memories", memories},
                                        {"selected_lines_in_ide", selected_lines},
                                        {"silent_turn_reminder", nothing},
                                        {"skill_listing", member<k_content>},
                                        {"structured_output", nothing},
                                        {"task_reminder", reminder},
                                        {"task_status", task_status},
                                        {"teammate_mailbox", mailbox},
                                        {"team_context", nothing},
                                        {"todo_reminder", reminder},
                                        {"token_usage", nothing},
                                        {"total_tokens_reminder", member<k_text>},
                                        {"ultra_effort_enter", nothing},
                                        {"ultra_effort_exit", nothing}}};

}  // namespace

std::optional<std::string> context_of(const Value& attachment) {
    const std::string_view name = attachment["type"].string_or();
    const auto kind =
        std::find_if(k_kinds.begin(), k_kinds.end(), [name](const Kind& one) { return one.name == name; });
    if (kind == k_kinds.end()) return std::nullopt;
    std::string text = kind->text(attachment);
    if (trim(text).empty()) text.clear();
    return text;
}

}  // namespace opentraces::capture::claude_code
