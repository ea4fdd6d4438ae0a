// A file that a setting names: prices, rules.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "opentraces/fs/disk.hpp"

namespace opentraces::flow {

struct SettingsFile {
    std::string_view name;     // of what is in it, begins each message
    std::string_view hint;     // what to do
    std::size_t largest = 0;   // bytes
    std::string_view beneath;  // what a relative path must not leave
};

// Error ConfigInvalid: "name: path why".
[[noreturn]] void refuse(const SettingsFile& file, const std::string& path, std::string_view why);

// The bytes at `path`, which is beneath the project if it is relative; no link is followed there. Error
// ConfigInvalid for whatever is no file to read.
std::string read_settings_file(const SettingsFile& file, const std::string& path, fs::Disk& disk);

}  // namespace opentraces::flow
