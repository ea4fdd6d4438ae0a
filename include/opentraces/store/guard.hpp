// What opentraces keeps is for its owner only, also where it was made by somebody or something else.
#pragma once

#include <string>
#include <vector>

#include "opentraces/fs/disk.hpp"

namespace opentraces::store {

// Takes from others what they may do with .opentraces (with the user's own folder) and the files in it that
// matter; one sentence for each that was open. Error UntrustedProject when somebody else owns one, UnsafePath
// for a link.
std::vector<std::string> guard_project(const std::string& root, fs::Disk& disk);
std::vector<std::string> guard_user_folder(const std::string& user_folder, fs::Disk& disk);

}  // namespace opentraces::store
