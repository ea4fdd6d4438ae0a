// What was found in a trace when it was scrubbed, kept beside its row.
#pragma once

#include <optional>

#include "opentraces/store/store.hpp"
#include "store/sqlite.hpp"

namespace opentraces::store {

// nullopt when the trace came scrubbed.
std::optional<FindingReport> report_of(const security::ScrubbedTrace& trace);

// In the place of any that is there; none takes that away.
void write_report(Database& database, const TraceId& id, const std::optional<FindingReport>& report);
// With what was redacted further in a text that was scrubbed before; of an unknown one nothing is known then,
// either.
std::optional<FindingReport> extended_report(std::optional<FindingReport> report,
                                             const std::vector<security::Finding>& findings);
bool has_report(Database& database, const TraceId& id);
std::optional<FindingReport> read_report(Database& database, const TraceId& id);

}  // namespace opentraces::store
