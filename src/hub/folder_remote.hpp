// A dataset in a folder, with the layout of a Hub dataset repository.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/hub/remote.hpp"

namespace opentraces::hub {

// A writer's bookkeeping inside the folder: lock, journal, staged files. Not part of the dataset.
inline constexpr std::string_view k_folder_state = ".opentraces-dataset";

struct FolderPorts {
    fs::Disk& disk;
    Clock& clock;
    IdSource& ids;
    // The user's own: who writes, and what was remembered of folders. Without one, reading still works.
    std::optional<std::string> user_folder;
    std::function<void(std::string_view)> notify;  // hears what was left out; may be empty
};

// Whoever reads the folder changes nothing in it. Commits are all or nothing: an interrupted one is undone by
// the next commit of the same writer, and until then readers see what was before (docs/dataset-layout.md).
// A commit waits a minute for another writer's lock. No link in the folder is followed. `folder` is absolute.
std::unique_ptr<Remote> folder_remote(const std::string& folder, FolderPorts ports);

}  // namespace opentraces::hub
