// Sessions where Claude Code keeps them, in a home of tests.
#pragma once

#include <filesystem>
#include <string>

namespace opentraces::testing {

// Copies the session, and its sub-agents, to where those of `project` are; the lines then name that project
// as their working folder. Answers the copy.
std::filesystem::path place_session(const std::filesystem::path& session, const std::filesystem::path& home,
                                    const std::filesystem::path& project);

}  // namespace opentraces::testing
