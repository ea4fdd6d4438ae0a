// Lists of commits in the output of git, and whether such a list begins with HEAD.
#pragma once

#include <string_view>
#include <vector>

#include "enrich/git_text.hpp"

namespace opentraces::enrich {

// The commits that an output lists, in its order. A subject may be that of the lines below the sha.
std::vector<LoggedCommit> logged_in(std::string_view output);

// Does `git log`, `show` or `rev-parse` with these arguments print HEAD first? `at` is the command's place,
// for what its output goes through.
bool shows_head(const GitCommand& git, const std::vector<ShellCommand>& commands, std::size_t at,
                std::string_view branch);

}  // namespace opentraces::enrich
