// What was decided about the texts of a session, as it is remembered, and applied wherever it is scrubbed.
#pragma once

#include <string>
#include <vector>

#include "opentraces/flow/allow.hpp"
#include "opentraces/flow/annotate.hpp"
#include "opentraces/flow/redact.hpp"

namespace opentraces::flow {

// What the notes of a session say about its texts; empty for nothing.
struct Remembered {
    std::string redactions;
    std::string allowances;
};
// As they are now.
Remembered remembered(store::Store& store, const store::TraceRow& row);

std::string written(const std::vector<Allowance>& allowances);
std::vector<Allowance> read_allowances(const std::string& note);
// Of the project and of this session, those that have not ended.
std::vector<security::Allowed> allowed_in(store::Store& store, const std::string& agent,
                                          const std::string& session_id);

std::string written(const std::vector<security::HandRedaction>& redactions);
// Error CorruptStore.
std::vector<security::HandRedaction> read_redactions(const std::string& note);

// These options, with what was decided about the session. Of its other parts what is not about one step.
security::ScrubOptions decided_options(store::Store& store, const trace::TraceRecord& record,
                                       const security::ScrubOptions& options);
// What was said by hand of the session of a record.
Annotation annotation_noted(store::Store& store, const trace::TraceRecord& record);
security::ScrubbedTrace scrub_decided(store::Store& store, trace::TraceRecord record,
                                      const security::ScrubOptions& options);

// The trace as the raw copy of its session has it, scrubbed with these redactions and
// allowances, and those of the project. Error NotFound
// without a copy, InvalidState when a later version of the session is there.
security::ScrubbedTrace rebuilt(const ReviewTools& tools, const store::TraceRow& row,
                                const Remembered& remembered);

// What the traces of a decision said before it.
std::vector<store::TextChange> texts_before(const ReviewTools& tools, const store::Decision& decision);

}  // namespace opentraces::flow
