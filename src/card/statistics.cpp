#include <fmt/format.h>

#include <algorithm>

#include "card/numbers.hpp"
#include "card/sections.hpp"

namespace opentraces::card {
namespace {

constexpr std::size_t k_listed_names = 10;  // in one cell
constexpr std::size_t k_listed_rows = 20;   // of a distribution
constexpr std::int64_t k_bar_width = 20;

std::string row(std::string_view label, std::string_view value) {
    return fmt::format("| {} | {} |\n", label, value);
}

std::string plural(std::int64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", with_commas(count), noun, count == 1 ? "" : "s");
}

// "fmt (3), curl (2) and 4 more"
std::string name_list(const std::map<std::string, std::int64_t>& counts) {
    const Ranking ranking = ranked(counts);
    std::string text;
    for (std::size_t i = 0; i < std::min(ranking.size(), k_listed_names); ++i)
        text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", table_cell(ranking[i].first),
                            with_commas(ranking[i].second));
    if (ranking.size() > k_listed_names) text += fmt::format(" and {} more", ranking.size() - k_listed_names);
    return text;
}

std::string schema_versions(const shard::DatasetStats& stats) {
    if (stats.schema_versions.empty()) return std::string(trace::k_schema_version);
    if (stats.schema_versions.size() == 1) return table_cell(stats.schema_versions.begin()->first);
    return name_list(stats.schema_versions);
}

// What an index of an older version does not say, once others do.
std::string unknown_marks(const shard::DatasetStats& stats) {
    const std::int64_t unknown = stats.traces - stats.marks.known;
    return unknown > 0 && stats.marks.known > 0 ? "; not known of " + plural(unknown, "trace") : "";
}

std::string cost_rows(const shard::DatasetStats& stats) {
    if (stats.traces_with_cost == 0) return {};
    const std::int64_t bounds = stats.marks.costs_lower_bound;
    const std::string_view at_least = bounds > 0 ? "≥ " : "";
    const std::string lower_bound =
        bounds > 0 ? fmt::format("; a lower bound: in {} the last count of tokens is not in the log{}",
                                 plural(bounds, "trace"), unknown_marks(stats))
                   : "";
    return row("Total cost",
               fmt::format("{}${} (estimated, over {} of {}{})", at_least, fixed(cents(stats.cost), 2),
                           with_commas(stats.traces_with_cost), plural(stats.traces, "trace"), lower_bound)) +
           row("Average cost per trace",
               fmt::format("{}${}", at_least, fixed(cents(stats.cost, stats.traces_with_cost), 2)));
}

std::string active_time_row(const shard::DatasetStats& stats) {
    const shard::MarkStats& marks = stats.marks;
    if (marks.traces_with_active_time == 0) return {};
    const std::int64_t minutes = rounded_ratio(marks.active_ms, 60'000);
    return row(
        "Active time",
        fmt::format("{} h {} min (without waiting for people, over {} of {})", with_commas(minutes / 60),
                    minutes % 60, with_commas(marks.traces_with_active_time), plural(stats.traces, "trace")));
}

std::string cut_row(const shard::DatasetStats& stats) {
    const shard::MarkStats& marks = stats.marks;
    if (marks.traces_cut == 0) return {};
    return row("Cut texts", fmt::format("{} in {} (each says how many characters are gone{})",
                                        with_commas(marks.texts_cut), plural(marks.traces_cut, "trace"),
                                        unknown_marks(stats)));
}

std::string success_row(const shard::DatasetStats& stats) {
    if (stats.traces_with_outcome == 0) return row("Success rate", "unknown (no trace has an outcome)");
    return row("Success rate",
               fmt::format("{}% ({} of {} with an outcome)",
                           fixed(permille(stats.successes, stats.traces_with_outcome), 1),
                           with_commas(stats.successes), plural(stats.traces_with_outcome, "trace")));
}

std::string security_rows(const shard::DatasetStats& stats) {
    return row("Scanned for secrets",
               fmt::format("{} of {}", with_commas(stats.traces_scanned), plural(stats.traces, "trace"))) +
           row("Redactions", fmt::format("{} in {}", with_commas(stats.redactions),
                                         plural(stats.traces_redacted, "trace")));
}

// Sums over the traces whose logs have any counts.
class TokenRows {
public:
    explicit TokenRows(const shard::DatasetStats& stats)
        : m_known(stats.traces - stats.marks.traces_without_usage), m_traces(stats.traces) {}

    std::string total(std::int64_t count) const {
        if (m_known == m_traces || m_known <= 0) return one("Total tokens", count);
        return one("Total tokens", count,
                   fmt::format(" (of {} of {}; the logs of the others have no counts)", with_commas(m_known),
                               plural(m_traces, "trace")));
    }
    std::string one(std::string_view name, std::int64_t count, std::string_view note = {}) const {
        const bool none = m_traces > 0 && m_known <= 0;
        return row(name, none ? "unknown (no log has counts)" : with_commas(count) + std::string(note));
    }

private:
    std::int64_t m_known;
    std::int64_t m_traces;
};

std::string metric_rows(const CardInput& input, std::string_view license) {
    const shard::DatasetStats& stats = input.stats;
    std::string text = row("Total traces", with_commas(stats.traces));
    text += row("Total steps", with_commas(stats.steps));
    const TokenRows tokens(stats);
    text += tokens.total(stats.input_tokens + stats.output_tokens);
    text += row("Date range", date_range(stats));
    text += row("Schema version", schema_versions(stats));
    text += row("Shards", with_commas(input.shards));
    text += row("Tool calls", with_commas(stats.tool_calls));
    text += tokens.one("Input tokens", stats.input_tokens);
    text += tokens.one("Output tokens", stats.output_tokens);
    text += tokens.one("Cache tokens read", stats.cache_read_tokens, " (not in the total)");
    text += tokens.one("Cache tokens written", stats.cache_write_tokens, " (not in the total)");
    if (stats.traces_with_copies > 0)
        text +=
            row("Counted once", fmt::format("replies that {} with other sessions of the dataset",
                                            stats.traces_with_copies == 1
                                                ? std::string("1 trace shares")
                                                : with_commas(stats.traces_with_copies) + " traces share"));
    text += cut_row(stats);
    text += active_time_row(stats);
    text += cost_rows(stats);
    text += success_row(stats);
    if (!stats.languages.empty()) text += row("Languages", name_list(stats.languages));
    if (!stats.dependencies.empty()) text += row("Top dependencies", name_list(stats.dependencies));
    text += security_rows(stats);
    if (input.withdrawn > 0)
        text += row("Withdrawn", plural(input.withdrawn, "trace") +
                                     " (`opentraces/withdrawn.jsonl`: delete them from copies)");
    if (stats.implausible > 0)
        text += row("Implausible numbers", with_commas(stats.implausible) + " (left out of the sums)");
    text += row("License", license.empty() ? "not stated" : table_cell(license));
    if (input.gated) text += row("Access", "on request (gated)");
    return text;
}

std::string_view score_status(double score) {
    if (score >= 80) return "PASS";
    return score >= 60 ? "WARN" : "FAIL";
}

std::string scorecard(const QualitySummary& quality, const shard::DatasetStats& stats) {
    std::string text = "\n### opentraces Scorecard\n\n";
    text += fmt::format("Assessed: {} | Mode: {} | Scorer: v{} | over {} of {}\n\n",
                        table_cell(quality.assessed_at), table_cell(quality.scoring_mode),
                        table_cell(quality.scorer_version), with_commas(quality.trace_count),
                        plural(stats.traces, "trace"));
    text += "| Persona | Score | Min | Max | Status |\n|---------|-------|-----|-----|--------|\n";
    for (const PersonaScore& persona : quality.personas)
        text += fmt::format("| {} | {:.1f}% | {:.1f}% | {:.1f}% | {} |\n",
                            table_cell(persona_title(persona.name)), persona.average, persona.minimum,
                            persona.maximum, score_status(persona.average));
    text += fmt::format("\n**Overall utility: {:.1f}%** | Gate: {}\n", quality.overall_utility,
                        quality.gate_status == "passing" ? "PASSING" : "FAILING");
    return text;
}

std::string bar(std::int64_t part, std::int64_t whole) {
    const std::int64_t full =
        std::clamp<std::int64_t>(rounded_ratio(part * k_bar_width, whole), 0, k_bar_width);
    std::string text;
    for (std::int64_t i = 0; i < k_bar_width; ++i)
        text += i < full ? "█" : "░";
    return text;
}

std::string share_row(std::string_view name, std::int64_t count, std::int64_t total) {
    return fmt::format("| {} | {} | {} {}% |\n", name, with_commas(count), bar(count, total),
                       fixed(permille(count, total), 1));
}

std::string distribution(std::string_view title, std::string_view column,
                         const std::map<std::string, std::int64_t>& counts, std::int64_t traces) {
    if (counts.empty()) return {};
    std::string text =
        fmt::format("\n### {}\n\n| {} | Count | Share |\n|-------|-------|-------|\n", title, column);
    const Ranking ranking = ranked(counts);
    std::int64_t named = 0;
    std::int64_t shown = 0;
    for (std::size_t i = 0; i < ranking.size(); ++i) {
        named += ranking[i].second;
        if (i >= k_listed_rows) continue;
        shown += ranking[i].second;
        const std::string& name = ranking[i].first;
        text += share_row(name.empty() ? "*unnamed*" : table_cell(name), ranking[i].second, traces);
    }
    if (shown < named)
        text += share_row(fmt::format("*{} more*", ranking.size() - k_listed_rows), named - shown, traces);
    if (named < traces) text += share_row("*not recorded*", traces - named, traces);
    return text;
}

}  // namespace

std::string statistics_section(const CardInput& input, std::string_view license) {
    const shard::DatasetStats& stats = input.stats;
    std::string text = fmt::format("{}\n## Dataset Statistics\n\n", k_stats_start);
    text += "| Metric | Value |\n|--------|-------|\n";
    text += metric_rows(input, license);
    if (input.quality) text += scorecard(*input.quality, stats);
    text += distribution("Model Distribution", "Model", stats.models, stats.traces);
    text += distribution("Agent Distribution", "Agent", stats.agents, stats.traces);
    // The empty line ends the table: some renderers take the marker for one more row.
    return text + fmt::format("\n{}\n", k_stats_end);
}

}  // namespace opentraces::card
