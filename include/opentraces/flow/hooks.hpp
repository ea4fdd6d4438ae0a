// Hooks of agents in the settings of a project or of the user: install, take back, and what they would run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/capture/hook.hpp"
#include "opentraces/core/environment.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::flow {

enum class HookScope { Project, User };
std::string_view name_of(HookScope scope);  // "project", "user"

struct HookPlace {
    const capture::Agent* agent = nullptr;
    HookScope scope = HookScope::Project;
    std::string root;  // of the project
};

enum class HookCondition {
    Absent,
    Installed,
    Outdated,    // of an earlier form, or for a program at another path, which is there
    Broken,      // the program that it names is not there: moved or removed
    Unreadable,  // the settings are not what the agent documents
};
std::string_view name_of(HookCondition condition);  // "absent", …

struct HookReport {
    HookPlace place;
    HookCondition condition = HookCondition::Absent;
    std::string settings;  // the file, existing or not
    std::string program;   // what it would run now; empty: nothing
    std::string trouble;   // when Unreadable
    std::string to_do;     // what the user has to do before it runs
};

// The agents that have hooks in the settings of a project, or of the user.
std::vector<const capture::Agent*> with_hooks(HookScope scope);
// Whether this user has a folder of the agent's: of its settings, or of its sessions.
bool is_used_by_user(const capture::Agent& agent, const Environment& environment, fs::Disk& disk);

// Reads, and changes nothing.
HookReport hook_report(const HookPlace& place, const Environment& environment, fs::Disk& disk);

// Writes the hook, or mends the one that is there; a hook that runs this program, or the one that is found by
// its name, stays as it is, whoever wrote it: the file may be shared. Errors as capture::install_hook().
capture::HookChange install_hook(const HookPlace& place, const Environment& environment, fs::Disk& disk);
// `created`: the file was made by us, and goes when nothing else is in it.
capture::HookChange uninstall_hook(const HookPlace& place, bool created, const Environment& environment,
                                   fs::Disk& disk);

// The first executable file of this name in the folders of PATH; empty if there is none.
std::string program_on_path(std::string_view name, const Environment& environment, fs::Disk& disk);

}  // namespace opentraces::flow
