// Which files a rollout's calls have changed: events with places tell it, or else the patch that was asked
// for.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "opentraces/enrich/evidence.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::capture::codex {

class Patches {
public:
    // patch_apply_end of a patch that was applied.
    void tell(std::vector<enrich::FileChange> changes, const std::string& call_id, std::int64_t step);
    // The output of a call. Logs without the events have only this.
    void answer(const trace::ToolCall& call, const trace::Observation& output, std::int64_t step);
    // In their order. Once.
    std::vector<enrich::FileChange> take();

private:
    void add(std::vector<enrich::FileChange> changes, const std::string& call_id, std::int64_t step);

    std::vector<enrich::FileChange> m_changes;
    std::unordered_set<std::string> m_told;   // calls that have an event
    std::unordered_set<std::size_t> m_asked;  // of the changes, those that are known from the call
};

}  // namespace opentraces::capture::codex
