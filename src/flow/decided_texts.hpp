// What was decided about the texts of a session, as it is remembered, and applied wherever it is scrubbed.
#pragma once

#include <string>
#include <vector>

#include "opentraces/flow/redact.hpp"

namespace opentraces::flow {

std::string written(const std::vector<security::HandRedaction>& redactions);
// Error CorruptStore.
std::vector<security::HandRedaction> read_redactions(const std::string& note);

// These options, with what was decided about the session. Of its other parts what is not about one step.
security::ScrubOptions decided_options(store::Store& store, const trace::TraceRecord& record,
                                       const security::ScrubOptions& options);
security::ScrubbedTrace scrub_decided(store::Store& store, trace::TraceRecord record,
                                      const security::ScrubOptions& options);

// The trace as the raw copy of its session has it, scrubbed with these redactions alone. Error NotFound
// without a copy, InvalidState when a later version of the session is there.
security::ScrubbedTrace rebuilt(const ReviewTools& tools, const store::TraceRow& row,
                                const std::vector<security::HandRedaction>& redactions);

// What the traces of a decision said before it.
std::vector<store::TextChange> texts_before(const ReviewTools& tools, const store::Decision& decision);

}  // namespace opentraces::flow
