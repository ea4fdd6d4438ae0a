// The session-end hook in the settings of an agent, in the form of Claude Code's .claude/settings.json
// (Claude Code documentation, "Hooks": matcher groups under hooks.<event>, each
// {"hooks":[{"type":"command","command":…,"timeout":seconds}]}).
#pragma once

#include <string>
#include <string_view>

#include "opentraces/fs/disk.hpp"

namespace opentraces::capture {

// How an agent is told to call us when a session has ended: part of its row.
struct HookSpec {
    std::string_view settings;  // file in the project
    std::string_view event;
    int timeout_seconds = 0;
    std::string_view project_variable;  // of the hook's environment: the project's folder
};

// What the hook runs: this program by its full path; without one, the program that the shell finds.
std::string hook_command(const std::string& program);

struct HookChange {
    bool changed = false;
    bool created_file = false;
};

// The settings text with our group merged in; everything else byte for byte. An outdated command of ours is
// replaced. Error SettingsUnreadable (line, reason) if the text is not what the documentation describes.
std::string with_hook(const HookSpec& spec, const std::string& settings, const std::string& command);
// The settings text without our hook. without_hook(with_hook(text, command)) is `text`, byte for byte, for
// every text that had no hook of ours; after a reformatting by others, empty groups and lists go with it.
std::string without_hook(const HookSpec& spec, const std::string& settings);

// The same on the file, atomically, with the file's name in the errors; a missing file is created (with its
// folder) or left missing. A file that init created and that holds nothing else goes, with its empty folder.
HookChange install_hook(const HookSpec& spec, const std::string& settings_path, const std::string& command,
                        fs::Disk& disk);
HookChange remove_hook(const HookSpec& spec, const std::string& settings_path, bool created_by_us,
                       fs::Disk& disk);

enum class HookState { Absent, Outdated, Installed };
// Changes nothing; fails where install_hook would.
HookState hook_state(const HookSpec& spec, const std::string& settings_path, const std::string& command,
                     fs::Disk& disk);

}  // namespace opentraces::capture
