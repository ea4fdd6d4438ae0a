// Sessions where Claude Code keeps them, in a home of tests.
#pragma once

#include <filesystem>
#include <string>

#include "workbench/workbench.hpp"

namespace opentraces::testing {

// Copies the session, and its sub-agents, to where those of `project` are; the lines then name that project
// as their working folder. Answers the copy.
std::filesystem::path place_session(const std::filesystem::path& session, const std::filesystem::path& home,
                                    const std::filesystem::path& project);

// The home of docs/tutorial.md: its token, its clock, three projects without a session. Answers their folder.
std::filesystem::path begin_tutorial(Workbench& bench, const std::string& hub_url, const std::string& token);

}  // namespace opentraces::testing
