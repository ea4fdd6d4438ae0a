// Which other folders belong to a project because git made them: the linked worktrees of its repository
// (gitrepository-layout(5): worktrees/<id>/gitdir names the .git file of one, which names worktrees/<id>).
#pragma once

#include <string>
#include <vector>

#include "opentraces/fs/disk.hpp"

namespace opentraces::capture {

// Their roots, sorted. git is not run, its files are read as data: a worktree counts only when its .git file,
// which is not of the project, names the project's repository in turn. At most 100. What cannot be read is
// none.
std::vector<std::string> worktrees_of(const std::string& project, fs::Disk& disk);

}  // namespace opentraces::capture
