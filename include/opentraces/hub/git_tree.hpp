// Git's object ids of folders and of LFS pointers, computed without git.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/hub/remote.hpp"

namespace opentraces::hub {

// The text that git stores instead of a large file (Git LFS specification, "The Pointer").
std::string lfs_pointer(std::string_view sha256, std::uint64_t size);

// The id git gives to a folder with exactly these entries, as the Hub's tree listing shows it: it says
// whether a remembered listing is still the whole truth. nullopt if an entry lacks what it takes.
std::optional<std::string> git_tree_id(const std::vector<RemoteFile>& entries);

}  // namespace opentraces::hub
