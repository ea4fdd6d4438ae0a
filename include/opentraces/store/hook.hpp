// The session-end hook in Claude Code's .claude/settings.json (Claude Code documentation, "Hooks": matcher
// groups under hooks.SessionEnd, each {"hooks":[{"type":"command","command":…,"timeout":seconds}]}).
#pragma once

#include <string>

#include "opentraces/fs/disk.hpp"

namespace opentraces::store {

struct HookChange {
    bool changed = false;
    bool created_file = false;
};

// The settings text with our group merged in; everything else byte for byte. An outdated command of ours is
// replaced. Error SettingsUnreadable (line, reason) if the text is not what the documentation describes.
std::string with_hook(const std::string& settings, const std::string& command);
// The settings text without our group; the inverse of with_hook.
std::string without_hook(const std::string& settings);

// The same on the file, atomically; a missing file is created or left missing.
HookChange install_hook(const std::string& settings_path, const std::string& command, fs::Disk& disk);
HookChange remove_hook(const std::string& settings_path, bool created_by_us, fs::Disk& disk);

}  // namespace opentraces::store
