// Names and files of a dataset folder's bookkeeping, `.opentraces-dataset`.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "opentraces/fs/disk.hpp"

namespace opentraces::hub {

struct FileState {
    std::uint64_t size = 0;
    std::string sha256;
    bool operator==(const FileState&) const = default;
};

// The whole file, piece by piece.
void stream(fs::Disk& disk, const std::string& path, const std::function<void(std::string_view)>& sink);
FileState state_of(fs::Disk& disk, const std::string& path);
FileState state_of(std::string_view bytes);

std::string state_folder(const std::string& folder);
std::string journal_path(const std::string& folder);
std::string staging_folder(const std::string& folder);
// Files in the staging folder are numbered: "0", "1", …
bool is_staged_name(std::string_view name);

}  // namespace opentraces::hub
