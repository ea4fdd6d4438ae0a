#include "security/scrub/neighbours.hpp"

#include <utility>

namespace opentraces::security {
namespace {

constexpr std::size_t k_reach = 512;
constexpr std::size_t k_min_value = 16;

}  // namespace

Neighbours::Ends Neighbours::ends_of(std::string_view text) {
    Ends ends;
    if (text.empty()) return ends;
    if (is<'c'>(text.front())) ends.head = text.substr(0, k_reach);
    if (is<'c'>(text.back())) ends.tail = text.substr(text.size() < k_reach ? 0 : text.size() - k_reach);
    return ends;
}

void Neighbours::redact(std::string_view name, Ends was, std::string& text, const Seen& seen) {
    const auto entry = m_last.try_emplace(std::string(name)).first;
    const auto [before, tail] = std::exchange(entry->second, Last{&text, std::move(was.tail)});
    const std::string& head = was.head;
    if (tail.empty() || head.empty()) return;
    if (tail.size() - run_begin<'c'>(tail, tail.size()) + run_end<'c'>(head, 0) < k_min_value) return;
    const std::string both = tail + "\n" + head;
    const std::size_t border = tail.size();
    std::vector<Hit> hits;
    match_rules(both, Depth::Full, hits);
    JoinBudget budget;
    match_cut_anchors(both, border, Depth::Full, budget, hits);
    std::erase_if(hits, [&](const Hit& hit) { return hit.begin >= border || hit.end <= border + 1; });
    if (hits.empty()) return;
    merge_hits(both, hits);
    for (Hit& hit : hits)
        hit.layer = Layer::Joined;
    // Either part may have been enough to be found alone.
    const std::size_t begin = hits.front().begin;
    const std::size_t end = hits.front().end - border - 1;
    const bool first = before->ends_with(tail);
    const bool second = text.starts_with(head);
    if (!first && !second) return;
    seen(both, hits);
    if (first) before->replace(before->size() - tail.size() + begin, std::string::npos, k_marker);
    if (second) text.replace(0, end, k_marker);
}

}  // namespace opentraces::security
