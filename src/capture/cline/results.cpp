#include "capture/cline/results.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "capture/blocks.hpp"
#include "capture/chat_messages.hpp"
#include "capture/diffs.hpp"
#include "capture/edit_calls.hpp"
#include "capture/numbers.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::cline {
namespace {

struct Words {
    std::string_view beginning;
    std::string_view error;
};
constexpr std::array<Words, 12> k_failures{{{"The user denied this operation", "rejected"},
                                            {"Skipping tool", "rejected"},
                                            {"The tool execution failed", "tool_error"},
                                            {"Missing value for required parameter", "tool_error"},
                                            {"Invalid JSON argument used with", "tool_error"},
                                            {"This tool cannot be used in PLAN MODE", "tool_error"},
                                            {"[ERROR]", "tool_error"},
                                            {"[[ERROR]", "tool_error"},
                                            {"Error: ", "tool_error"},
                                            {"Command failed", "tool_error"},
                                            {"Task was interrupted before", "interrupted"},
                                            {"Tool [", "tool_error"}}};

bool is_operation(const json::Value& part) {
    return part["query"].if_string() != nullptr && part["success"].if_bool() != nullptr;
}

std::string text_of_part(const json::Value& part) {
    if (!is_operation(part)) return text_of(json::Value(json::Array{part}));
    if (const std::string* error = part["error"].if_string()) return *error;
    return result_text(part["result"]);
}

std::string exit_code_in(std::string_view text) {
    constexpr std::string_view k_ran = "Command executed in terminal";
    constexpr std::string_view k_code = "\nExit code: ";
    if (!text.starts_with(k_ran)) return {};
    const std::size_t at = text.find(k_code);
    if (at == std::string_view::npos) return {};
    const auto code = leading_number(text.substr(at + k_code.size()));
    return code && *code != 0 ? "exit_code:" + std::to_string(*code) : std::string();
}

// Roo Code's: {"status": "error", …}.
json::Value told_in(std::string_view text) {
    return text.starts_with("{\"status\":") ? call_arguments(json::Value(text)) : json::Value();
}

bool all_failed(const json::Value& content) {
    const json::Array* parts = content.if_array();
    return parts != nullptr && !parts->empty() &&
           std::all_of(parts->begin(), parts->end(), [](const json::Value& part) {
               return is_operation(part) && !part["success"].bool_or(true);
           });
}

enrich::FileChange editor_change(const json::Object& input) {
    enrich::FileChange change;
    const json::Value* text = input.find("new_text");
    const json::Value* path = input.find("path");
    if (text == nullptr || path == nullptr) return change;
    const std::string_view new_text = text->string_or();
    const json::Value* old_text = input.find("old_text");
    change.path = path->string_or();
    change.exact = false;
    change.hunks.push_back(whole_text_hunk(new_text, '+'));
    if (old_text != nullptr && old_text->if_string() != nullptr) {
        change.replacements.push_back({*old_text->if_string(), std::string(new_text), false});
    } else if (input.find("insert_line") == nullptr) {
        change.whole_file = true;
        change.written = new_text;
    }
    return change;
}

}  // namespace

std::string result_text(const json::Value& content) {
    if (content.is_null()) return {};
    if (const json::Array* parts = content.if_array()) {
        std::string text;
        for (const json::Value& part : *parts) {
            const std::string one = text_of_part(part);
            if (!text.empty() && !one.empty()) text += '\n';
            text += one;
        }
        return text;
    }
    if (content.if_object() == nullptr) return text_of(content);
    // The AI SDK's {type, value}.
    const json::Value& value = content["value"];
    return value.is_null() ? json::to_compact(content) : result_text(value);
}

std::string error_of(const json::Value& content, std::string_view text, bool failed) {
    text = trim(text);
    std::string code = exit_code_in(text);
    if (!code.empty()) return code;
    const std::string status(told_in(text)["status"].string_or());
    if (status == "denied") return "rejected";
    const auto words = std::find_if(k_failures.begin(), k_failures.end(),
                                    [text](const Words& one) { return text.starts_with(one.beginning); });
    if (words != k_failures.end()) return std::string(words->error);
    return failed || status == "error" || all_failed(content) ? "tool_error" : "";
}

std::string feedback_in(std::string_view text) {
    return std::string(told_in(trim(text))["feedback"].string_or());
}

std::vector<enrich::FileChange> changes_of(const trace::ToolCall& call) {
    if (call.tool_name != "editor") return changes_asked(call);
    std::vector<enrich::FileChange> changes{editor_change(call.input)};
    if (changes[0].path.empty()) changes.clear();
    return changes;
}

}  // namespace opentraces::capture::cline
