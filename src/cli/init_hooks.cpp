#include "cli/init_hooks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "opentraces/flow/settings.hpp"

namespace opentraces::cli {

std::vector<flow::HookCondition> hook_conditions(Context& context, const std::string& root) {
    std::vector<flow::HookCondition> conditions;
    for (const capture::Agent* const agent : flow::with_hooks(flow::HookScope::Project))
        conditions.push_back(flow::hook_report({agent, flow::HookScope::Project, root},
                                               context.ports.environment, context.ports.disk)
                                 .condition);
    return conditions;
}

void check_hooks(Context& context, const std::string& root, const store::ProjectConfig& config,
                 const flow::Agents& seen) {
    const flow::Agents wanted =
        flow::wanted_hooks(root, flow::in_force(config, context.ports.environment, context.ports.disk), seen,
                           context.ports.environment, context.ports.disk);
    flow::check_hooks(root, wanted, context.ports.disk);
}

flow::Agents agents_of(const std::vector<capture::Found>& sessions) {
    flow::Agents agents;
    for (const capture::Found& found : sessions)
        if (std::find(agents.begin(), agents.end(), found.agent) == agents.end())
            agents.push_back(found.agent);
    return agents;
}

std::string hooks_text(Context& context, const std::string& root, const store::ProjectConfig& config) {
    std::string text;
    for (const capture::Agent* const agent : flow::with_hooks(flow::HookScope::Project)) {
        const std::vector<std::string>& hooks = config.written.hooks;
        if (std::find(hooks.begin(), hooks.end(), agent->name) == hooks.end()) continue;
        text += fmt::format("  sessions of {} are captured when they end ({})\n", agent->title,
                            agent->hook->settings);
        const flow::HookReport report = flow::hook_report({agent, flow::HookScope::Project, root},
                                                          context.ports.environment, context.ports.disk);
        if (!report.to_do.empty()) text += fmt::format("    {}\n", report.to_do);
    }
    return text;
}

}  // namespace opentraces::cli
