// Annotations as they are remembered, and in records.
#pragma once

#include <string>

#include "opentraces/flow/annotate.hpp"

namespace opentraces::flow {

std::string written(const Annotation& annotation);
// Error CorruptStore.
Annotation read_annotation(const std::string& note);

// A record of a session, before it is scrubbed.
void apply(const Annotation& annotation, trace::TraceRecord& record);
// As the session itself has it again; for records that apply() has changed.
void take_back_annotation(trace::TraceRecord& record);

// The stored text of a trace, with another annotation.
store::TextChange with_annotation(const ReviewTools& tools, const store::TraceRow& row,
                                  const std::string& before, const std::string& after);

}  // namespace opentraces::flow
