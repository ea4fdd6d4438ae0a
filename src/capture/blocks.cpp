#include "capture/blocks.hpp"

#include <algorithm>

#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

constexpr std::size_t k_summary_length = 200;
// Sums of such counts over any file still fit.
constexpr std::int64_t k_largest_count = 1'000'000'000'000;

std::size_t decoded_size(std::string_view base64) {
    const std::size_t padding = base64.ends_with("==") ? 2 : base64.ends_with('=') ? 1 : 0;
    return base64.size() / 4 * 3 - std::min(padding, base64.size() / 4 * 3);
}

std::string text_of_block(const json::Value& block) {
    if (const std::string* text = block.if_string()) return *text;
    const std::string_view type = block["type"].string_or();
    if (type == "text" || type == "input_text" || type == "output_text" || type.empty())
        return std::string(block["text"].string_or());
    return placeholder(block);
}

}  // namespace

std::string placeholder(const json::Value& block) {
    const std::string_view type = block["type"].string_or("block");
    if (type == "tool_reference")
        return "[tool_reference: " + std::string(block["tool_name"].string_or()) + "]";
    const json::Value& source = block["source"];
    const bool inside = source.if_object() == nullptr;
    if (inside && (block["data"].if_string() == nullptr || block["mimeType"].if_string() == nullptr))
        return "[" + std::string(type) + "]";
    const std::string media(inside ? block["mimeType"].string_or()
                                   : source["media_type"].string_or(
                                         source["mediaType"].string_or(source["type"].string_or("unknown"))));
    const std::string_view data = (inside ? block : source)["data"].string_or();
    return "[" + std::string(type) + ": " + media + ", " + std::to_string(decoded_size(data)) + " bytes]";
}

std::string text_of(const json::Value& content) {
    if (const std::string* text = content.if_string()) return *text;
    std::string joined;
    if (const json::Array* blocks = content.if_array()) {
        for (const json::Value& block : *blocks) {
            const std::string text = text_of_block(block);
            if (text.empty()) continue;
            if (!joined.empty()) joined += '\n';
            joined += text;
        }
    }
    return joined;
}

void append_paragraph(std::string& to, std::string_view text) {
    if (text.empty()) return;
    if (!to.empty()) to += "\n\n";
    to += text;
}

std::string summary_of(std::string_view text) {
    const std::string_view start = first_code_points(text, k_summary_length);
    std::string summary(start);
    if (start.size() < text.size()) summary += "...";
    return summary;
}

std::int64_t count_of(const json::Value& value) {
    return std::clamp<std::int64_t>(value.integer().value_or(0), 0, k_largest_count);
}

}  // namespace opentraces::capture
