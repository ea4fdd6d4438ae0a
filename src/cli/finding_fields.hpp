// What scrubbing has found in a trace, for people and for programs.
#pragma once

#include <optional>
#include <string>

#include "cli/command.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::cli {

// Appends "findings" and "findings_omitted": null when nobody knows, or when `asked` is false.
void append_findings(json::Object& object, const std::optional<store::FindingReport>& report, bool asked);

std::string findings_text(Context& context, const std::optional<store::FindingReport>& report);

}  // namespace opentraces::cli
