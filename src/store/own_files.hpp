// Files and folders that are this user's alone.
#pragma once

#include <chrono>
#include <string>

#include "opentraces/fs/disk.hpp"

namespace opentraces::store {

// Nothing is there, or a regular file (a folder) of this user. Error UnsafePath for a link or a device in its
// place, UntrustedProject when somebody else owns it. `disk` is confined, so that links are seen.
void need_own_file(const std::string& path, fs::Disk& disk);
void need_own_folder(const std::string& path, fs::Disk& disk);

// True when others had some permission, which they now have not.
bool narrow(const std::string& path, unsigned mode, fs::Disk& disk);

// How long another process of this user may hold the registry or a key.
inline constexpr std::chrono::seconds k_longest_hold{10};

// The path without links, as far as it exists; what does not is appended as it is. Error UnsafePath for a
// loop.
std::string canonical(const std::string& path, fs::Disk& disk);

}  // namespace opentraces::store
