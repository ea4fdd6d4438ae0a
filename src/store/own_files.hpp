// Files and folders that are this user's alone.
#pragma once

#include <memory>
#include <string>

#include "opentraces/fs/disk.hpp"

namespace opentraces::store {

// Nothing is there, or a regular file (a folder) of this user. Error UnsafePath for a link or a device in its
// place, UntrustedProject when somebody else owns it. `disk` is confined, so that links are seen.
void need_own_file(const std::string& path, fs::Disk& disk);
void need_own_folder(const std::string& path, fs::Disk& disk);

// True when others had some permission, which they now have not.
bool narrow(const std::string& path, unsigned mode, fs::Disk& disk);

// Like Disk::lock, but waits for others who hold it for a moment only. Locked when that lasts.
std::unique_ptr<fs::Lock> lock_patiently(const std::string& path, fs::Disk& disk);

// The path without links, as far as it exists; what does not is appended as it is. Error UnsafePath for a
// loop.
std::string canonical(const std::string& path, fs::Disk& disk);

}  // namespace opentraces::store
