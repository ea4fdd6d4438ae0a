// Removing .opentraces: only files of the documented forms go.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/fs/disk.hpp"

namespace opentraces::store {

// What can be made again: cache, spool, downloads; and the raw copies, which nobody but recapture needs.
// `disk` is confined to the project, here and below.
void erase_derived(const std::string& root, fs::Disk& disk);
// The files of ours in one of these folders.
std::vector<fs::FileInfo> list_derived(const std::string& root, std::string_view folder, fs::Disk& disk);
// Everything, in an order that can be taken up again after a crash: the settings, which make the folder a
// project, last. The paths of what is not ours and was left; if there are any, the folder stays, ignored by
// git.
std::vector<std::string> erase_project(const std::string& root, fs::Disk& disk);

}  // namespace opentraces::store
