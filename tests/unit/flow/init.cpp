// What init writes beside .opentraces, and what leads out of the project.
#include "opentraces/flow/init.hpp"

#include <filesystem>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/temporary_directory.hpp"

using namespace opentraces;
using namespace opentraces::testing;
namespace stdfs = std::filesystem;

namespace {

struct Place {
    Place() {
        stdfs::create_directories(root + "/.claude");
        stdfs::create_directories(folder.file("outside"));
        environment.executable = "/usr/bin/opentraces";
    }

    store::ProjectConfig write(store::ProjectConfig config = {}) {
        return flow::write_project(root, std::move(config), environment, *disk);
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
    store::ProjectConfig config = place.write();
    CHECK(place.has_hook());
    CHECK(config.written.hook_installed);
    CHECK(config.written.settings_created);
    config.hook = false;
    config = place.write(config);
    CHECK_FALSE(place.disk->info(place.root + "/.claude/settings.json"));
    CHECK_FALSE(config.written.hook_installed);
    config.hook = true;
    config = place.write(config);
    CHECK(place.has_hook());
    CHECK(flow::remove_project(place.root, config, *place.disk).hook);
    CHECK_FALSE(place.disk->info(place.root + "/.claude"));
    CHECK_FALSE(place.disk->info(place.root + "/.opentraces"));
}

TEST_CASE("init flow: a project whose agents have no hook gets none") {
    Place place;
    store::ProjectConfig config;
    config.agents = {"codex"};
    CHECK(flow::agent_with_hook(config) == nullptr);
    CHECK_FALSE(place.write(config).written.hook_installed);
    CHECK_FALSE(place.disk->info(place.root + "/.claude/settings.json"));
    config.agents = {"codex", "claude-code"};
    CHECK(place.write(config).written.hook_installed);
    CHECK(place.has_hook());
}

TEST_CASE("init flow: what leads out of the project stops it before anything is written, hook or not") {
    for (const char* name : {".gitignore", ".claude/settings.json"}) {
        for (const bool hook : {true, false}) {
            INFO(name << " " << hook);
            Place place;
            place.lead_out(name);
            store::ProjectConfig config;
            config.hook = hook;
            CHECK(error_from([&] { place.write(config); }).code() == ErrorCode::UnsafePath);
            CHECK_FALSE(place.disk->info(place.root + "/.opentraces"));
            CHECK(place.disk->read_all(place.folder.file("outside/file")) == "{}\n");
        }
    }
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
