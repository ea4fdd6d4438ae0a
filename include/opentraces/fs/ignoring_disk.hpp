// Folders as those who keep them want them seen: without what their ignore files name.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

// The same disk, whose list() leaves out, at and below `root`, what the files `.gitignore` and `.ignore` of a
// folder and of those above it name (the format of gitignore(5); `.ignore` is the stronger of the two), up to
// the top of a git repository around `root`, of which `.git/info/exclude` counts, too. What is left out is
// added to `ignored`, a folder as one. An ignore file that is none, too large or behind a link ignores
// nothing. Both must live as long as the disk.
std::unique_ptr<Disk> ignoring_disk(Disk& inner, std::string root, std::size_t& ignored);

}  // namespace opentraces::fs
