// Hooks in the settings of a project and of the user: what they would run here, and what is left to others.
#include "opentraces/flow/hooks.hpp"

#include <filesystem>

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/reader.hpp"

using namespace opentraces;
using namespace opentraces::testing;
using flow::HookCondition;
using flow::HookScope;
namespace stdfs = std::filesystem;

namespace {

struct Machine {
    Machine() {
        for (const char* name : {"project", "home", "bin", "own"})
            stdfs::create_directories(folder.file(name));
        environment.variables = {{"HOME", folder.file("home")}, {"PATH", "relative:" + folder.file("bin")}};
        environment.executable = program("own/opentraces");
    }

    std::string program(const std::string& name) {
        disk->replace(folder.file(name), "#!/bin/sh\n", 0755);
        disk->set_mode(folder.file(name), 0755);
        return folder.file(name);
    }
    flow::HookPlace place(HookScope scope) const {
        return {capture::find_agent("claude-code"), scope,
                scope == HookScope::Project ? folder.file("project") : std::string()};
    }
    flow::HookReport report(HookScope scope) { return flow::hook_report(place(scope), environment, *disk); }
    capture::HookChange install(HookScope scope) {
        return flow::install_hook(place(scope), environment, *disk);
    }

    TemporaryDirectory folder;
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();
    Environment environment;
};

}  // namespace

TEST_CASE("hooks: a hook comes and goes in the settings of the project and of the user") {
    for (const HookScope scope : {HookScope::Project, HookScope::User}) {
        INFO(flow::name_of(scope));
        Machine machine;
        CHECK(machine.report(scope).condition == HookCondition::Absent);
        CHECK(machine.install(scope).changed);
        const flow::HookReport report = machine.report(scope);
        CHECK(report.condition == HookCondition::Installed);
        CHECK(report.program == machine.environment.executable);
        CHECK(report.settings ==
              machine.folder.file(scope == HookScope::User ? "home" : "project") + "/.claude/settings.json");
        CHECK_FALSE(machine.install(scope).changed);
        CHECK(flow::uninstall_hook(machine.place(scope), true, machine.environment, *machine.disk).changed);
        CHECK(machine.report(scope).condition == HookCondition::Absent);
    }
}

TEST_CASE("hooks: an agent is used by the user who has a folder of its sessions, or one around it") {
    Machine machine;
    const auto used = [&](const char* agent) {
        return flow::is_used_by_user(*capture::find_agent(agent), machine.environment, *machine.disk);
    };
    for (const char* agent : {"claude-code", "codex", "kimi"})
        CHECK_FALSE(used(agent));
    stdfs::create_directories(machine.folder.file("home/.claude"));
    stdfs::create_directories(machine.folder.file("home/.codex"));
    CHECK(used("claude-code"));
    CHECK(used("codex"));
    CHECK_FALSE(used("kimi"));
    machine.environment.variables.erase("HOME");
    CHECK_FALSE(used("codex"));
}

TEST_CASE("hooks: a program that has moved is noticed, and the hook mended") {
    Machine machine;
    machine.install(HookScope::Project);
    const std::string old = machine.environment.executable;
    machine.environment.executable = machine.program("bin/other-name");
    CHECK(machine.report(HookScope::Project).condition == HookCondition::Outdated);
    CHECK(machine.report(HookScope::Project).program == old);
    stdfs::remove(old);
    CHECK(machine.report(HookScope::Project).condition == HookCondition::Broken);
    CHECK(machine.report(HookScope::Project).program.empty());
    CHECK(machine.install(HookScope::Project).changed);
    CHECK(machine.report(HookScope::Project).condition == HookCondition::Installed);
    CHECK(machine.report(HookScope::Project).program == machine.environment.executable);
}

TEST_CASE("hooks: one that a team shares stays as it is where the program is found by its name") {
    Machine machine;
    machine.environment.executable = "/home/somebody/else/opentraces";
    machine.install(HookScope::Project);
    const std::string shared = machine.disk->read_all(machine.folder.file("project/.claude/settings.json"));
    machine.environment.executable = machine.program("bin/opentraces");
    CHECK(machine.report(HookScope::Project).condition == HookCondition::Installed);
    CHECK(machine.report(HookScope::Project).program == machine.environment.executable);
    CHECK_FALSE(machine.install(HookScope::Project).changed);
    CHECK(machine.disk->read_all(machine.folder.file("project/.claude/settings.json")) == shared);
}

TEST_CASE("hooks: an earlier form is outdated although its program is there") {
    Machine machine;
    const std::string settings = machine.folder.file("project/.claude/settings.json");
    machine.disk->make_directories(fs::parent(settings), 0755);
    machine.disk->replace(settings, R"({"hooks":{"SessionEnd":[{"hooks":[{"type":"command","command":")" +
                                        machine.environment.executable + R"( capture --hook --quiet"}]}]}})");
    CHECK(machine.report(HookScope::Project).condition == HookCondition::Outdated);
    CHECK(machine.install(HookScope::Project).changed);
    CHECK(machine.report(HookScope::Project).condition == HookCondition::Installed);
}

TEST_CASE("hooks: settings that cannot be read are told and left alone") {
    Machine machine;
    const std::string settings = machine.folder.file("home/.claude/settings.json");
    machine.disk->make_directories(fs::parent(settings), 0755);
    machine.disk->replace(settings, "{\n oops");
    const flow::HookReport report = machine.report(HookScope::User);
    CHECK(report.condition == HookCondition::Unreadable);
    CHECK(report.trouble.find("line 2") != std::string::npos);
    CHECK_THROWS_AS(machine.install(HookScope::User), Error);
    CHECK(machine.disk->read_all(settings) == "{\n oops");
}

TEST_CASE("hooks: a program in a folder that is no whole path is another one when the hook runs") {
    Machine machine;
    machine.program("bin/opentraces");
    const std::string relative = std::filesystem::relative(machine.folder.file("bin")).string();
    REQUIRE(std::filesystem::exists(relative + "/opentraces"));
    Environment environment = machine.environment;
    environment.variables["PATH"] = relative;
    CHECK(flow::program_on_path("opentraces", environment, *machine.disk).empty());
}

TEST_CASE("hooks: only a file that may be run, in a folder with a full path, is found by its name") {
    Machine machine;
    CHECK(flow::program_on_path("opentraces", machine.environment, *machine.disk).empty());
    machine.disk->replace(machine.folder.file("bin/opentraces"), "text", 0644);
    CHECK(flow::program_on_path("opentraces", machine.environment, *machine.disk).empty());
    machine.program("bin/opentraces");
    CHECK(flow::program_on_path("opentraces", machine.environment, *machine.disk) ==
          machine.folder.file("bin/opentraces"));
}
