#include "cli/trace_fields.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_short_id = 8;

// Cuts to `width` code points, marking the cut, and pads with blanks.
std::string cell(std::string_view text, std::size_t width) {
    std::string shown(printable_line(text));
    const std::size_t length = code_points(shown);
    if (length > width) {
        shown = std::string(first_code_points(shown, width - 1)) + "\xE2\x80\xA6";
    } else {
        shown.append(width - length, ' ');
    }
    return shown;
}

std::string trimmed_end(std::string text) {
    while (!text.empty() && text.back() == ' ')
        text.pop_back();
    return text;
}

}  // namespace

json::Value text_or_null(const std::string& text) {
    return text.empty() ? json::Value() : json::Value(text);
}

json::Object trace_object(const store::TraceRow& row) {
    json::Object object;
    object.append("trace_id", row.id.str());
    object.append("session_id", row.session_id);
    object.append("agent", row.agent);
    object.append("model", text_or_null(row.model));
    object.append("stage", std::string(store::name_of(row.stage)));
    object.append("task", text_or_null(row.task));
    object.append("steps", row.steps);
    object.append("tool_calls", row.tool_calls);
    object.append("input_tokens", row.input_tokens);
    object.append("output_tokens", row.output_tokens);
    object.append("cost_usd", row.cost_usd ? json::Value(*row.cost_usd) : json::Value());
    object.append("started_at", text_or_null(row.started_at));
    object.append("ended_at", text_or_null(row.ended_at));
    object.append("findings", row.findings);
    object.append("redactions", row.redactions);
    object.append("needs_review", row.needs_review);
    object.append("content_hash", row.content_hash.str());
    object.append("revision", static_cast<std::int64_t>(row.revision));
    object.append("supersedes", text_or_null(row.supersedes.str()));
    return object;
}

std::string short_id(const TraceId& id) {
    return id.str().substr(0, k_short_id);
}

std::string relative_time(std::string_view iso8601, TimePoint now) {
    const auto at = parse_iso8601(iso8601);
    if (!at) return {};
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(now - *at).count();
    if (minutes < 1) return "just now";
    if (minutes < 60) return fmt::format("{}m ago", minutes);
    if (minutes < 24 * 60) return fmt::format("{}h ago", minutes / 60);
    return fmt::format("{}d ago", minutes / (24 * 60));
}

std::string counted(std::int64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", with_commas(count), noun, count == 1 ? "" : "s");
}

std::string with_commas(std::int64_t number) {
    std::string digits = std::to_string(number);
    const std::size_t sign = number < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > sign + 3; at -= 3)
        digits.insert(at - 3, 1, ',');
    return digits;
}

std::string trace_table(const std::vector<store::TraceRow>& rows, int width, TimePoint now) {
    // id 8, stage 9, time 9, steps 6, tools 6, findings 5, blanks between: what is left is for the task.
    constexpr int k_fixed = 8 + 9 + 9 + 6 + 6 + 5 + 6 * 2;
    const auto task_width = static_cast<std::size_t>(std::max(width - k_fixed, 12));
    std::string text = trimmed_end(fmt::format("{:8}  {:9}  {:9}  {:>6}  {:>6}  {:>5}  {}", "ID", "STAGE",
                                               "ENDED", "STEPS", "TOOLS", "FOUND", "TASK"));
    text += "\n";
    for (const store::TraceRow& row : rows) {
        const std::string& when = row.ended_at.empty() ? row.started_at : row.ended_at;
        text += trimmed_end(fmt::format("{:8}  {:9}  {:9}  {:>6}  {:>6}  {:>5}  {}", short_id(row.id),
                                        store::name_of(row.stage), relative_time(when, now), row.steps,
                                        row.tool_calls, row.findings,
                                        cell(row.task.empty() ? "(no task)" : row.task, task_width)));
        text += "\n";
    }
    return text;
}

}  // namespace opentraces::cli
