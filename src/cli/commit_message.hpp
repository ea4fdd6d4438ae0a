// What a commit says of its traces.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "opentraces/security/plain_text.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::cli {

// Made of their tasks.
std::string default_message(const std::vector<store::TraceRow>& rows);
// Without secrets; what was replaced is told as a warning.
security::ScrubbedText scrubbed_message(Context& context, const Project& project, const std::string& text);

}  // namespace opentraces::cli
