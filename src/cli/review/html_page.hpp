// A session as a page for a browser: what `export --format html` writes.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/project_context.hpp"

namespace opentraces::cli::review {

// Writes it into the project's own folder, where nobody else can read it, and opens it with the system's
// program; answers where it is. Over ssh, or where there is no such program, nothing is opened.
std::string write_and_open_html(Context& context, Project& project, const TraceId& id);

}  // namespace opentraces::cli::review
