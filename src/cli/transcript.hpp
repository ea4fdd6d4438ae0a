// A trace as text to read on a terminal, a piece at a time.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.hpp"
#include "opentraces/store/store.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::cli {

// Name and value of what is known about the trace as a whole. The record may be without its steps; `cache` is
// what they say of cached tokens, none: not known.
std::vector<std::pair<std::string, std::string>> header_lines(Context& context, const store::TraceRow& row,
                                                              const trace::TraceRecord& record,
                                                              const std::optional<store::CacheTokens>& cache);
// The same as text.
std::string header_text(Context& context, const store::TraceRow& row, const trace::TraceRecord& record);
// One step; long texts are cut unless `whole`. Control characters cannot reach the terminal, line ends stay.
std::string step_text(Context& context, const trace::Step& step, bool whole);

}  // namespace opentraces::cli
