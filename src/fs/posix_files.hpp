// Files of the POSIX disk: reading, and the durable new file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "fs/file_descriptor.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

std::unique_ptr<ReadFile> open_for_reading(const std::string& path);
std::unique_ptr<NewFile> create_new_file(const std::string& path, unsigned mode);
std::unique_ptr<Lock> lock_file(const std::string& path);
// Entries of the folder (new names, renames, removals) survive a power cut once this returns.
void sync_folder(const std::string& folder);

}  // namespace opentraces::fs
