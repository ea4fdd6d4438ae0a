#include "capture/codex/results.hpp"

#include <algorithm>
#include <cmath>

#include "capture/blocks.hpp"
#include "capture/diffs.hpp"
#include "capture/numbers.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::capture::codex {
namespace {

// The head of a command's output: lines before "Output:".
constexpr std::size_t k_head = 400;
constexpr std::int64_t k_longest_ms = 1'000'000'000'000;

std::optional<std::int64_t> number_in(std::string_view text, std::string_view words) {
    const std::size_t at = text.find(words);
    if (at == std::string_view::npos) return std::nullopt;
    return leading_number(text.substr(at + words.size()));
}

void set_exit_code(trace::Observation& observation, std::optional<std::int64_t> code) {
    if (code && *code != 0) observation.error = "exit_code:" + std::to_string(*code);
}

std::optional<std::int64_t> milliseconds(const json::Value& seconds) {
    const json::Number* number = seconds.if_number();
    if (number == nullptr) return std::nullopt;
    const double value = number->as_double() * 1000;
    if (!(value >= 0) || value > static_cast<double>(k_longest_ms)) return std::nullopt;
    return static_cast<std::int64_t>(std::llround(value));
}

// {"output": text, "metadata": {"exit_code", "duration_seconds"}} as text, of the shell tool.
std::optional<Outcome> read_packed(const std::string& text) {
    if (!text.starts_with('{')) return std::nullopt;
    try {
        const json::Value packed = json::parse(text);
        const std::string* output = packed["output"].if_string();
        if (output == nullptr || packed["metadata"].if_object() == nullptr) return std::nullopt;
        Outcome outcome;
        outcome.observation.content = *output;
        set_exit_code(outcome.observation, packed["metadata"]["exit_code"].integer());
        outcome.duration_ms = milliseconds(packed["metadata"]["duration_seconds"]);
        return outcome;
    } catch (const json::SyntaxError&) {
        return std::nullopt;
    }
}

Outcome read_text(std::string text) {
    if (auto packed = read_packed(text)) return *packed;
    Outcome outcome;
    const std::string_view head = std::string_view(text).substr(0, std::min(text.find("Output:\n"), k_head));
    auto code = number_in(head, "Process exited with code ");
    if (!code && head.starts_with("Exit code: ")) code = number_in(head, "Exit code: ");
    set_exit_code(outcome.observation, code);
    if (!text.empty()) outcome.observation.content = std::move(text);
    return outcome;
}

enrich::FileChange change_of(const std::string& path, const json::Value& value) {
    enrich::FileChange change;
    const std::string_view type = value["type"].string_or();
    const std::string_view moved = value["move_path"].string_or();
    change.path = moved.empty() ? path : std::string(moved);
    if (!moved.empty() && moved != path) change.moved_from = path;
    change.created = type == "add";
    change.deleted = type == "delete";
    const std::string* content = value["content"].if_string();
    if (content != nullptr && change.created) change.written = *content;
    if (content != nullptr && change.deleted) change.before = *content;
    change.hunks = unified_hunks(value["unified_diff"].string_or());
    change.whole_file = change.created;
    if (!change.hunks.empty()) return change;
    change.moved_only = !change.moved_from.empty();
    change.exact = change.created || change.deleted;
    if (!change.exact) return change;
    change.whole_file = true;
    change.hunks.push_back(whole_text_hunk(value["content"].string_or(), change.deleted ? '-' : '+'));
    return change;
}

}  // namespace

Outcome read_output(const json::Value& output) {
    if (const std::string* text = output.if_string()) return read_text(*text);
    if (output.if_array() != nullptr) return read_text(text_of(output));
    if (output.if_object() == nullptr) return {};
    const json::Value& content = output["content"];
    Outcome outcome = content.is_null() ? read_text(json::to_compact(output)) : read_text(text_of(content));
    if (!output["success"].bool_or(true) && !outcome.observation.error)
        outcome.observation.error = "tool_error";
    return outcome;
}

std::optional<std::int64_t> duration_of(const json::Value& payload) {
    const json::Value& duration = payload["duration"];
    if (duration["secs"].if_number() == nullptr) return std::nullopt;
    return count_of(duration["secs"]) * 1000 + count_of(duration["nanos"]) / 1'000'000;
}

std::vector<enrich::FileChange> changes_of(const json::Value& value) {
    std::vector<enrich::FileChange> changes;
    if (const json::Object* files = value.if_object()) {
        for (const auto& [path, change] : *files)
            changes.push_back(change_of(path, change));
    }
    return changes;
}

}  // namespace opentraces::capture::codex
