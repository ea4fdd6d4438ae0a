// A trace as text to read on a terminal, a piece at a time.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "opentraces/store/store.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::cli {

// What is known about the trace as a whole.
std::string header_text(Context& context, const store::TraceRow& row, const trace::TraceRecord& record);
// One step; long texts are cut unless `whole`. Control characters cannot reach the terminal, line ends stay.
std::string step_text(Context& context, const trace::Step& step, bool whole);

}  // namespace opentraces::cli
