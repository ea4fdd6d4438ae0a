// What init writes into a project, and remove takes back: .opentraces, a line in .gitignore, the hook of an
// agent.
#pragma once

#include <string>
#include <vector>

#include "opentraces/capture/agent.hpp"
#include "opentraces/capture/hook.hpp"
#include "opentraces/core/environment.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/store/project.hpp"

namespace opentraces::flow {

// The agent whose hook the project has or would get: the first of its agents that can be told to call us.
// Null if there is none, or if the project wants no hook. The settings are those in force, here and below.
const capture::Agent* agent_with_hook(const store::ProjectConfig& config);
// Error SettingsUnreadable for an agent's settings file that the hook cannot be merged into, UnsafePath for
// one that is not in the project. A project without a hook passes.
void check_hook(const std::string& root, const store::ProjectConfig& config, fs::Disk& disk);

// Writes what is missing, with the project's own settings, and answers them with `written` filled in; a hook
// that is not wanted any more is taken back. Repeatable: what a crash or a full disk left is finished. Error
// UnsafePath when .gitignore or an agent's settings file is a link that leads out of the project; nothing is
// written then.
store::ProjectConfig write_project(const std::string& root, store::ProjectConfig config,
                                   const Environment& environment, fs::Disk& disk);

struct RemovedProject {
    bool hook = false;
    std::vector<std::string> left;  // paths in .opentraces that are not of opentraces
};
// Takes all of it back. A crash in between leaves a project, or nothing that is taken for one.
RemovedProject remove_project(const std::string& root, const store::ProjectConfig& config, fs::Disk& disk);

}  // namespace opentraces::flow
