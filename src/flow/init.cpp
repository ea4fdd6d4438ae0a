#include "opentraces/flow/init.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/flow/hooks.hpp"
#include "opentraces/flow/settings.hpp"
#include "opentraces/store/project_file.hpp"

namespace opentraces::flow {
namespace {

using Names = std::vector<std::string>;

bool has(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool has(const Agents& agents, const capture::Agent* agent) {
    return std::find(agents.begin(), agents.end(), agent) != agents.end();
}

void set(Names& names, std::string_view name, bool there) {
    std::erase(names, name);
    if (there) names.emplace_back(name);
}

// Earlier versions knew of one agent's hook.
store::WrittenByInit told_by_agent(store::WrittenByInit written) {
    constexpr std::string_view k_first = "claude-code";
    if (written.hook_installed && !has(written.hooks, k_first)) {
        set(written.hooks, k_first, true);
        set(written.hook_files, k_first, written.settings_created);
    }
    written.hook_installed = written.settings_created = false;
    return written;
}

struct AgentSettings {
    const capture::Agent* agent = nullptr;
    store::ProjectFile file;
};

std::vector<AgentSettings> settings_of(const Agents& agents, const std::string& root, fs::Disk& disk) {
    std::vector<AgentSettings> all;
    for (const capture::Agent* const agent : agents)
        all.push_back({agent, store::file_of_project(root, std::string(agent->hook->settings), disk)});
    return all;
}

Agents agents_of(const Names& names) {
    Agents agents;
    for (const capture::Agent* const agent : with_hooks(HookScope::Project))
        if (has(names, agent->name)) agents.push_back(agent);
    return agents;
}

bool is_sign(const std::string& root, const capture::HookSpec& hook, fs::Disk& disk) {
    return !hook.sign.empty() && disk.info(fs::join(root, hook.sign)).has_value();
}

// What is about to be written; what is there already keeps the record of who wrote it.
void plan_hook(const AgentSettings& settings, store::WrittenByInit& written) {
    const auto& [agent, file] = settings;
    const capture::HookSpec& hook = *agent->hook;
    const auto found = capture::find_hook(hook, file.path, capture::hook_command(hook, {}), *file.disk);
    if (found.state == capture::HookState::Absent)
        set(written.hook_files, agent->name, !file.disk->info(file.path));
    set(written.hooks, agent->name, true);
}

Names take_back(const std::vector<AgentSettings>& all, store::WrittenByInit& written) {
    Names changed;
    for (const auto& [agent, file] : all) {
        const bool created = has(written.hook_files, agent->name);
        if (capture::remove_hook(*agent->hook, file.path, created, *file.disk).changed)
            changed.emplace_back(agent->name);
        set(written.hooks, agent->name, false);
        set(written.hook_files, agent->name, false);
    }
    return changed;
}

Agents those_not_in(const Agents& agents, const Agents& others) {
    Agents rest;
    std::copy_if(agents.begin(), agents.end(), std::back_inserter(rest),
                 [&](const capture::Agent* agent) { return !has(others, agent); });
    return rest;
}

}  // namespace

Agents hook_candidates(const std::string& root, const store::ProjectConfig& config, const Agents& seen,
                       const Environment& environment, fs::Disk& disk) {
    const Agents able = with_hooks(HookScope::Project);
    const Names written = told_by_agent(config.written).hooks;
    Agents candidates;
    for (const capture::Agent* const agent : able) {
        const bool used = config.agents.empty() ? has(seen, agent) || has(written, agent->name) ||
                                                      is_sign(root, *agent->hook, disk)
                                                : has(config.agents, agent->name);
        if (used) candidates.push_back(agent);
    }
    if (candidates.empty() && config.agents.empty() && is_used_by_user(*able.front(), environment, disk))
        candidates.push_back(able.front());
    return candidates;
}

Agents wanted_hooks(const std::string& root, const store::ProjectConfig& config, const Agents& seen,
                    const Environment& environment, fs::Disk& disk) {
    if (!config.hook) return {};
    Agents wanted = hook_candidates(root, config, seen, environment, disk);
    std::erase_if(wanted,
                  [&](const capture::Agent* agent) { return has(config.hooks_refused, agent->name); });
    return wanted;
}

void check_hooks(const std::string& root, const Agents& wanted, fs::Disk& disk) {
    for (const auto& [agent, file] : settings_of(wanted, root, disk))
        capture::find_hook(*agent->hook, file.path, capture::hook_command(*agent->hook, {}), *file.disk);
}

store::ProjectConfig write_project(const std::string& root, store::ProjectConfig config, const Agents& seen,
                                   const Environment& environment, fs::Disk& disk) {
    store::check_ignore_file(root, disk);
    config.written = told_by_agent(config.written);
    const Agents wanted = wanted_hooks(root, in_force(config, environment, disk), seen, environment, disk);
    const std::vector<AgentSettings> coming = settings_of(wanted, root, disk);
    const std::vector<AgentSettings> going =
        settings_of(those_not_in(agents_of(config.written.hooks), wanted), root, disk);
    for (const AgentSettings& settings : coming)
        plan_hook(settings, config.written);
    take_back(going, config.written);
    // The settings of the project say what is to be written before it is, so that what a crash leaves can be
    // finished or taken back.
    config = store::write_project(root, std::move(config), disk);
    for (const capture::Agent* const agent : wanted)
        install_hook({agent, HookScope::Project, root}, environment, disk);
    return config;
}

RemovedProject remove_project(const std::string& root, const store::ProjectConfig& config, fs::Disk& disk) {
    store::check_ignore_file(root, disk);
    store::WrittenByInit written = told_by_agent(config.written);
    // All are looked at before one is changed.
    const std::vector<AgentSettings> all = settings_of(agents_of(written.hooks), root, disk);
    RemovedProject removed;
    removed.hooks = take_back(all, written);
    removed.left = store::remove_project(root, config, disk);
    return removed;
}

}  // namespace opentraces::flow
