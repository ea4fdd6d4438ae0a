// The session's changes of files, replayed byte for byte as far as the log shows contents.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "enrich/shell_edits.hpp"
#include "opentraces/enrich/evidence.hpp"

namespace opentraces::enrich {

// One change of one file with exact hunks.
struct ExactChange {
    std::int64_t step = 0;
    std::vector<Hunk> hunks;
    bool own = true;      // false: somebody else's, between two changes of the session
    bool whole = false;   // nothing of what was there before stays
    bool by_tool = true;  // false: by a shell command
};

struct ReplayedFile {
    std::string path;  // in the project, with "/"
    std::vector<ExactChange> changes;
    std::size_t own_changes = 0;
    // Of the whole file, before the session and after it; nullopt when there was no such file, or there is
    // none any more. Only when `whole` is set.
    std::optional<std::string> before;
    std::optional<std::string> after;
    bool whole = true;  // all states are known: `before` and `after` say it all
    std::string moved_from;
    // Why, and from which step on, the patch lacks what was done to this file; empty when it lacks nothing.
    std::string gap;
    std::int64_t gap_step = 0;
    std::size_t gap_at = 0;        // how many of the changes were before it
    bool stale = false;            // the last thing that happened to it is not known
    bool changed_between = false;  // the patch holds what somebody else changed between the session's changes
};

struct Replayed {
    std::vector<ReplayedFile> files;  // by path
    std::size_t outside_project = 0;  // files that were changed outside of it
};

Replayed replay(const Evidence& evidence, const std::vector<ShellEdit>& shell);

// The path in the project, or nullopt for one outside of it.
std::optional<std::string> path_in_project(std::string_view path, std::string_view working_directory);

}  // namespace opentraces::enrich
