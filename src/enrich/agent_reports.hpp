// What sub-agents report to have committed.
#pragma once

#include <string>
#include <vector>

#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

struct AgentReport {
    std::int64_t step = 0;          // that holds the report
    std::vector<std::string> shas;  // on lines that speak of a commit
};

// Results of calls that start agents, and notifications of background tasks; in order of their steps.
std::vector<AgentReport> agent_reports_of(const trace::TraceRecord& record);

}  // namespace opentraces::enrich
