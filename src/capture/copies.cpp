#include "opentraces/capture/copies.hpp"

#include <algorithm>
#include <string>

#include "capture/rows.hpp"
#include "capture/specstory/original.hpp"

namespace opentraces::capture {

// A shorter word may be part of any path.
constexpr std::size_t k_shortest_id = 16;

// Agents name the files and rows of a session after its id.
std::size_t leave_out_copies(std::vector<Found>& sessions, Sources& sources) {
    const auto is_copy = [](const Found& one) { return one.agent == &k_specstory; };
    std::vector<std::string> there;
    for (const Found& one : sessions)
        if (!is_copy(one)) there.push_back(one.session.locator);
    return std::erase_if(sessions, [&](const Found& one) {
        if (!is_copy(one)) return false;
        const std::string id = specstory::original_of(one.session.locator, sources);
        return id.size() >= k_shortest_id &&
               std::any_of(there.begin(), there.end(), [&id](const std::string& locator) {
                   return locator.find(id) != std::string::npos;
               });
    });
}

}  // namespace opentraces::capture
