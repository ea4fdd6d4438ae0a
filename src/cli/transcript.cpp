#include "cli/transcript.hpp"

#include <fmt/format.h>

#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/trace/marks.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_shown_text = 500;

std::string painted(const Context& context, std::string_view colour, std::string_view text) {
    if (!context.terminal.colour()) return std::string(text);
    return std::string(colour).append(text).append(k_plain);
}

std::string shown(std::string_view text, bool whole) {
    const bool cut = !whole && code_points(text) > k_shown_text;
    const std::string_view part = cut ? first_code_points(text, k_shown_text) : text;
    std::string out;
    std::size_t begin = 0;
    while (begin <= part.size()) {
        const std::size_t end = std::min(part.find('\n', begin), part.size());
        out += "  " + printable_line(part.substr(begin, end - begin)) + "\n";
        begin = end + 1;
    }
    if (cut)
        out +=
            fmt::format("  ... {} more characters; --verbose shows them\n", code_points(text) - k_shown_text);
    return out;
}

// On the user's clock where somebody reads; in a pipe as it is written.
std::string time_of(Context& context, const std::string& text) {
    const auto at = parse_iso8601(text);
    return at && context.terminal.out_is_terminal() ? local_minute(context, *at) : text;
}

std::string duration_text(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds);
    if (whole < 60) return fmt::format("{}s", whole);
    if (whole < 3600) return fmt::format("{}m {}s", whole / 60, whole % 60);
    return fmt::format("{}h {}m", whole / 3600, whole / 60 % 60);
}

std::string period(Context& context, const store::TraceRow& row, const trace::TraceRecord& record) {
    if (row.started_at.empty() && row.ended_at.empty()) return {};
    std::string text = time_of(context, row.started_at);
    if (!row.ended_at.empty()) text += " to " + time_of(context, row.ended_at);
    const auto duration = record.metrics.total_duration_s;
    if (!duration || !(*duration >= 0 && *duration < 1e9)) return text;
    const auto active = trace::marks_of(record.metadata).active_s;
    return text + " (" + duration_text(*duration) + (active ? ", active " + duration_text(*active) : "") +
           ")";
}

std::string tokens_text(const store::TraceRow& row, const trace::TraceRecord& record,
                        const std::optional<store::CacheTokens>& cache) {
    if (row.usage_is_unknown.value_or(store::late_counts_of(record).usage_is_unknown))
        return "unknown: the session's log has no counts";
    const std::string text =
        fmt::format("{} in, {} out", with_commas(row.input_tokens), with_commas(row.output_tokens));
    if (!cache) return text;
    return text +
           fmt::format("; cache: {} read, {} written", with_commas(cache->read), with_commas(cache->written));
}

// What is known; nothing is made of what is not.
std::string outcome_text(const trace::Outcome& outcome) {
    std::string text;
    const auto add = [&text](const std::string& words) { text += (text.empty() ? "" : ", ") + words; };
    if (outcome.success) add(*outcome.success ? "success" : "failure");
    if (outcome.terminal_state) add(std::string(trace::name_of(*outcome.terminal_state)));
    if (outcome.commit_sha)
        add("committed " + *outcome.commit_sha);
    else if (outcome.committed)
        add("committed");
    if (outcome.description) add(*outcome.description);
    return text;
}

std::string call_text(Context& context, const trace::Step& step, const trace::ToolCall& call, bool whole) {
    std::string text = "  " + painted(context, k_yellow, "> " + printable_line(call.tool_name)) + "\n";
    text += shown(json::to_compact(json::Value(call.input)), whole);
    for (const trace::Observation& observation : step.observations) {
        if (observation.source_call_id != call.tool_call_id) continue;
        text += "  < result";
        if (observation.error)
            text += " " + painted(context, k_red, "(" + printable_line(*observation.error) + ")");
        text += "\n";
        if (observation.content) text += shown(*observation.content, whole);
    }
    return text;
}

std::string step_title(Context& context, const trace::Step& step) {
    std::string title = fmt::format("--- step {} {}", step.step_index.text(), trace::name_of(step.role));
    if (step.call_type && *step.call_type != trace::CallType::Main)
        title += fmt::format(", {}", trace::name_of(*step.call_type));
    if (step.timestamp) title += ", " + printable_line(time_of(context, *step.timestamp));
    title += " ---";
    return painted(context, step.role == trace::Role::User ? k_green : k_bold, title);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> header_lines(
    Context& context, const store::TraceRow& row, const trace::TraceRecord& record,
    const std::optional<store::CacheTokens>& cache) {
    std::vector<std::pair<std::string, std::string>> lines;
    const auto line = [&](std::string name, std::string value) {
        if (!value.empty()) lines.emplace_back(std::move(name), std::move(value));
    };
    line("Trace", row.id.str());
    line("Session", row.session_id);
    line("Stage", std::string(store::name_of(row.stage)));
    line("Task", row.task);
    line("Agent", row.agent + (row.model.empty() ? "" : " (" + row.model + ")"));
    line("Time", period(context, row, record));
    line("Steps", fmt::format("{}, {} tool calls", row.steps, row.tool_calls));
    line("Tokens", tokens_text(row, record, cache));
    const bool at_least = trace::marks_of(record.metadata).cost_is_lower_bound;
    if (row.cost_usd) line("Cost", fmt::format("{}${:.4f}", at_least ? "at least " : "", *row.cost_usd));
    line("Outcome", outcome_text(record.outcome));
    line("Findings", fmt::format("{} found, {} redacted{}", row.findings, row.redactions,
                                 row.needs_review ? "; needs review" : ""));
    line("Hash", row.content_hash.str());
    line("Replaces", row.supersedes.str());
    line("Error", row.last_error);
    return lines;
}

std::string header_text(Context& context, const store::TraceRow& row, const trace::TraceRecord& record) {
    std::string text;
    for (const auto& [name, value] : header_lines(context, row, record, store::cache_tokens_of(record)))
        text += painted(context, k_dim, fmt::format("{:<9}", name)) + " " + printable_line(value) + "\n";
    return text;
}

std::string step_text(Context& context, const trace::Step& step, bool whole) {
    std::string text = "\n" + step_title(context, step) + "\n";
    if (step.reasoning_content)
        text += "  " + painted(context, k_dim, "[thinking]") + "\n" + shown(*step.reasoning_content, whole);
    if (step.content) text += shown(*step.content, whole);
    for (const trace::ToolCall& call : step.tool_calls)
        text += call_text(context, step, call, whole);
    return text;
}

}  // namespace opentraces::cli
