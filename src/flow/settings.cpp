#include "opentraces/flow/settings.hpp"

#include "opentraces/capture/agent.hpp"
#include "opentraces/flow/own_rules.hpp"
#include "opentraces/flow/prices.hpp"
#include "opentraces/store/user_config.hpp"

namespace opentraces::flow {

store::SettingInput setting_input(const Environment& environment, fs::Disk& disk, const std::string& root) {
    std::vector<std::string> agents;
    for (const capture::Agent* const agent : capture::agents())
        agents.emplace_back(agent->name);
    return {environment, disk, std::move(agents),
            [&disk, root](const std::string& file) { own_prices(file, root, disk); },
            [&disk, root](const std::string& file) { own_rules({file}, root, disk); }};
}

store::SettingsInForce settings_in_force(const std::optional<std::string>& root,
                                         const Environment& environment, fs::Disk& disk,
                                         const store::FlagValues& flags) {
    const store::SettingInput input = setting_input(environment, disk);
    return store::in_force(store::read_setting_files(environment.find_opentraces_home(), root, disk, &input),
                           input, flags);
}

store::ProjectConfig in_force(const store::ProjectConfig& own, const Environment& environment,
                              fs::Disk& disk) {
    store::SettingFiles files = store::read_setting_files(environment.find_opentraces_home(), {}, disk);
    files.own.project = own;
    return store::in_force(files, setting_input(environment, disk)).settings.project;
}

}  // namespace opentraces::flow
