#include "capture/claude_code/results.hpp"

#include <charconv>
#include <cmath>

#include "capture/blocks.hpp"

namespace opentraces::capture::claude_code {
namespace {

constexpr std::string_view k_exit_code = "Exit code ";

// Bash reports a failure as text: "Exit code 1" and the output after it.
std::optional<int> exit_code_in(std::string_view text) {
    if (text.starts_with("Error: ")) text.remove_prefix(7);
    if (!text.starts_with(k_exit_code)) return std::nullopt;
    text.remove_prefix(k_exit_code.size());
    int code = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), code);
    if (error != std::errc()) return std::nullopt;
    return code;
}

trace::OptText error_of(const json::Value& block, const json::Value& details, std::string_view text) {
    const bool interrupted = details["interrupted"].bool_or(false);
    const bool failed = block["is_error"].bool_or(false);
    if (failed && interrupted) return "interrupted";
    if (failed) {
        const auto code = exit_code_in(text);
        return code && *code != 0 ? "exit_code:" + std::to_string(*code) : "tool_error";
    }
    const auto code = details["exitCode"].integer();
    if (code && *code != 0) return "exit_code:" + std::to_string(*code);
    if (interrupted) return "interrupted";
    return std::nullopt;
}

std::optional<std::int64_t> milliseconds(const json::Value& value, double scale) {
    const json::Number* number = value.if_number();
    if (number == nullptr) return std::nullopt;
    const double scaled = number->as_double() * scale;
    if (!std::isfinite(scaled) || scaled < 0 || scaled > 9e15) return std::nullopt;
    return static_cast<std::int64_t>(std::llround(scaled));
}

std::optional<std::int64_t> duration_of(const json::Value& details) {
    if (auto duration = milliseconds(details["durationMs"], 1)) return duration;
    if (auto duration = milliseconds(details["totalDurationMs"], 1)) return duration;
    if (auto duration = milliseconds(details["durationSeconds"], 1000)) return duration;
    return milliseconds(details["duration"], 1000);
}

}  // namespace

ToolOutcome read_result(const json::Value& block, const json::Value& details) {
    ToolOutcome outcome;
    const std::string text = text_of(block["content"]);
    outcome.observation.error = error_of(block, details, text);
    outcome.duration_ms = duration_of(details);
    outcome.persisted = !details["persistedOutputPath"].string_or().empty();
    if (!text.empty()) {
        outcome.observation.output_summary = summary_of(text);
        outcome.observation.content = text;
    }
    return outcome;
}

}  // namespace opentraces::capture::claude_code
