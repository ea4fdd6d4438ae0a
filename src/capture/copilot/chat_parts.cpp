#include "capture/copilot/chat_parts.hpp"

#include <algorithm>
#include <array>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/file_uri.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::capture::copilot {
namespace {

constexpr std::array<std::string_view, 32> k_shown{"prepareToolInvocation",
                                                   "undoStop",
                                                   "codeblockUri",
                                                   "textEditGroup",
                                                   "notebookEditGroup",
                                                   "workspaceEdit",
                                                   "externalEdit",
                                                   "multiDiffData",
                                                   "progressMessage",
                                                   "progressTask",
                                                   "progressTaskSerialized",
                                                   "mcpServersStarting",
                                                   "mcpServersStartingSlow",
                                                   "confirmation",
                                                   "elicitation",
                                                   "elicitation2",
                                                   "elicitationSerialized",
                                                   "questionCarousel",
                                                   "planReview",
                                                   "command",
                                                   "extensions",
                                                   "pullRequest",
                                                   "treeData",
                                                   "clearToPreviousToolInvocation",
                                                   "disabledClaudeHooks",
                                                   "hook",
                                                   "info",
                                                   "warning",
                                                   "move",
                                                   "reference",
                                                   "codeCitation",
                                                   "changesSummary"};
constexpr std::array<std::string_view, 4> k_texts{"markdownContent", "markdownVuln", "inlineReference",
                                                  "text"};

template <std::size_t N>
bool is_one_of(std::string_view kind, const std::array<std::string_view, N>& kinds) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// Of an address that VS Code has written out as an object.
std::string path_of_uri(const json::Value& uri) {
    const std::string_view path = uri["fsPath"].string_or(uri["path"].string_or());
    return path.empty() ? path_of_file_uri(uri["external"].string_or(uri.string_or())) : std::string(path);
}

std::string text_of_reference(const json::Value& part) {
    const json::Value& to = part["inlineReference"];
    const json::Value& uri = to["uri"].is_null() ? to["location"]["uri"] : to["uri"];
    const std::string_view name = part["name"].string_or(to["name"].string_or());
    if (!name.empty()) return "`" + std::string(name) + "`";
    return "`" + fs::file_name(path_of_uri(uri.is_null() ? to : uri)) + "`";
}

// A string, or a Markdown text with its value.
std::string_view words_of(const json::Value& text) {
    return text.string_or(text["value"].string_or());
}

std::string plain(std::string_view name) {
    std::string letters;
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z') letters += static_cast<char>(c - 'A' + 'a');
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) letters += c;
    }
    return letters;
}

// Elements of a prompt, from the first to the last; the reader of JSON bounds how deep they lie.
void add_element(const json::Value& node, std::string& text) {
    if (const std::string* own = node["text"].if_string()) {
        if (node["lineBreakBefore"].bool_or(false) && !text.empty()) text += '\n';
        text += *own;
    }
    const json::Array* children = node["children"].if_array();
    for (std::size_t at = 0; children != nullptr && at < children->size(); ++at)
        add_element((*children)[at], text);
}

std::string text_of_content(const json::Value& item) {
    const json::Value& value = item["value"];
    const json::Value& node = value["node"];
    if (node.if_object() != nullptr) {
        std::string text;
        add_element(node, text);
        return text;
    }
    if (value.if_string() != nullptr) return std::string(value.string_or());
    if (const std::string* text = item.if_string()) return *text;
    const std::string_view kind = item["mimeType"].string_or();
    return kind.empty() ? std::string() : "[" + std::string(kind) + "]";
}

json::Value input_of(const json::Value& part) {
    const json::Value& data = part["toolSpecificData"];
    const json::Value& line = data["commandLine"];
    const std::string_view command =
        line["toolEdited"].string_or(line["original"].string_or(data["command"].string_or()));
    if (!command.empty()) {
        json::Object input;
        input.set("command", command);
        return input;
    }
    const json::Value& raw = data["rawInput"];
    return raw.is_null() ? call_arguments(part["resultDetails"]["input"]) : raw;
}

std::string output_of(const json::Value& details) {
    const json::Array* parts = details["output"].if_array();
    std::string text;
    for (std::size_t at = 0; parts != nullptr && at < parts->size(); ++at) {
        const json::Value& part = (*parts)[at];
        const bool is_text = part["isText"].bool_or(part["mimeType"].is_null());
        append_paragraph(text, is_text ? part["value"].string_or()
                                       : "[" + std::string(part["mimeType"].string_or("data")) + "]");
    }
    return text;
}

// Of ToolConfirmKind: 0 denied, 5 skipped; before, a truth value.
bool is_refused(const json::Value& confirmed) {
    const auto kind = confirmed["type"].integer();
    return kind ? *kind == 0 || *kind == 5 : !confirmed.bool_or(true);
}

std::string error_of(const json::Value& part) {
    if (is_refused(part["isConfirmed"])) return "rejected";
    const auto code = part["toolSpecificData"]["terminalCommandState"]["exitCode"].integer();
    if (code && *code != 0) return "exit_code:" + std::to_string(*code);
    return part["resultDetails"]["isError"].bool_or(false) ? "tool_error" : "";
}

}  // namespace

PartKind kind_of_part(const json::Value& part) {
    const std::string_view kind = part["kind"].string_or();
    if (kind.empty()) return part["value"].if_string() != nullptr ? PartKind::Text : PartKind::Unknown;
    if (is_one_of(kind, k_texts)) return PartKind::Text;
    if (kind == "thinking") return PartKind::Thought;
    if (kind == "toolInvocationSerialized" || kind == "toolInvocation") return PartKind::Invocation;
    return is_one_of(kind, k_shown) ? PartKind::Shown : PartKind::Unknown;
}

std::string text_of_reply_part(const json::Value& part) {
    if (!part["inlineReference"].is_null()) return text_of_reference(part);
    if (const json::Array* pieces = part["value"].if_array()) {
        std::string text;
        for (const json::Value& piece : *pieces)
            text += piece.string_or();
        return text;
    }
    std::string text(part["text"].string_or());
    if (text.empty()) text = words_of(part["content"].is_null() ? part["value"] : part["content"]);
    const std::string_view inner = trim(text);
    const bool is_fence = inner.size() >= 3 && inner.find_first_not_of('`') == std::string_view::npos;
    return is_fence ? std::string() : text;
}

Invocation invocation_of(const json::Value& part) {
    Invocation invocation;
    invocation.id = part["toolCallId"].string_or();
    invocation.tool = part["toolId"].string_or();
    invocation.caller = part["subAgentInvocationId"].string_or();
    invocation.input = input_of(part);
    invocation.output = output_of(part["resultDetails"]);
    invocation.error = error_of(part);
    invocation.is_complete = part["isComplete"].bool_or(false);
    invocation.is_internal = invocation.tool.ends_with("_internal");
    return invocation;
}

bool is_call_of(const Invocation& invocation, std::string_view name) {
    constexpr std::string_view k_own = "copilot_";
    std::string_view tool = invocation.tool;
    if (tool.starts_with(k_own)) tool.remove_prefix(k_own.size());
    const std::string own = plain(tool);
    return !own.empty() && plain(name).starts_with(own);
}

std::string text_of_tool_result(const json::Value& result) {
    const json::Value& content = result["content"];
    const json::Array* items = content.if_array();
    if (items == nullptr) return std::string(content.string_or());
    std::string text;
    for (const json::Value& item : *items) {
        const std::string one = text_of_content(item);
        if (!text.empty() && !one.empty()) text += '\n';
        text += one;
    }
    return text;
}

std::string error_in_result(std::string_view text) {
    text = trim(text);
    if (text.starts_with("ERROR while calling tool")) return "tool_error";
    return text.starts_with("The user cancelled the tool call") ? "interrupted" : "";
}

std::string mark_of_variable(const json::Value& variable) {
    const std::string_view kind = variable["kind"].string_or("attachment");
    if (variable["id"].string_or().starts_with("vscode.implicit") || kind == "implicit" ||
        variable["automaticallyAdded"].bool_or(false))
        return {};
    const json::Value& value = variable["value"];
    std::string where = path_of_uri(value["uri"].is_null() ? value : value["uri"]);
    if (where.empty()) where = variable["name"].string_or();
    return "[" + std::string(kind) + (where.empty() ? "" : ": " + where) + "]";
}

std::string text_of_rendered(const json::Value& blocks) {
    std::string text;
    const json::Array* list = blocks.if_array();
    for (std::size_t at = 0; list != nullptr && at < list->size(); ++at) {
        const json::Value& block = (*list)[at];
        append_paragraph(text, block["imageUrl"].is_null() ? block["text"].string_or() : "[image]");
    }
    return text;
}

}  // namespace opentraces::capture::copilot
