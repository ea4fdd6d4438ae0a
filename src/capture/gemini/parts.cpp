#include "capture/gemini/parts.hpp"

#include <algorithm>
#include <array>

#include "capture/blocks.hpp"
#include "capture/numbers.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::gemini {
namespace {

constexpr std::array<std::string_view, 7> k_kinds{"functionCall", "functionResponse", "inlineData",
                                                  "fileData",     "executableCode",   "codeExecutionResult",
                                                  "text"};

void append_line(std::string& to, std::string_view text) {
    if (text.empty()) return;
    if (!to.empty()) to += '\n';
    to += text;
}

std::string binary_mark(const json::Value& data) {
    const std::string_view media = data["mimeType"].string_or("unknown");
    const std::string_view kind = media.substr(0, media.find('/'));
    const bool named = kind == "image" || kind == "audio" || kind == "video";
    json::Object source;
    source.append("media_type", media);
    source.append("data", data["data"]);
    json::Object block;
    block.append("type", named ? kind : std::string_view("file"));
    block.append("source", std::move(source));
    return placeholder(json::Value(std::move(block)));
}

std::string file_mark(const json::Value& file) {
    std::string mark = "[file";
    for (const char* key : {"fileUri", "mimeType"}) {
        const std::string_view text = file[key].string_or();
        if (!text.empty()) mark.append(mark == "[file" ? ": " : ", ").append(text);
    }
    return mark + "]";
}

// A text as it is, everything else as JSON.
std::string text_or_json(const json::Value& value) {
    if (const std::string* text = value.if_string()) return *text;
    return value.is_null() ? std::string() : json::to_compact(value);
}

}  // namespace

void for_each_part(const json::Value& content, const std::function<void(const json::Value& part)>& take) {
    if (const json::Array* parts = content.if_array()) {
        std::for_each(parts->begin(), parts->end(), take);
    } else if (!content.is_null()) {
        take(content);
    }
}

std::string_view kind_of_part(const json::Value& part) {
    if (part.if_string() != nullptr) return "text";
    if (part["thought"].bool_or(false)) return "thought";
    const auto kind = std::find_if(k_kinds.begin(), k_kinds.end(),
                                   [&](std::string_view key) { return !part[key].is_null(); });
    if (kind != k_kinds.end()) return *kind;
    // Nothing but the signature of what was thought.
    return has_thought_signature(part) ? "thought" : std::string_view();
}

std::string said_in(const json::Value& part) {
    if (const std::string* text = part.if_string()) return *text;
    const std::string_view kind = kind_of_part(part);
    if (kind == "text") return std::string(part["text"].string_or());
    if (kind == "inlineData") return binary_mark(part["inlineData"]);
    if (kind == "fileData") return file_mark(part["fileData"]);
    if (kind == "executableCode") return std::string(part["executableCode"]["code"].string_or());
    if (kind == "codeExecutionResult") return std::string(part["codeExecutionResult"]["output"].string_or());
    return {};
}

std::string text_of_parts(const json::Value& content) {
    std::string joined;
    for_each_part(content, [&](const json::Value& part) { append_line(joined, said_in(part)); });
    return joined;
}

bool has_thought_signature(const json::Value& part) {
    return !part["thoughtSignature"].string_or().empty();
}

Response response_of(const json::Value& function_response) {
    Response given;
    const json::Value& response = function_response["response"];
    const json::Value& error = response["error"];
    given.failed = !error.is_null() && !text_or_json(error).empty();
    if (response.if_object() == nullptr) {
        given.text = text_or_json(response);
    } else if (given.failed || !response["output"].is_null()) {
        given.text = text_or_json(response["output"]);
        append_line(given.text, text_or_json(error));
    } else if (!response["content"].is_null()) {
        given.text = text_of_parts(response["content"]);
    } else if (!response.if_object()->empty()) {
        given.text = json::to_compact(response);
    }
    append_line(given.text, text_of_parts(function_response["parts"]));
    return given;
}

std::int64_t exit_code_in(std::string_view text) {
    constexpr std::array<std::string_view, 5> k_names{
        "Error: ", "Exit Code: ", "Signal: ", "Background PIDs: ", "Process Group PGID: "};
    while (!text.empty()) {
        const std::size_t before = text.rfind('\n');
        const std::string_view line = before == std::string_view::npos ? text : text.substr(before + 1);
        const bool known = std::any_of(k_names.begin(), k_names.end(),
                                       [line](std::string_view name) { return line.starts_with(name); });
        if (!known) return 0;
        if (line.starts_with(k_names[1])) return leading_number(line.substr(k_names[1].size())).value_or(0);
        text = before == std::string_view::npos ? std::string_view() : text.substr(0, before);
    }
    return 0;
}

}  // namespace opentraces::capture::gemini
