// Files of a project that are not of opentraces: what init merges its lines into.
#pragma once

#include <memory>
#include <string>

#include "opentraces/fs/disk.hpp"

namespace opentraces::store {

// A file of the project outside of .opentraces, which may be a link: where it really is, and a disk confined
// to the project. Error UnsafePath when it is not in the project.
struct ProjectFile {
    std::unique_ptr<fs::Disk> disk;
    std::string path;
};
ProjectFile file_of_project(const std::string& root, const std::string& relative, fs::Disk& disk);

}  // namespace opentraces::store
