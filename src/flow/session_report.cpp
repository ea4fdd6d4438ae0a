#include "flow/session_report.hpp"

#include <fmt/format.h>

#include "opentraces/enrich/enrich.hpp"

namespace opentraces::flow {

void add_report(ReadTally& tally, const capture::ParseReport& report) {
    for (const auto& [type, lines] : report.unknown_line_types)
        capture::add_to_counts(tally.unknown_line_types, type, lines);
    for (const auto& [kind, lines] : report.context_not_kept)
        capture::add_to_counts(tally.context_not_kept, kind, lines);
    tally.foreign_files += static_cast<std::int64_t>(report.foreign_files);
    tally.skipped_lines += static_cast<std::int64_t>(report.skipped.size());
    tally.copied_replies += static_cast<std::int64_t>(report.copied_replies);
    tally.missing_agents += static_cast<std::int64_t>(report.missing_agents);
    tally.unlinked_agents += static_cast<std::int64_t>(report.unlinked_agents);
}

void warn_of_skipped(const std::string& path, const capture::ParseReport& report, Progress& progress) {
    constexpr std::size_t k_shown = 3;
    if (report.foreign_files > 0) {
        progress.warning(
            fmt::format("{}: {} in the place of its sub-agents' files: links, or of another "
                        "session; not read",
                        path, report.foreign_files));
    }
    for (std::size_t i = 0; i < report.skipped.size() && i < k_shown; ++i) {
        progress.warning(fmt::format("{}:{}: {}; the line is left out", path, report.skipped[i].line,
                                     report.skipped[i].words));
    }
    if (report.skipped.size() > k_shown) {
        progress.warning(
            fmt::format("{}: {} more lines are left out", path, report.skipped.size() - k_shown));
    }
}

// A session tells the same for ever; what it has cost by one's own prices is a matter of settings.
void price_again(const OwnPricesPtr& prices, capture::ParsedSession& parsed) {
    if (prices == nullptr || !parsed.record) return;
    parsed.evidence.prices = &prices->table;
    enrich::price(*parsed.record, parsed.evidence);
}

std::int64_t ReadTally::unknown_lines() const {
    std::int64_t total = 0;
    for (const auto& [type, lines] : unknown_line_types)
        total += static_cast<std::int64_t>(lines);
    return total;
}

}  // namespace opentraces::flow
