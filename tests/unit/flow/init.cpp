// What init writes beside .opentraces, and what leads out of the project.
#include "opentraces/flow/init.hpp"

#include <filesystem>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/temporary_directory.hpp"

using namespace opentraces;
using namespace opentraces::testing;
namespace stdfs = std::filesystem;
using Names = std::vector<std::string>;

namespace {

struct Place {
    Place() {
        stdfs::create_directories(root + "/.claude");
        stdfs::create_directories(folder.file("outside"));
        environment.executable = "/usr/bin/opentraces";
    }

    store::ProjectConfig write(store::ProjectConfig config = {}) {
        return flow::write_project(root, std::move(config), {}, environment, *disk);
    }
    void lead_out(const std::string& name) {
        disk->replace(folder.file("outside/file"), "{}\n");
        stdfs::remove(root + "/" + name);
        stdfs::create_symlink(folder.file("outside/file"), root + "/" + name);
    }
    std::string settings() { return disk->read_all(root + "/.claude/settings.json"); }
    bool has_hook() { return settings().find("/usr/bin/opentraces capture --hook") != std::string::npos; }

    TemporaryDirectory folder;
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();
    std::string root = folder.file("project");
    Environment environment;
};

}  // namespace

TEST_CASE("init flow: the hook comes with the project, goes when it is not wanted, and with the project") {
    Place place;
    store::ProjectConfig config;
    config.agents = {"claude-code"};
    config = place.write(config);
    CHECK(place.has_hook());
    CHECK(config.written.hooks == Names{"claude-code"});
    CHECK(config.written.hook_files == Names{"claude-code"});
    config.hook = false;
    config = place.write(config);
    CHECK_FALSE(place.disk->info(place.root + "/.claude/settings.json"));
    CHECK(config.written.hooks.empty());
    config.hook = true;
    config = place.write(config);
    CHECK(place.has_hook());
    CHECK(flow::remove_project(place.root, config, *place.disk).hooks == Names{"claude-code"});
    CHECK_FALSE(place.disk->info(place.root + "/.claude"));
    CHECK_FALSE(place.disk->info(place.root + "/.opentraces"));
}

TEST_CASE("init flow: a project whose agents have no hook gets none") {
    Place place;
    store::ProjectConfig config;
    config.agents = {"grok"};
    CHECK(place.write(config).written.hooks.empty());
    CHECK_FALSE(place.disk->info(place.root + "/.claude/settings.json"));
    config.agents = {"grok", "claude-code", "opencode"};
    config = place.write(config);
    CHECK(config.written.hooks == Names{"claude-code", "opencode"});
    CHECK(place.has_hook());
    // One agent less: its hook goes with it, and so does its folder.
    config.agents = {"claude-code"};
    config = place.write(config);
    CHECK(config.written.hooks == Names{"claude-code"});
    CHECK_FALSE(place.disk->info(place.root + "/.opencode"));
}

TEST_CASE("init flow: without agents that are named, those get a hook that are used here") {
    Place place;
    const auto names = [&](const store::ProjectConfig& config, const flow::Agents& seen) {
        Names names;
        for (const capture::Agent* const agent :
             flow::wanted_hooks(place.root, config, seen, place.environment, *place.disk))
            names.emplace_back(agent->name);
        return names;
    };
    store::ProjectConfig config;
    CHECK(names(config, {}) == Names{"claude-code"});  // .claude is there
    const flow::Agents seen{capture::find_agent("qwen"), capture::find_agent("grok"),
                            capture::find_agent("kimi")};
    CHECK(names(config, seen) == Names{"claude-code", "qwen"});
    stdfs::create_directories(place.root + "/.github/workflows");
    CHECK(names(config, {}) == Names{"claude-code"});
    stdfs::create_directories(place.root + "/.github/hooks");
    CHECK(names(config, {}) == Names{"claude-code", "copilot"});
    config.hooks_refused = {"claude-code"};
    CHECK(names(config, {}) == Names{"copilot"});
    config.written.hooks = {"droid"};
    CHECK(names(config, {}) == Names{"copilot", "droid"});
    config.hook = false;
    CHECK(names(config, seen).empty());
    // Where nothing says so, the first agent, if this user has it.
    stdfs::remove_all(place.root);
    stdfs::create_directories(place.root);
    CHECK(names({}, {}).empty());
    place.environment.variables["HOME"] = place.folder.file("home");
    stdfs::create_directories(place.folder.file("home/.codex/sessions"));
    CHECK(names({}, {}).empty());
    stdfs::create_directories(place.folder.file("home/.claude"));
    CHECK(names({}, {}) == Names{"claude-code"});
}

TEST_CASE("init flow: what a version with one hook has written is known, kept and taken back") {
    Place place;
    const std::string settings = place.root + "/.claude/settings.json";
    const std::string text =
        R"({"hooks":{"SessionEnd":[{"hooks":[{"type":"command","command":"/usr/bin/opentraces capture --hook --quiet"}]}]}})";
    store::ProjectConfig old;
    old.agents = {"claude-code"};
    old.written.hook_installed = old.written.settings_created = true;
    place.disk->replace(settings, text);
    CHECK(flow::remove_project(place.root, old, *place.disk).hooks == Names{"claude-code"});

    place.disk->make_directories(place.root + "/.claude", 0755);
    place.disk->replace(settings, text);
    const store::ProjectConfig now = place.write(old);
    CHECK(now.written.hooks == Names{"claude-code"});
    CHECK(now.written.hook_files == Names{"claude-code"});
    CHECK_FALSE(now.written.hook_installed);
    const store::ProjectConfig loaded = store::load_project(place.root, *place.disk);
    CHECK(loaded.written.hooks == Names{"claude-code"});
    CHECK_FALSE(loaded.written.hook_installed);
    old.hook = false;
    CHECK(place.write(old).written.hooks.empty());
}

TEST_CASE("init flow: what leads out of the project stops it before anything is written") {
    for (const char* name : {".gitignore", ".claude/settings.json"}) {
        INFO(name);
        Place place;
        place.lead_out(name);
        store::ProjectConfig config;
        CHECK(error_from([&] { place.write(config); }).code() == ErrorCode::UnsafePath);
        CHECK_FALSE(place.disk->info(place.root + "/.opentraces"));
        // Of an agent whose hook is not wanted, nothing is looked at.
        config.hook = false;
        if (std::string(name) != ".gitignore") place.write(config);
        CHECK(place.disk->read_all(place.folder.file("outside/file")) == "{}\n");
    }
}

TEST_CASE("init flow: a settings file that cannot be read stops it before anything is written") {
    Place place;
    place.disk->make_directories(place.root + "/.cursor", 0755);
    place.disk->replace(place.root + "/.cursor/hooks.json", "{ oops");
    CHECK(error_from([&] { place.write(); }).code() == ErrorCode::SettingsUnreadable);
    CHECK_FALSE(place.disk->info(place.root + "/.opentraces"));
    CHECK_FALSE(place.disk->info(place.root + "/.claude/settings.json"));
}

TEST_CASE("init flow: what leads out of the project stops the removal before anything is taken back") {
    for (const char* name : {".gitignore", ".claude/settings.json"}) {
        INFO(name);
        Place place;
        const store::ProjectConfig config = place.write();
        const std::string settings = place.settings();
        const std::string ignore = place.disk->read_all(place.root + "/.gitignore");
        place.lead_out(name);
        CHECK(error_from([&] { flow::remove_project(place.root, config, *place.disk); }).code() ==
              ErrorCode::UnsafePath);
        CHECK(place.disk->info(place.root + "/.opentraces"));
        if (std::string(name) == ".gitignore") {
            CHECK(place.settings() == settings);
        } else {
            CHECK(place.disk->read_all(place.root + "/.gitignore") == ignore);
        }
    }
}
