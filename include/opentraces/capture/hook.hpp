// The session-end hook in the settings of an agent, in the form of Claude Code's .claude/settings.json
// (Claude Code documentation, "Hooks": matcher groups under hooks.<event>, each
// {"hooks":[{"type":"command","command":…,"timeout":seconds}]}).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "opentraces/core/environment.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::capture {

// How an agent is told to call us when a session has ended: part of its row.
struct HookSpec {
    std::string_view settings;  // file in the project
    std::string_view event;
    int timeout_seconds = 0;
    std::string_view project_variable;  // of the hook's environment: the project's folder
    std::string_view user_variable;     // names the user's folder of the agent; unset: the next, below HOME
    std::string_view user_folder;
    std::string_view user_settings;  // file in that folder
};

// The user's settings file. Error ConfigInvalid without HOME.
std::string user_settings_of(const HookSpec& spec, const Environment& environment);

// What the hook runs, in words of a POSIX shell: the program that is found by its name, else the one at this
// full path, else nothing. A file with it can be shared: on another machine it ends in silence, with status
// 0.
std::string hook_command(const std::string& program);
// The full path in a command of ours, of this form or of an earlier one; empty if there is none.
std::string program_in(std::string_view command);
// Whether a command of ours tries the name before the path.
bool goes_by_name(std::string_view command);

// Says of a command of ours that it may stay, although it is not the one that would be written.
using MayStay = std::function<bool(std::string_view command)>;

struct HookChange {
    bool changed = false;
    bool created_file = false;
};

// The settings text with our group merged in; everything else byte for byte. An outdated command of ours is
// replaced. Error SettingsUnreadable (line, reason) if the text is not what the documentation describes.
std::string with_hook(const HookSpec& spec, const std::string& settings, const std::string& command,
                      const MayStay& may_stay = {});
// The settings text without our hook. without_hook(with_hook(text, command)) is `text`, byte for byte, for
// every text that had no hook of ours; after a reformatting by others, empty groups and lists go with it.
std::string without_hook(const HookSpec& spec, const std::string& settings);

// The same on the file, atomically, with the file's name in the errors; a missing file is created (with its
// folder) or left missing. A file that init created and that holds nothing else goes, with its empty folder.
HookChange install_hook(const HookSpec& spec, const std::string& settings_path, const std::string& command,
                        fs::Disk& disk, const MayStay& may_stay = {});
HookChange remove_hook(const HookSpec& spec, const std::string& settings_path, bool created_by_us,
                       fs::Disk& disk);

enum class HookState { Absent, Outdated, Installed };
struct HookFound {
    HookState state = HookState::Absent;
    std::string command;  // as it is in the file; of several the first
};
// Changes nothing; fails where install_hook would.
HookFound find_hook(const HookSpec& spec, const std::string& settings_path, const std::string& command,
                    fs::Disk& disk, const MayStay& may_stay = {});

}  // namespace opentraces::capture
