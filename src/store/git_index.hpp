// Is a folder among the files that a git repository tracks? Read from the index itself (git's
// Documentation/gitformat-index.txt: versions 2, 3 and 4, SHA-1 and SHA-256 repositories, split indexes). git
// is never run for this: the configuration of a repository can name programs that git then starts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "opentraces/fs/disk.hpp"

namespace opentraces::store {

struct GitIndexFacts {
    bool tracked = false;      // an entry is the folder itself or lies in it
    std::string shared_index;  // digest of the index that this one completes, hex; empty if it stands alone
};

// `folder` is relative to the repository, without a final slash. nullopt if the bytes are no index of a known
// version.
std::optional<GitIndexFacts> read_git_index(std::string_view index, std::string_view folder);

// The index that tracks `folder` of `root`: that of the repository that root lies in, or of one around it.
// nullopt if none does. Error UntrustedProject for an index that cannot be read: what it tracks is not known.
std::optional<std::string> tracking_index(const std::string& root, std::string_view folder, fs::Disk& disk);

}  // namespace opentraces::store
