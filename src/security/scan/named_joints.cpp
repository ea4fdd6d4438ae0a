// Values that only their name tells, where code or a terminal has broken them into parts.
#include <algorithm>

#include "security/match/matchers.hpp"
#include "security/match/strength.hpp"
#include "security/scan/joints.hpp"
#include "security/scan/scanner.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_max_parts = 64;
constexpr std::size_t k_max_bytes = 4096;
constexpr std::size_t k_max_name = 80;
constexpr std::size_t k_least_columns = 40;  // of a line that a terminal has wrapped

bool is_quote(char c) {
    return c == '"' || c == '\'' || c == '`';
}

// Where the literal or the line that a part goes on in ends.
std::size_t part_end(std::string_view text, std::size_t begin, bool quoted) {
    if (!quoted) return run_end<'s'>(text, begin);
    const std::size_t quote = text.find(text[begin - 1], begin);
    std::size_t end = std::min({quote, text.find('\n', begin), text.size()});
    while (end > begin && text[end - 1] == '\\')
        --end;
    return end;
}

// Is the next line nothing but the rest of a generated value that filled the line before?
bool is_wrapped_rest(std::string_view text, std::size_t end, std::size_t begin) {
    const std::size_t from = end < k_max_bytes ? 0 : end - k_max_bytes;
    const std::size_t line = text.substr(from, end - from).rfind('\n');
    const std::size_t columns = line == std::string_view::npos ? end - from : end - from - line - 1;
    const std::size_t rest = run_end<'r'>(text, begin);
    const std::string_view part = text.substr(begin, rest - begin);
    const bool alone = rest == text.size() || text[rest] == '\n' || text[rest] == '\r';
    const bool assigns = part.find('=') < part.find_last_not_of('=');
    return alone && !assigns && columns >= k_least_columns && part.size() <= columns && part.size() >= 4 &&
           std::any_of(part.begin(), part.end(), is<'d'>) && word_likeness(part) < 0.6;
}

}  // namespace

std::optional<Span> match_named_joints(const Rule& rule, std::string_view text, Span anchor,
                                       std::size_t reached, std::optional<Span> alone, JoinBudget& budget) {
    const std::string_view window = text.substr(0, std::min(text.size(), reached + k_max_bytes));
    const bool may_go_on = reached < window.size() && reached > anchor.end &&
                           (is_quote(window[reached]) || window[reached] == '\\' || window[reached] == '$' ||
                            window[reached] == '\n');
    if (!may_go_on || !budget.allows(reached)) return alone;
    const std::size_t least = anchor.begin < k_max_name ? 0 : anchor.begin - k_max_name;
    const std::size_t begin = least + run_begin<'v'>(window.substr(least), anchor.begin - least);
    View view;
    view.copy(window.substr(begin, reached - begin));
    std::optional<Span> best = alone;
    std::size_t end = reached;
    for (std::size_t part = 1; part < k_max_parts; ++part) {
        const auto joint = joint_at(window, end);
        if (!joint || joint->end >= window.size()) break;
        const bool quoted = is_quote(window[joint->end - 1]);
        const bool side_by_side = quoted && is_quote(window[end]) && joint->end == end + 2;
        const bool wrapped = window[end] == '\n' && rule.value != ValueKind::Password &&
                             is_wrapped_rest(window, end, joint->end);
        if (joint->kind == Break::Loose && !side_by_side && !wrapped) break;
        view.decode({}, end - begin, joint->end - begin);
        end = part_end(window, joint->end, quoted);
        view.copy(window.substr(joint->end, end - joint->end));
        budget.spend(view.text().size());
        std::size_t ends = 0;
        const auto found =
            match_assigned(rule, view.text(), {anchor.begin - begin, anchor.end - begin}, ends);
        if (found && found->end == view.text().size())
            best = Span{begin + view.source_begin(found->begin), begin + view.source_end(found->end)};
    }
    return best;
}

}  // namespace opentraces::security
