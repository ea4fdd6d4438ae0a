#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "card/numbers.hpp"
#include "card/sections.hpp"
#include "card/text_lines.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::card {
namespace {

constexpr std::size_t k_top_dependencies = 10;

// ASCII only, and without any character that could close or reopen the comment around it.
std::string quoted(const std::string& text) {
    std::string plain;
    json::append_canonical_string(plain, text);
    std::string out;
    for (const char c : plain) {
        const bool second_dash = c == '-' && out.ends_with('-');
        if (c == '<' || c == '>' || second_dash)
            json::append_u_escape(out, static_cast<unsigned char>(c));
        else
            out += c;
    }
    return out;
}

std::string counts_object(const std::map<std::string, std::int64_t>& counts) {
    std::string text;
    for (const auto& [name, count] : ranked(counts))
        text += fmt::format("{}{}:{}", text.empty() ? "" : ",", quoted(name), count);
    return "{" + text + "}";
}

std::string top_dependencies(const std::map<std::string, std::int64_t>& counts) {
    const Ranking ranking = ranked(counts);
    std::string text;
    for (std::size_t i = 0; i < std::min(ranking.size(), k_top_dependencies); ++i)
        text +=
            fmt::format("{}[{},{}]", text.empty() ? "" : ",", quoted(ranking[i].first), ranking[i].second);
    return "[" + text + "]";
}

// 12.5 for 1250 and 2 places: a JSON number without zeros that say nothing.
std::string short_number(std::int64_t value, int places) {
    std::string text = fixed(value, places);
    while (text.ends_with('0') && !text.ends_with(".0"))
        text.pop_back();
    return text;
}

// Behind what readers of the block have always found, and only where there is something to say.
std::string marks_members(const shard::MarkStats& marks) {
    std::string text;
    if (marks.costs_lower_bound > 0)
        text += fmt::format(R"(,"cost_lower_bound_traces":{})", marks.costs_lower_bound);
    if (marks.traces_with_active_time > 0)
        text += fmt::format(R"(,"total_active_s":{},"active_time_traces":{})",
                            rounded_ratio(marks.active_ms, 1000), marks.traces_with_active_time);
    if (marks.traces_without_usage > 0)
        text += fmt::format(R"(,"unknown_token_traces":{})", marks.traces_without_usage);
    if (marks.traces_cut > 0)
        text += fmt::format(R"(,"cut_texts":{},"cut_traces":{})", marks.texts_cut, marks.traces_cut);
    return text;
}

}  // namespace

Ranking ranked(const std::map<std::string, std::int64_t>& counts) {
    Ranking ranking(counts.begin(), counts.end());
    std::stable_sort(ranking.begin(), ranking.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    return ranking;
}

std::string date_range(const shard::DatasetStats& stats) {
    if (!stats.first_ms || !stats.last_ms) return "N/A";
    const auto date = [](std::int64_t ms) { return format_date(TimePoint(std::chrono::milliseconds(ms))); };
    return fmt::format("{} to {}", date(*stats.first_ms), date(*stats.last_ms));
}

std::string machine_section(const CardInput& input) {
    const shard::DatasetStats& stats = input.stats;
    const bool costs = stats.traces_with_cost > 0;
    const bool outcomes = stats.traces_with_outcome > 0;
    std::string text = fmt::format("{}\n{{", k_machine_start);
    text += fmt::format(R"("total_traces":{},"total_tokens":{},"avg_steps_per_session":{},)", stats.traces,
                        stats.input_tokens + stats.output_tokens,
                        stats.traces == 0 ? 0 : rounded_ratio(stats.steps, stats.traces));
    text += fmt::format(
        R"("avg_cost_usd":{},"total_cost_usd":{},"success_rate":{},)",
        costs ? short_number(cents(stats.cost, stats.traces_with_cost), 2) : "null",
        costs ? short_number(cents(stats.cost), 2) : "null",
        outcomes ? short_number(permille(stats.successes, stats.traces_with_outcome), 1) : "null");
    text += fmt::format(R"("top_dependencies":{},"agent_counts":{},"model_counts":{},"date_range":"{}"{}}})",
                        top_dependencies(stats.dependencies), counts_object(stats.agents),
                        counts_object(stats.models), date_range(stats), marks_members(stats.marks));
    return text + fmt::format("\n{}\n", k_machine_end);
}

}  // namespace opentraces::card
