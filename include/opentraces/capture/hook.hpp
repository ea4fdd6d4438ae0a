// How an agent is told to call us when a session has ended: an entry in a settings file of its own, or a file
// of ours in a folder that it loads. An agent's row says which (HookSpec), src/capture/hooks how the files
// are edited. docs/commands/hooks.md lists what each agent documents.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "opentraces/capture/agent.hpp"
#include "opentraces/core/environment.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::capture {

struct HookFormat;  // src/capture/hooks/format.hpp

// Names in what the agent gives its hooks on standard input, a dot between those of nested objects; empty:
// the agent does not say it.
struct HookKeys {
    std::string_view transcript = "transcript_path";  // path of the session's file
    std::string_view session = "session_id";
    std::string_view directory = "cwd";
    std::string_view directories = {};  // a list, of which the first counts when `directory` is empty
};

// Part of an agent's row.
struct HookSpec {
    const HookFormat* format = nullptr;
    std::string_view agent = {};  // its name, which the command says; empty: Claude Code, which was the first
    std::string_view settings = {};  // file in the project; empty: the agent has only the user's
    std::string_view sign = {};      // what a project whose people use the agent has; empty: nothing is sure
    std::string_view event = {};
    int timeout = 0;                         // in the agent's unit; 0: nothing is said
    std::string_view project_variable = {};  // of the hook's environment: the project's folder
    std::string_view user_variable = {};     // names a folder of the user; unset: the next, below HOME
    std::string_view user_folder = {};
    std::string_view user_settings = {};  // file in that folder
    HookKeys keys = {};
    std::string_view entry = {};   // what the entry says beside command and timeout, as the file has it
    std::string_view script = {};  // of a file that is all ours: its text, with @COMMAND@ for the command
    bool own_file = false;         // nobody else's: it goes when nothing else is in it
    std::string_view to_do = {};   // what the user has to do before it runs; empty: nothing
};

// The user's settings file. Error ConfigInvalid without HOME.
std::string user_settings_of(const HookSpec& spec, const Environment& environment);

// What the hook runs, in words of a POSIX shell: the program that is found by its name, else the one at this
// full path, else nothing. A file with it can be shared: on another machine it ends in silence, with status
// 0. All but Claude Code's say the agent, and bring their shell along: some agents take the user's.
std::string hook_command(const HookSpec& spec, const std::string& program);
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

// The settings text with our entry merged in; everything else byte for byte. An outdated command of ours is
// replaced. Error SettingsUnreadable (line, reason) if the text is not what the agent documents.
std::string with_hook(const HookSpec& spec, const std::string& settings, const std::string& command,
                      const MayStay& may_stay = {});
// The settings text without our hook. without_hook(with_hook(text, command)) is `text`, byte for byte, for
// every text that had no hook of ours; after a reformatting by others, empty groups and lists go with it.
std::string without_hook(const HookSpec& spec, const std::string& settings);

// The same on the file, atomically, with the file's name in the errors; a missing file is created (with its
// folder) or left missing. A file that init created and that holds nothing else goes, with its empty folders
// in the project.
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

// What a call of the hook tells.
struct HookCall {
    std::string transcript;  // path of the session's file
    std::string session;     // its id; only plain characters, else empty
    std::string directory;
};
HookCall read_hook_call(const HookSpec& spec, const json::Value& payload, const Environment& environment);
// Whether a session is the one that its agent calls so: a folder or the file on its way there is named after
// it, or the row of its database.
bool is_called(const SessionRef& session, std::string_view id);

}  // namespace opentraces::capture
