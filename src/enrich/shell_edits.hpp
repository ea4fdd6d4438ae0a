// Files that shell commands change.
#pragma once

#include "enrich/shell_runs.hpp"

namespace opentraces::enrich {

// Does the call change files in place (sed -i, a redirection, mv, rm, git checkout of files), or does its
// output say so?
bool edits_files(const ShellRun& run);

}  // namespace opentraces::enrich
