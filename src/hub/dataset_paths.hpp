// Which files of a dataset this program writes, and which it reads.
#pragma once

#include <string_view>
#include <vector>

#include "opentraces/hub/remote.hpp"

namespace opentraces::hub {

// The files that a commit may bring, change or remove, complete: shards, the index, the card and its backup,
// the scores, the features of older tools, and the attributes that the Hub asks for. Nothing else in a
// folder is ever touched, whatever a journal says.
bool is_dataset_path(std::string_view path);

// Error UploadFailed for anything else among the changes.
void check_dataset_paths(const std::vector<FileChange>& changes);

// Something that a command reads: in its place, a link or a special file is refused rather than left out.
bool is_read_path(std::string_view path);

}  // namespace opentraces::hub
