// environment.language_ecosystem.
#pragma once

#include <string>
#include <vector>

#include "enrich/shell_edits.hpp"
#include "opentraces/enrich/evidence.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

// Languages of the files that the session read, wrote and changed, with tools or in the shell; sorted.
// Programs and searches say nothing.
std::vector<std::string> languages_of(const trace::TraceRecord& record, const Evidence& evidence,
                                      const std::vector<ShellRun>& runs);

}  // namespace opentraces::enrich
