#include "cli/setting_input.hpp"

#include "opentraces/capture/agent.hpp"

namespace opentraces::cli {

store::SettingInput setting_input(Context& context) {
    return {context.ports.environment, context.ports.disk,
            [](std::string_view name) { return capture::find_agent(name) != nullptr; },
            capture::agent_names()};
}

}  // namespace opentraces::cli
