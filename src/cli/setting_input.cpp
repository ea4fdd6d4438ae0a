#include "cli/setting_input.hpp"

#include "opentraces/capture/agent.hpp"

namespace opentraces::cli {

store::SettingInput setting_input(Context& context) {
    std::vector<std::string> agents;
    for (const capture::Agent* const agent : capture::agents())
        agents.emplace_back(agent->name);
    return {context.ports.environment, context.ports.disk, std::move(agents)};
}

}  // namespace opentraces::cli
