// A dataset in a folder, with the layout of a Hub dataset repository.
#pragma once

#include <memory>
#include <string>

#include "opentraces/core/clock.hpp"
#include "opentraces/hub/remote.hpp"

namespace opentraces::hub {

// Our bookkeeping inside the folder: lock, journal, staged files, remembered digests. Not part of the
// dataset.
inline constexpr std::string_view k_folder_state = ".opentraces-dataset";

// Commits are all or nothing: new files are staged beside the data, one durable journal decides, and whoever
// opens the folder next finishes a journal or drops stages without one. Waits for another writer's lock.
// `folder` is absolute.
std::unique_ptr<Remote> folder_remote(const std::string& folder, fs::Disk& disk, Clock& clock);

}  // namespace opentraces::hub
