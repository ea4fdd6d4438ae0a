// Files that shell commands change, and their content where the command itself holds it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "enrich/shell_runs.hpp"

namespace opentraces::enrich {

enum class ShellEditKind {
    Write,   // text is all that the file has then
    Append,  // text is added
    Delete,
    Move,    // path becomes target
    Copy,    // likewise, and path stays
    Change,  // into what the command does not say: sed -i
};

struct ShellEdit {
    ShellEditKind kind = ShellEditKind::Change;
    std::int64_t step = 0;
    std::string path;                 // absolute where the session's folder is; ends in "/" for a folder
    std::string target;               // Move, Copy
    std::optional<std::string> text;  // Write, Append; nullopt when the command does not hold it
};

// Of calls that succeeded, in order. Files that only a pattern names are not among them.
std::vector<ShellEdit> shell_edits_of(const std::vector<ShellRun>& runs);

// Does the call change files, named or not, or does its output say so?
bool edits_files(const ShellRun& run);

}  // namespace opentraces::enrich
