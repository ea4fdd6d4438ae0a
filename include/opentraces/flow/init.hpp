// What init writes into a project, and remove takes back: .opentraces, a line in .gitignore, the hooks of
// agents.
#pragma once

#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/capture/hook.hpp"
#include "opentraces/core/environment.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/store/project.hpp"

namespace opentraces::flow {

using Agents = std::vector<const capture::Agent*>;

// The agents whose hooks are a matter of the project, in its settings, wanted or not. The settings are those
// in force, here and below: of agents that they name, all that can be told to call us. Where they name none,
// those that are used here: that have a hook of init's, whose settings folder the project has, or that are
// among `seen` (which have sessions of it). Where nothing says so, Claude Code, if the user has a folder of
// its: nothing is made for agents that nobody uses.
Agents hook_candidates(const std::string& root, const store::ProjectConfig& config, const Agents& seen,
                       const Environment& environment, fs::Disk& disk);
// Of these, those whose hooks the project wants.
Agents wanted_hooks(const std::string& root, const store::ProjectConfig& config, const Agents& seen,
                    const Environment& environment, fs::Disk& disk);
// Error SettingsUnreadable for an agent's settings file that its hook cannot be merged into, UnsafePath for
// one that is not in the project.
void check_hooks(const std::string& root, const Agents& wanted, fs::Disk& disk);

// Writes what is missing, with the project's own settings, and answers them with `written` filled in; a hook
// that is not wanted any more is taken back. Repeatable: what a crash or a full disk left is finished. Error
// UnsafePath when .gitignore or the settings file of an agent whose hook comes or goes is a link that leads
// out of the project; nothing is written then.
store::ProjectConfig write_project(const std::string& root, store::ProjectConfig config, const Agents& seen,
                                   const Environment& environment, fs::Disk& disk);

struct RemovedProject {
    std::vector<std::string> hooks;  // agents whose hooks were taken back
    std::vector<std::string> left;   // paths in .opentraces that are not of opentraces
};
// Takes all of it back. A crash in between leaves a project, or nothing that is taken for one.
RemovedProject remove_project(const std::string& root, const store::ProjectConfig& config, fs::Disk& disk);

}  // namespace opentraces::flow
