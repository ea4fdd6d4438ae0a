// The project: its hooks, its store, and the sessions that its agents are about to delete.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "flow/doctor/examination.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/flow/hook_queue.hpp"
#include "opentraces/flow/hooks.hpp"
#include "opentraces/flow/init.hpp"
#include "opentraces/flow/settings.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/store/registry.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow::doctor {
namespace {

constexpr std::int64_t k_ns_per_day = std::int64_t{24} * 3600 * 1'000'000'000;
constexpr std::int64_t k_days_of_warning = 7;

std::string install_command(const HookReport& report) {
    return fmt::format("opentraces hooks install --{} --agent {}", name_of(report.place.scope),
                       report.place.agent->name);
}

void repair_hook(Examination& examination, const HookReport& report) {
    Ports& ports = examination.ports;
    if (report.place.scope == HookScope::User) {
        install_hook(report.place, ports.environment, ports.disk);
    } else {
        const auto lock = store::lock_registry(ports.environment.opentraces_home(), ports.disk);
        examination.config =
            write_project(examination.root, *examination.config, {}, ports.environment, ports.disk);
    }
}

Agents wanted_by_project(const Examination& examination) {
    if (!examination.config) return {};
    const Environment& environment = examination.ports.environment;
    fs::Disk& disk = examination.ports.disk;
    return wanted_hooks(examination.root, in_force(*examination.config, environment, disk), {}, environment,
                        disk);
}

bool is_wanted(const Agents& wanted, const HookReport& report) {
    return report.place.scope == HookScope::Project &&
           std::find(wanted.begin(), wanted.end(), report.place.agent) != wanted.end();
}

void tell_hook(Examination& examination, const Agents& wanted, const HookReport& report) {
    const std::string words = fmt::format("{}, {}: ", report.place.agent->title, report.settings);
    switch (report.condition) {
        case HookCondition::Installed:
            return examination.ok(words + "runs " + report.program +
                                  (report.to_do.empty() ? "" : "; " + report.to_do));
        case HookCondition::Unreadable:
            // What cannot be read for other reasons is a matter of its agent.
            if (std::find(wanted.begin(), wanted.end(), report.place.agent) == wanted.end()) return;
            return examination.fail(report.trouble, "Repair the file by hand.");
        case HookCondition::Absent:
            if (!is_wanted(wanted, report)) return;
            break;
        case HookCondition::Outdated:
        case HookCondition::Broken:
            break;
    }
    const std::string what = report.condition == HookCondition::Absent ? "there is no hook"
                             : report.condition == HookCondition::Broken
                                 ? "the program that the hook runs is gone"
                                 : "the hook runs " + report.program;
    // Another's user-level hook is not made a project's, and the reverse.
    const bool mendable = report.place.scope == HookScope::User || is_wanted(wanted, report);
    if (examination.options.repair && mendable) {
        repair_hook(examination, report);
        return examination.repaired(words + what + "; it was written anew");
    }
    if (report.condition == HookCondition::Broken)
        return examination.fail(words + what, install_command(report));
    examination.warn(words + what, install_command(report));
}

void check_queue(Examination& examination) {
    const QueuedSessions queued = HookQueue(examination.root, examination.ports.disk).waiting();
    const std::size_t waiting = queued.sessions.size();
    if (queued.unreadable > 0)
        examination.warn(
            fmt::format("files in .opentraces/queue that name no session: {}", queued.unreadable),
            "Capture the project's sessions, then delete them: opentraces capture");
    if (waiting > 0)
        examination.warn(
            fmt::format("{} that hooks have named {} to be captured",
                        waiting == 1 ? std::string("1 session") : fmt::format("{} sessions", waiting),
                        waiting == 1 ? "waits" : "wait"),
            "opentraces capture");
}

// Another command is at work, or was stopped in a way that no program notices.
void check_lock(Examination& examination) {
    fs::Disk& disk = examination.ports.disk;
    const std::string path = store::in_project(examination.root, store::k_lock_file);
    if (!disk.info(path)) return;
    try {
        disk.lock(path);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::Locked) throw;
        examination.warn("another command is at work in this project", "Wait until it has ended.");
    }
}

std::int64_t changed_ns(const std::string& locator, fs::Disk& disk) {
    const auto info = disk.info(locator.substr(0, locator.find('#')));
    return info ? info->modified_ns : 0;
}

// Sessions that the agent deletes soon and that no capture has seen as they are.
void check_agent(Examination& examination, const capture::Agent& agent, store::Store& store) {
    Ports& ports = examination.ports;
    const auto found =
        find_project_sessions(examination.root, {std::string(agent.name)}, ports, examination.progress);
    const std::int64_t days = agent.kept_days == nullptr ? 0 : agent.kept_days(ports.environment, ports.disk);
    const std::int64_t now = std::chrono::nanoseconds(ports.clock.now().time_since_epoch()).count();
    const auto is_lost_soon = [&](const capture::Found& one) {
        const std::int64_t age = (now - changed_ns(one.session.locator, ports.disk)) / k_ns_per_day;
        if (days <= 0 || age < days - k_days_of_warning) return false;
        const auto seen = store.seen(one.session.agent, one.session.locator);
        return !seen || seen->fingerprint != one.session.fingerprint;
    };
    const auto lost = std::count_if(found.begin(), found.end(), is_lost_soon);
    const std::string sessions = found.size() == 1 ? "1 session" : fmt::format("{} sessions", found.size());
    if (lost == 0) return examination.ok(fmt::format("{}: {} of this project", agent.title, sessions));
    examination.warn(
        fmt::format("{}: {} of {} not captured, and deleted by {} after {} days without a change",
                    agent.title, lost, sessions, agent.title, days),
        "opentraces capture");
}

}  // namespace

void check_hooks(Examination& examination) {
    const Environment& environment = examination.ports.environment;
    fs::Disk& disk = examination.ports.disk;
    const Agents wanted = wanted_by_project(examination);
    for (const HookScope scope : {HookScope::Project, HookScope::User}) {
        const bool possible =
            scope == HookScope::User ? environment.find_home().has_value() : !examination.root.empty();
        for (const capture::Agent* const agent : possible ? with_hooks(scope) : Agents())
            tell_hook(examination, wanted, hook_report({agent, scope, examination.root}, environment, disk));
    }
    if (!examination.root.empty()) check_queue(examination);
}

void check_store(Examination& examination) {
    Ports& ports = examination.ports;
    store::check_store(examination.root, ports.disk);
    const auto store = store::Store::open_for_reading(examination.root, ports.disk, ports.clock);
    std::int64_t traces = 0;
    for (const auto& [stage, count] : store->counts())
        traces += count;
    examination.ok(traces == 1 ? "1 trace; every page is sound"
                               : fmt::format("{} traces; every page is sound", traces));
    if (const std::size_t orphans = store->orphans().size(); orphans > 0)
        examination.warn(fmt::format("{} in .opentraces/traces that the store does not know", orphans),
                         "opentraces capture --again");
    if (const std::size_t pushes = store->open_pushes().size(); pushes > 0)
        examination.warn(fmt::format("{} interrupted", pushes == 1 ? std::string("a push was")
                                                                   : fmt::format("{} pushes were", pushes)),
                         "opentraces push");
    check_lock(examination);
}

void check_sessions(Examination& examination) {
    if (!examination.config) return;
    Ports& ports = examination.ports;
    const auto store = store::Store::open_for_reading(examination.root, ports.disk, ports.clock);
    const store::ProjectConfig config = in_force(*examination.config, ports.environment, ports.disk);
    for (const capture::Agent* agent : chosen_agents(config.agents))
        check_agent(examination, *agent, *store);
}

}  // namespace opentraces::flow::doctor
