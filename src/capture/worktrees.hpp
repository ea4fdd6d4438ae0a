// Which other folders belong to a project because git made them: the linked worktrees of its repository
// (gitrepository-layout(5): worktrees/<id>/gitdir names the .git file of one, which names worktrees/<id>).
#pragma once

#include <string>
#include <vector>

#include "opentraces/fs/disk.hpp"

namespace opentraces::capture {

struct Worktrees {
    std::vector<std::string> roots;  // sorted, at most 100
    std::size_t left_out = 0;        // entries that were not looked at
};

// git is not run, its files are read as data: a worktree counts only when its .git file, which is not of the
// project, names the project's repository in turn. What cannot be read is none.
Worktrees worktrees_of(const std::string& project, fs::Disk& disk);

}  // namespace opentraces::capture
