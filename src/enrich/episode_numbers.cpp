#include "enrich/episode_numbers.hpp"

#include <algorithm>

#include "opentraces/core/clock.hpp"

namespace opentraces::enrich {
namespace {

std::optional<TimePoint> time_of(const trace::Step& step) {
    return step.timestamp ? parse_iso8601(*step.timestamp) : std::nullopt;
}

}  // namespace

EpisodeNumbers::EpisodeNumbers(const trace::TraceRecord& record, const std::vector<EpisodeStart>& starts)
    : m_parts(starts.size()) {
    for (const EpisodeStart& start : starts)
        m_starts.push_back(start.step);
    const std::int64_t first = record.steps.empty() ? 1 : record.steps.front().step_index.value();
    std::vector<std::int64_t> next(m_parts, first);
    m_places.reserve(record.steps.size());
    for (std::size_t at = 0; at < record.steps.size(); ++at) {
        const std::size_t part = place_of(record, at);
        m_places.push_back({part, next[part]++});
        m_positions.try_emplace(record.steps[at].step_index.value(), at);
    }
}

std::size_t EpisodeNumbers::place_of(const trace::TraceRecord& record, std::size_t at) const {
    const auto begun = std::upper_bound(m_starts.begin(), m_starts.end(), at);
    const auto by_place = static_cast<std::size_t>(begun - m_starts.begin()) - 1;
    const trace::Step& step = record.steps[at];
    if (step.parent_step) {
        const auto parent = m_positions.find(step.parent_step->value());
        return parent == m_positions.end() ? by_place : m_places[parent->second].part;
    }
    const auto when = time_of(step);
    if (step.call_type != trace::CallType::Subagent || !when) return by_place;
    for (std::size_t part = by_place; part > 0; --part) {
        const auto began = time_of(record.steps[m_starts[part]]);
        if (began && *began <= *when) return part;
    }
    return 0;
}

std::optional<EpisodePlace> EpisodeNumbers::of(std::int64_t step_index) const {
    const auto known = m_positions.find(step_index);
    if (known == m_positions.end()) return std::nullopt;
    return m_places[known->second];
}

std::size_t EpisodeNumbers::part_of(std::int64_t step_index) const {
    if (const auto place = of(step_index)) return place->part;
    return step_index <= 0 || m_parts == 0 ? 0 : m_parts - 1;
}

}  // namespace opentraces::enrich
