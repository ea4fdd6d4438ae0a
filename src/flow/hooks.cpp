#include "opentraces/flow/hooks.hpp"

#include <algorithm>
#include <memory>

#include "opentraces/core/error.hpp"
#include "opentraces/store/project_file.hpp"

namespace opentraces::flow {
namespace {

constexpr std::string_view k_name = "opentraces";

bool is_program(const std::string& path, fs::Disk& disk) {
    constexpr unsigned k_executable = 0111;
    try {
        const auto info = disk.info(path);
        return info && info->kind == fs::FileKind::File && (info->mode & k_executable) != 0;
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Interrupted) throw;
        return false;  // a folder that may not be entered
    }
}

// The settings file of a place, and the disk to reach it by: that of a project is confined to it.
struct SettingsPlace {
    SettingsPlace(const HookPlace& place, const Environment& environment, fs::Disk& whole) {
        const capture::HookSpec& spec = *place.agent->hook;
        if (place.scope == HookScope::User) {
            path = capture::user_settings_of(spec, environment);
            disk = &whole;
            return;
        }
        store::ProjectFile file = store::file_of_project(place.root, std::string(spec.settings), whole);
        path = file.path;
        confined = std::move(file.disk);
        disk = confined.get();
    }

    std::string path;
    std::unique_ptr<fs::Disk> confined;
    fs::Disk* disk = nullptr;
};

// What hooks would run here and now.
class Programs {
public:
    Programs(const Environment& environment, fs::Disk& disk)
        : m_disk(disk),
          m_own(environment.executable),
          m_by_name(program_on_path(k_name, environment, disk)) {}

    // Empty: nothing.
    std::string run_by(std::string_view command) const {
        if (capture::goes_by_name(command) && !m_by_name.empty()) return m_by_name;
        std::string program = capture::program_in(command);
        return is_program(program, m_disk) ? program : std::string();
    }
    bool may_stay(std::string_view command) const {
        if (!capture::goes_by_name(command)) return false;
        const std::string program = run_by(command);
        return !program.empty() && (program == m_by_name || program == m_own);
    }

private:
    fs::Disk& m_disk;
    std::string m_own;
    std::string m_by_name;
};

HookCondition condition_of(const capture::HookFound& found, const std::string& program) {
    switch (found.state) {
        case capture::HookState::Absent:
            return HookCondition::Absent;
        case capture::HookState::Installed:
            return program.empty() ? HookCondition::Broken : HookCondition::Installed;
        case capture::HookState::Outdated:
            break;
    }
    return program.empty() ? HookCondition::Broken : HookCondition::Outdated;
}

}  // namespace

std::string_view name_of(HookScope scope) {
    return scope == HookScope::User ? "user" : "project";
}

std::string_view name_of(HookCondition condition) {
    switch (condition) {
        case HookCondition::Absent:
            return "absent";
        case HookCondition::Installed:
            return "installed";
        case HookCondition::Outdated:
            return "outdated";
        case HookCondition::Broken:
            return "broken";
        case HookCondition::Unreadable:
            break;
    }
    return "unreadable";
}

std::vector<const capture::Agent*> with_hooks(HookScope scope) {
    std::vector<const capture::Agent*> chosen;
    for (const capture::Agent* const agent : capture::agents()) {
        const capture::HookSpec* const hook = agent->hook;
        if (hook != nullptr && (scope == HookScope::User || !hook->settings.empty())) chosen.push_back(agent);
    }
    return chosen;
}

bool is_used_by_user(const capture::Agent& agent, const Environment& environment, fs::Disk& disk) {
    if (!environment.find_home()) return false;
    const capture::HookSpec* const hook = agent.hook;
    if (hook != nullptr && disk.info(fs::parent(capture::user_settings_of(*hook, environment)))) return true;
    const std::vector<capture::Place> places = agent.places("/", environment);
    return std::any_of(places.begin(), places.end(), [&](const capture::Place& place) {
        return disk.info(place.path) || disk.info(fs::parent(place.path));
    });
}

HookReport hook_report(const HookPlace& place, const Environment& environment, fs::Disk& disk) {
    HookReport report;
    report.place = place;
    try {
        const SettingsPlace settings(place, environment, disk);
        report.settings = settings.path;
        const Programs programs(environment, disk);
        const auto found = capture::find_hook(
            *place.agent->hook, settings.path,
            capture::hook_command(*place.agent->hook, environment.executable), *settings.disk,
            [&](std::string_view command) { return programs.may_stay(command); });
        if (found.state != capture::HookState::Absent) report.program = programs.run_by(found.command);
        report.condition = condition_of(found, report.program);
        if (report.condition == HookCondition::Installed) report.to_do = place.agent->hook->to_do;
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Interrupted) throw;
        report.condition = HookCondition::Unreadable;
        report.trouble = error.message();
    }
    return report;
}

capture::HookChange install_hook(const HookPlace& place, const Environment& environment, fs::Disk& disk) {
    const SettingsPlace settings(place, environment, disk);
    const Programs programs(environment, disk);
    return capture::install_hook(
        *place.agent->hook, settings.path, capture::hook_command(*place.agent->hook, environment.executable),
        *settings.disk, [&](std::string_view command) { return programs.may_stay(command); });
}

capture::HookChange uninstall_hook(const HookPlace& place, bool created, const Environment& environment,
                                   fs::Disk& disk) {
    const SettingsPlace settings(place, environment, disk);
    return capture::remove_hook(*place.agent->hook, settings.path, created, *settings.disk);
}

std::string program_on_path(std::string_view name, const Environment& environment, fs::Disk& disk) {
    const std::string path = environment.get("PATH").value_or("");
    for (std::size_t begin = 0; begin < path.size();) {
        const std::size_t end = std::min(path.find(':', begin), path.size());
        const std::string folder = path.substr(begin, end - begin);
        // Another folder is the working directory's, which is another one when the hook runs.
        if (folder.starts_with('/') && is_program(fs::join(folder, name), disk))
            return fs::join(folder, name);
        begin = end + 1;
    }
    return {};
}

}  // namespace opentraces::flow
