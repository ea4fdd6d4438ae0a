// Which part of a session each step belongs to, and its number there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "opentraces/enrich/episodes.hpp"

namespace opentraces::enrich {

struct EpisodePlace {
    std::size_t part = 0;
    std::int64_t index = 0;  // step_index in the part
};

class EpisodeNumbers {
public:
    // Steps of sub-agents belong to the step that called them; of those that no call is known to have
    // started, to the part that had begun by then.
    EpisodeNumbers(const trace::TraceRecord& record, const std::vector<EpisodeStart>& starts);

    std::size_t parts() const { return m_parts; }
    const EpisodePlace& at(std::size_t step) const { return m_places[step]; }  // by position
    std::optional<EpisodePlace> of(std::int64_t step_index) const;             // by the session's number
    // The same; of a number that no step has, the part of the step before it.
    std::size_t part_of(std::int64_t step_index) const;

private:
    std::size_t place_of(const trace::TraceRecord& record, std::size_t at) const;

    std::size_t m_parts = 0;
    std::vector<std::size_t> m_starts;
    std::vector<EpisodePlace> m_places;
    std::unordered_map<std::int64_t, std::size_t> m_positions;
};

}  // namespace opentraces::enrich
