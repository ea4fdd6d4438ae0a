#include "capture/kimi/parts.hpp"

#include "capture/numbers.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::kimi {

std::string text_of_part(const json::Value& part) {
    if (const std::string* text = part.if_string()) return *text;
    const std::string_view type = part["type"].string_or();
    if (type == "text" || type.empty()) return std::string(part["text"].string_or());
    return "[" + std::string(type.ends_with("_url") ? type.substr(0, type.size() - 4) : type) + "]";
}

std::string text_of_input(const json::Value& input) {
    const json::Array* parts = input.if_array();
    if (parts == nullptr) return std::string(input.string_or());
    std::string text;
    for (const json::Value& part : *parts) {
        const std::string one = text_of_part(part);
        if (!text.empty() && !one.empty()) text += '\n';
        text += one;
    }
    return text;
}

// "Command failed with exit code: 1."
std::string error_in(std::string_view message, std::string_view output) {
    constexpr std::string_view k_words = "exit code: ";
    for (const std::string_view words : {message, output}) {
        const std::size_t at = words.rfind(k_words);
        if (at == std::string_view::npos) continue;
        const auto code = leading_number(words.substr(at + k_words.size()));
        if (code && *code != 0) return "exit_code:" + std::to_string(*code);
    }
    return "tool_error";
}

std::string error_of(const json::Value& result, std::string_view text) {
    if (!result["is_error"].bool_or(result["isError"].bool_or(result["type"].string_or() == "error")))
        return {};
    return error_in(result["message"].string_or(), text);
}

void add_part(SessionBuilder& session, std::size_t place, const json::Value& part) {
    const std::string_view type = part["type"].string_or(part.if_string() != nullptr ? "text" : "");
    if (type == "think") {
        const std::string_view thought = part["think"].string_or();
        const bool sealed = trim(thought).empty() && !part["encrypted"].string_or().empty();
        session.add_reasoning(place, sealed ? k_encrypted_reasoning : thought);
    } else {
        session.add_text(place, text_of_part(part));
    }
}

}  // namespace opentraces::capture::kimi
