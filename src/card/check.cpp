#include <fmt/format.h>

#include <map>
#include <vector>

#include "card/front_matter.hpp"
#include "card/text_lines.hpp"
#include "opentraces/card/card.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::card {
namespace {

using Rows = std::map<std::string, std::string>;

// The two-column rows of all tables, by their first cell.
Rows table_rows(std::string_view card) {
    Rows rows;
    for (const std::string_view line : lines_of(card)) {
        const std::string_view text = without_trailing_space(line);
        if (!text.starts_with("| ") || !text.ends_with(" |")) continue;
        const std::size_t bar = text.find(" | ");
        if (bar == std::string_view::npos) continue;
        rows.emplace(text.substr(2, bar - 2), text.substr(bar + 3, text.size() - bar - 5));
    }
    return rows;
}

void compare_rows(const Rows& before, const Rows& after, std::vector<std::string>& reasons) {
    for (const auto& [label, value] : after) {
        const auto found = before.find(label);
        if (found == before.end())
            reasons.push_back(fmt::format("\"{}\" is missing, should be {}", label, value));
        else if (found->second != value)
            reasons.push_back(fmt::format("\"{}\" is {}, should be {}", label, found->second, value));
    }
    for (const auto& [label, value] : before)
        if (after.count(label) == 0)
            reasons.push_back(fmt::format("\"{}\" is no longer in the dataset", label));
}

}  // namespace

CardCheck check(const std::optional<std::string>& existing, const CardInput& input) {
    const std::string fresh = render(existing, input);
    if (!existing) return {true, {"there is no card"}};
    if (fresh == *existing) return {};
    CardCheck result{true, {}};
    if (split_card(*existing).front_matter != split_card(fresh).front_matter)
        result.reasons.emplace_back("the front matter differs");
    if (machine_block(*existing) != machine_block(fresh))
        result.reasons.emplace_back("the machine-readable statistics differ");
    compare_rows(table_rows(*existing), table_rows(fresh), result.reasons);
    if (result.reasons.empty()) result.reasons.emplace_back("the managed sections differ");
    return result;
}

}  // namespace opentraces::card
