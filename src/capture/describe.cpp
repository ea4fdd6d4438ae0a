#include "capture/describe.hpp"

namespace opentraces::capture {

json::Object counts(const std::map<std::string, std::size_t>& numbers) {
    json::Object object;
    for (const auto& [name, number] : numbers)
        object.set(name, json::Value(static_cast<std::int64_t>(number)));
    return object;
}

void set_text(trace::OptText& field, std::string_view text) {
    if (!text.empty()) field = std::string(text);
}

void set_if_some(json::Object& object, std::string key, std::string_view text) {
    if (!text.empty()) object.set(std::move(key), json::Value(text));
}

void set_if_some(json::Object& object, std::string key, std::size_t count) {
    if (count > 0) object.set(std::move(key), json::Value(static_cast<std::int64_t>(count)));
}

// Folders of the systems that Claude Code runs on.
trace::OptText os_of(std::string_view cwd) {
    if (cwd.starts_with("/Users/")) return "darwin";
    if (cwd.starts_with("/home/") || cwd.starts_with("/root")) return "linux";
    if (cwd.size() > 2 && cwd[1] == ':' && (cwd[2] == '/' || cwd[2] == '\\')) return "windows";
    return std::nullopt;
}

json::Value usage_by_model(const std::vector<enrich::ModelUsage>& usage) {
    json::Object models;
    for (const enrich::ModelUsage& one : usage) {
        json::Object numbers;
        numbers.set("replies", one.replies);
        numbers.set("inputTokens", one.input_tokens);
        numbers.set("outputTokens", one.output_tokens);
        numbers.set("cacheReadInputTokens", one.cache_read_tokens);
        numbers.set("cacheCreationInputTokens", one.cache_write_tokens);
        numbers.set("cacheCreation1hInputTokens", one.long_cache_write_tokens);
        models.set(one.model.empty() ? "unknown" : one.model, std::move(numbers));
    }
    return models;
}

void count_unknown_block(ParseReport& report, std::string_view type, std::string_view what,
                         std::size_t blocks) {
    const std::string name(type.empty() ? "(none)" : type);
    add_to_counts(report.unknown_blocks, name, blocks);
    add_to_counts(report.unknown_line_types, std::string(what) + name, blocks);
}

void note_report(json::Object& notes, std::string_view version, const ParseReport& report) {
    notes.set("version", json::Value(version));
    if (!report.unknown_line_types.empty())
        notes.set("unknown_line_types", counts(report.unknown_line_types));
    if (!report.unknown_blocks.empty()) notes.set("unknown_blocks", counts(report.unknown_blocks));
    set_if_some(notes, "skipped_lines", report.skipped.size());
    set_if_some(notes, "repeated_lines", report.repeated_lines);
}

}  // namespace opentraces::capture
