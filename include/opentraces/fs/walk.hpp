// Every file below a folder, each folder once, whatever somebody has laid there.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

enum class Links {
    Stay,   // not followed: the folder may come from somebody else
    Files,  // followed to files, as copies of datasets are kept; never into folders
};

struct WalkRules {
    std::function<bool(std::string_view name)> wants;   // files
    std::function<bool(std::string_view name)> enters;  // folders, of any name but the first
    Links links = Links::Stay;
};

struct Walked {
    std::vector<FileInfo> files;  // regular and wanted, sorted by path
    // What was left out.
    std::size_t links = 0;     // not followed
    std::size_t others = 0;    // FIFOs, sockets and devices with a wanted name
    std::size_t again = 0;     // folders that were there before, under another name
    std::size_t too_deep = 0;  // folders more than 32 below the first
    // "2 links not followed, 1 FIFO, socket or device"; empty if nothing was left out.
    std::string left_out() const;
};

// Errors of Disk::list.
Walked walk(const std::string& folder, const WalkRules& rules, Disk& disk);

}  // namespace opentraces::fs
