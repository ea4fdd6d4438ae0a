#include "formats/readable/readable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "formats/view/record_head.hpp"
#include "formats/view/remarks.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/trace/marks.hpp"

namespace opentraces::formats {
namespace {

using trace::TraceRecord;

constexpr std::size_t k_title_length = 100;
constexpr std::size_t k_shown_task = 80;

std::string with_thousands(std::int64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > (number < 0 ? 4U : 3U);) {
        at -= 3;
        text.insert(at, ",");
    }
    return text;
}

std::string duration_text(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0) return {};
    if (seconds < 60) return fmt::format("{:.1f} s", seconds);
    const auto whole = static_cast<std::int64_t>(std::min(seconds, 1e15));
    if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

class FactList {
public:
    void add(std::string_view label, std::string value) {
        if (!value.empty()) m_all.push_back({label, std::move(value)});
    }
    void add(std::string_view label, const trace::OptText& value) {
        if (value) add(label, *value);
    }
    std::vector<Fact> take() { return std::move(m_all); }

private:
    std::vector<Fact> m_all;
};

std::string outcome_text(const trace::Outcome& outcome) {
    std::string text;
    const auto add = [&](std::string_view part) { text.append(text.empty() ? "" : ", ").append(part); };
    if (outcome.success) add(*outcome.success ? "success" : "failure");
    if (outcome.terminal_state) add(trace::name_of(*outcome.terminal_state));
    if (outcome.committed) add("committed");
    if (outcome.commit_sha) add(*outcome.commit_sha);
    if (outcome.reward) add(fmt::format("reward {}", *outcome.reward));
    if (outcome.description) add(*outcome.description);
    return text;
}

std::string steps_text(const TraceRecord& record) {
    std::int64_t calls = 0;
    std::int64_t errors = 0;
    for (const trace::Step& step : record.steps) {
        calls += static_cast<std::int64_t>(step.tool_calls.size());
        for (const trace::Observation& observation : step.observations)
            errors += observation.error ? 1 : 0;
    }
    std::string text = with_thousands(static_cast<std::int64_t>(record.steps.size()));
    text += fmt::format(", {} tool call{}", with_thousands(calls), calls == 1 ? "" : "s");
    if (errors > 0) text += fmt::format(", {} of them with an error", with_thousands(errors));
    return text;
}

std::string tokens_text(const Prepared& prepared) {
    const trace::Metrics& metrics = prepared.record->metrics;
    const std::int64_t input = metrics.total_input_tokens.value();
    const std::int64_t output = metrics.total_output_tokens.value();
    if (input == 0 && output == 0) return {};
    const std::string_view cache = prepared.cache_beside_input ? " in (without cache), " : " in, ";
    std::string text = with_thousands(input) + std::string(cache) + with_thousands(output) + " out";
    if (metrics.cache_hit_rate)
        text += fmt::format(", cache hit rate {:.1f} %", *metrics.cache_hit_rate * 100);
    return text;
}

// Of a time that is none, the text as it is.
std::string time_text(const trace::OptText& text) {
    if (!text) return {};
    const auto at = parse_instant(*text);
    if (!at) return *text;
    std::string shown = instant_text(*at).substr(0, 19);
    shown[10] = ' ';
    return shown + " UTC";
}

}  // namespace

std::string readable_line(std::string_view text, std::size_t most) {
    text = trim(text);
    text = text.substr(0, text.find_first_of("\r\n"));
    const std::string_view shown = first_code_points(text, most);
    return shown.size() < text.size() ? std::string(shown) + "…" : std::string(shown);
}

std::string readable_title(const TraceRecord& record) {
    std::string title =
        record.task.description ? readable_line(*record.task.description, k_title_length) : "";
    for (const trace::Step& step : record.steps) {
        if (!title.empty()) break;
        if (step.role == trace::Role::User && step.content)
            title = readable_line(*step.content, k_title_length);
    }
    return title.empty() ? "Session " + readable_line(record.session_id, k_title_length) : title;
}

std::vector<Fact> readable_facts(const Prepared& prepared) {
    const TraceRecord& record = *prepared.record;
    const trace::Marks marks = trace::marks_of(record.metadata);
    FactList facts;
    facts.add("Agent", record.agent.name + (record.agent.version ? " " + *record.agent.version : ""));
    facts.add("Model", record.agent.model);
    facts.add("Started", time_text(record.timestamp_start));
    if (record.metrics.total_duration_s)
        facts.add("Duration", duration_text(*record.metrics.total_duration_s));
    facts.add("Steps", steps_text(record));
    if (prepared.runs.size() > 1) facts.add("Sub-agents", std::to_string(prepared.runs.size() - 1));
    facts.add("Tokens", tokens_text(prepared));
    if (record.metrics.estimated_cost_usd)
        facts.add("Cost",
                  fmt::format("{}{:.4f} USD (estimated)", marks.cost_is_lower_bound ? "at least " : "",
                              *record.metrics.estimated_cost_usd));
    if (marks.active_s && record.metrics.total_duration_s)
        facts.add("Active", duration_text(*marks.active_s));
    facts.add("Repository", record.task.repository);
    facts.add("Branch", record.environment.vcs.branch);
    const auto& commit =
        record.task.base_commit ? record.task.base_commit : record.environment.vcs.base_commit;
    facts.add("Base commit", commit);
    facts.add("Outcome", outcome_text(record.outcome));
    facts.add("Session", record.session_id);
    facts.add("Trace", record.trace_id);
    return facts.take();
}

std::string readable_run(const Run& run) {
    std::string text = "Sub-agent";
    if (!run.role.empty()) text += " " + std::string(run.role);
    for (const PreparedStep& step : run.steps) {
        if (step.step->role != trace::Role::User || !step.step->content) continue;
        text += ": " + readable_line(*step.step->content, k_shown_task);
        break;
    }
    return text + fmt::format(" ({} step{})", run.steps.size(), run.steps.size() == 1 ? "" : "s");
}

std::string readable_role(const PreparedStep& step) {
    std::string text = step.is_agent() ? "Agent" : step.step->role == trace::Role::User ? "User" : "System";
    if (step.is_warmup()) text += ", warm-up";
    return text;
}

std::string clock_text(Instant at) {
    return instant_text(at).substr(11, 8);
}

std::string readable_rest(const TraceRecord& record) {
    json::StringSink text;
    JsonOut out(text);
    write_record_head(out, record);
    out.end_line();
    text.text().pop_back();
    return json::write_pretty(json::parse(text.text()));
}

std::vector<Diagnostic> readable_remarks(const Prepared& prepared, bool subagents) {
    Remarks remarks;
    for (const Run& run : prepared.runs) {
        if (!run.is_main() && !subagents)
            remarks.add("subagents", "step of a sub-agent: left out as asked", run.steps.size());
        for (const PreparedStep& step : run.steps) {
            if (step.step->timestamp && !step.time) remarks.add("step_timestamp", "not a time: left out");
        }
    }
    return remarks.take();
}

}  // namespace opentraces::formats
