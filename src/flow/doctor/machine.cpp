// This machine and this user: the program, the settings, the registered projects, room on the disk.
#include <fmt/format.h>

#include "flow/doctor/examination.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/version.hpp"
#include "opentraces/flow/hooks.hpp"
#include "opentraces/flow/own_rules.hpp"
#include "opentraces/flow/prices.hpp"
#include "opentraces/flow/settings.hpp"
#include "opentraces/store/registry.hpp"
#include "opentraces/store/user_config.hpp"

namespace opentraces::flow::doctor {
namespace {

constexpr std::uint64_t k_megabyte = 1'000'000;
constexpr std::uint64_t k_little_room = 1000 * k_megabyte;
constexpr std::uint64_t k_no_room = 100 * k_megabyte;  // a shard being spooled may need as much

}  // namespace

void check_program(Examination& examination) {
    const Environment& environment = examination.ports.environment;
    examination.ok(
        fmt::format("opentraces {}, {}", program_version(),
                    environment.executable.empty() ? "its own path is not known" : environment.executable));
    const std::string found = program_on_path("opentraces", environment, examination.ports.disk);
    if (found.empty()) {
        examination.warn("PATH does not lead to opentraces: hooks that a team shares need its full path",
                         "Put the program into a folder of PATH, such as ~/.local/bin.");
        return;
    }
    // Another one may be this one under another name; what it is called does not matter then.
    const auto here = examination.ports.disk.info(environment.executable);
    const auto there = examination.ports.disk.info(found);
    if (here && there && (here->inode != there->inode || here->device != there->device))
        examination.warn("PATH leads to another opentraces: " + found,
                         "Hooks run that one: make it the same version, or put this one first.");
}

void check_settings(Examination& examination) {
    Ports& ports = examination.ports;
    ports.environment.opentraces_home();
    if (!examination.root.empty()) examination.config = store::load_project(examination.root, ports.disk);
    const store::SettingsInForce holds =
        settings_in_force(examination.root.empty() ? std::nullopt : std::optional(examination.root),
                          ports.environment, ports.disk);
    own_prices(holds.settings.project.pricing_file, examination.root, ports.disk);
    own_rules(holds.settings.project.rule_files, examination.root, ports.disk);
    examination.ok(examination.root.empty() ? "the user's settings can be read; there is no project here"
                                            : "the settings of the user and of the project can be read");
}

void check_projects(Examination& examination) {
    const std::string user_folder = examination.ports.environment.opentraces_home();
    fs::Disk& disk = examination.ports.disk;
    std::size_t there = 0;
    for (const std::string& path : store::registered_projects(user_folder, disk)) {
        const bool gone = !disk.info(path);
        const store::Standing standing =
            gone ? store::Standing::None : store::standing_of(path, user_folder, disk);
        if (standing == store::Standing::Registered) {
            ++there;
        } else if (standing != store::Standing::None) {
            examination.warn(path + " is not the project that was registered",
                             "Look at it, and run there: opentraces init");
        } else if (examination.options.repair && store::forget_project(path, user_folder, disk)) {
            examination.repaired(path + " is gone; it was taken off the list");
        } else {
            examination.warn(path + " is gone, or was moved",
                             "Run opentraces init where it is now, or: opentraces doctor --repair");
        }
    }
    examination.ok(fmt::format("{} registered", there));
}

void check_disk(Examination& examination) {
    const std::string& where =
        examination.root.empty() ? examination.ports.environment.opentraces_home() : examination.root;
    const auto& ask = examination.options.free_bytes;
    const auto left = ask ? ask(where) : std::nullopt;
    if (!left) return examination.ok("how much room is left is not known");
    const std::string words = fmt::format("{} MB left for {}", *left / k_megabyte, where);
    const std::string fix = "Make room: what is captured and what is pushed is written there first.";
    if (*left < k_no_room) return examination.fail(words, fix);
    if (*left < k_little_room) return examination.warn(words, fix);
    examination.ok("room enough for " + where);
}

}  // namespace opentraces::flow::doctor
