// Settings as they hold for the use cases, with the agents that there are.
#pragma once

#include <optional>
#include <string>

#include "opentraces/core/environment.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/store/settings.hpp"

namespace opentraces::flow {

// What words for settings are checked against; relative files start at `root`. Must not outlive the
// environment and the disk.
store::SettingInput setting_input(const Environment& environment, fs::Disk& disk,
                                  const std::string& root = {});

// Of the project at `root`, or without one of the user; every word in the files is checked. Errors as
// store::read_setting_files() and store::in_force().
store::SettingsInForce settings_in_force(const std::optional<std::string>& root,
                                         const Environment& environment, fs::Disk& disk,
                                         const store::FlagValues& flags = {});

// What holds in a project whose own settings these are, or will be once they are written. Not to be saved as
// the project's own.
store::ProjectConfig in_force(const store::ProjectConfig& own, const Environment& environment,
                              fs::Disk& disk);

}  // namespace opentraces::flow
