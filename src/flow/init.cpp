#include "opentraces/flow/init.hpp"

#include <utility>

#include "opentraces/flow/hooks.hpp"
#include "opentraces/flow/settings.hpp"
#include "opentraces/store/project_file.hpp"

namespace opentraces::flow {
namespace {

struct AgentSettings {
    const capture::HookSpec* hook = nullptr;
    store::ProjectFile file;
};

AgentSettings settings_of(const capture::Agent& agent, const std::string& root, fs::Disk& disk) {
    return {agent.hook, store::file_of_project(root, std::string(agent.hook->settings), disk)};
}

// Of every agent that has hooks, wanted or not: what leads out of the project is found before anything is
// written.
std::vector<AgentSettings> all_settings(const std::string& root, fs::Disk& disk) {
    store::check_ignore_file(root, disk);
    std::vector<AgentSettings> all;
    for (const capture::Agent* agent : capture::agents())
        if (agent->hook != nullptr) all.push_back(settings_of(*agent, root, disk));
    return all;
}

bool take_back_hooks(const std::vector<AgentSettings>& all, const store::WrittenByInit& written) {
    if (!written.hook_installed) return false;
    bool changed = false;
    for (const auto& [hook, file] : all)
        if (capture::remove_hook(*hook, file.path, written.settings_created, *file.disk).changed)
            changed = true;
    return changed;
}

// What is about to be written; what is there already keeps the record of who wrote it.
void plan_hook(const AgentSettings& settings, store::WrittenByInit& written) {
    const auto& [hook, file] = settings;
    if (capture::find_hook(*hook, file.path, capture::hook_command({}), *file.disk).state ==
        capture::HookState::Absent)
        written.settings_created = !file.disk->info(file.path);
    written.hook_installed = true;
}

}  // namespace

const capture::Agent* agent_with_hook(const store::ProjectConfig& config) {
    if (!config.hook) return nullptr;
    if (config.agents.empty()) {
        const auto chosen = with_hooks({capture::agents().begin(), capture::agents().end()});
        return chosen.empty() ? nullptr : chosen.front();
    }
    for (const std::string& name : config.agents) {
        const capture::Agent* agent = capture::find_agent(name);
        if (agent != nullptr && agent->hook != nullptr) return agent;
    }
    return nullptr;
}

void check_hook(const std::string& root, const store::ProjectConfig& config, fs::Disk& disk) {
    const capture::Agent* const agent = agent_with_hook(config);
    if (agent == nullptr) return;
    const auto [hook, file] = settings_of(*agent, root, disk);
    capture::find_hook(*hook, file.path, capture::hook_command({}), *file.disk);
}

store::ProjectConfig write_project(const std::string& root, store::ProjectConfig config,
                                   const Environment& environment, fs::Disk& disk) {
    const std::vector<AgentSettings> all = all_settings(root, disk);
    const capture::Agent* const agent = agent_with_hook(in_force(config, environment, disk));
    if (agent == nullptr) {
        if (config.written.hook_installed) {
            take_back_hooks(all, config.written);
            config.written.hook_installed = config.written.settings_created = false;
        }
        return store::write_project(root, std::move(config), disk);
    }
    const AgentSettings settings = settings_of(*agent, root, disk);
    plan_hook(settings, config.written);
    // The settings of the project say what is to be written before it is, so that what a crash leaves can be
    // finished or taken back.
    config = store::write_project(root, std::move(config), disk);
    install_hook({agent, HookScope::Project, root}, environment, disk);
    return config;
}

RemovedProject remove_project(const std::string& root, const store::ProjectConfig& config, fs::Disk& disk) {
    // All are looked at before one is changed.
    const std::vector<AgentSettings> all = all_settings(root, disk);
    RemovedProject removed;
    removed.hook = take_back_hooks(all, config.written);
    removed.left = store::remove_project(root, config, disk);
    return removed;
}

}  // namespace opentraces::flow
