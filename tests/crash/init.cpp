// init and remove, stopped or out of space at every change they make: running them again finishes the work.
#include <filesystem>
#include <fstream>
#include <map>

#include "catch.hpp"
#include "doubles/buffer_terminal.hpp"
#include "doubles/faulty_disk.hpp"
#include "doubles/scripted_transport.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/cli/run.hpp"
#include "opentraces/core/ids.hpp"

using namespace opentraces;
using namespace opentraces::testing;
namespace stdfs = std::filesystem;

namespace {

struct Start {
    std::string name;
    std::map<std::string, std::string> files;  // of the project, before init
};

std::vector<Start> starts() {
    return {{"empty", {}},
            {"with both files",
             {{".gitignore", "node_modules"},
              {".claude/settings.json", "{\n  \"model\": \"opus\"\n}\n"},
              {".cursor/hooks.json", "{\"version\":1}"}}}};
}

// Hooks of each kind: in files of others, and in folders of their own.
const std::vector<std::string> k_init{"init",    "--agent",  "claude-code", "--agent", "cursor",
                                      "--agent", "opencode", "--agent",     "copilot"};

std::string base_folder() {
    return stdfs::exists("/dev/shm") ? "/dev/shm" : stdfs::temp_directory_path().string();
}

class Rehearsal {
public:
    explicit Rehearsal(const Start& start) : m_folder(base_folder()) {
        stdfs::create_directories(project());
        stdfs::create_directories(m_folder.file("home"));
        for (const auto& [name, text] : start.files) {
            const stdfs::path path = stdfs::path(project()) / name;
            stdfs::create_directories(path.parent_path());
            std::ofstream(path) << text;
        }
        m_environment.variables = {{"HOME", m_folder.file("home")}};
        m_environment.working_directory = project();
        m_environment.executable = "/usr/bin/opentraces";
    }

    std::string project() const { return m_folder.file("project"); }
    FaultyDisk disk() { return FaultyDisk(*m_disk); }

    // Exit status; nothing if the machine stopped.
    std::optional<int> run(const std::vector<std::string>& words, fs::Disk& disk) {
        SystemClock clock;
        SeededIds ids(m_runs++);
        ScriptedTransport transport;
        BufferTerminal terminal;
        flow::Ports ports{disk, clock, ids, transport, m_environment};
        try {
            return cli::run(words, ports, terminal);
        } catch (const Stop&) {
            return std::nullopt;
        }
    }
    int run(const std::vector<std::string>& words) { return *run(words, *m_disk); }

    // Everything in the project but .opentraces and half-written files.
    std::map<std::string, std::string> outside() const {
        std::map<std::string, std::string> files;
        for (const auto& entry : stdfs::recursive_directory_iterator(project())) {
            const std::string name = stdfs::relative(entry.path(), project()).string();
            if (name.starts_with(".opentraces") || name.ends_with(".tmp")) continue;
            std::ifstream file(entry.path());
            files[name] = entry.is_directory() ? "" : std::string(std::istreambuf_iterator<char>(file), {});
        }
        return files;
    }
    bool has_folder() const { return stdfs::exists(project() + "/.opentraces"); }

private:
    TemporaryDirectory m_folder;
    std::unique_ptr<fs::Disk> m_disk = fs::posix_disk();
    Environment m_environment;
    std::uint64_t m_runs = 1;
};

constexpr std::array k_faults{FaultyDisk::Fault::NoSpace, FaultyDisk::Fault::StopBefore,
                              FaultyDisk::Fault::StopAfter};

}  // namespace

TEST_CASE(
    "init crash: stopped or without space at any change, init again finishes and remove takes all back") {
    for (const Start& start : starts()) {
        Rehearsal whole(start);
        const auto before = whole.outside();
        REQUIRE(whole.run(k_init) == 0);
        const auto after = whole.outside();
        REQUIRE(after != before);
        for (const auto fault : k_faults) {
            for (std::size_t n = 0;; ++n) {
                INFO(start.name << ", change " << n << ", fault " << static_cast<int>(fault));
                Rehearsal stage(start);
                FaultyDisk disk = stage.disk();
                disk.at(n, fault);
                const std::optional<int> status = stage.run(k_init, disk);
                CHECK((!status || *status == 0 || *status == 5));
                CHECK(stage.run(k_init) == 0);
                CHECK(stage.outside() == after);
                CHECK(stage.run(k_init) == 0);
                CHECK(stage.outside() == after);
                CHECK(stage.run({"status"}) == 0);
                CHECK(stage.run({"remove"}) == 0);
                CHECK(stage.outside() == before);
                if (status == 0) break;
            }
        }
    }
}

TEST_CASE("init crash: remove right after a crash of init takes back what was written") {
    for (const Start& start : starts()) {
        for (const auto fault : k_faults) {
            for (std::size_t n = 0;; ++n) {
                INFO(start.name << ", change " << n << ", fault " << static_cast<int>(fault));
                Rehearsal stage(start);
                const auto before = stage.outside();
                FaultyDisk disk = stage.disk();
                disk.at(n, fault);
                const std::optional<int> status = stage.run(k_init, disk);
                // Before the settings are there, it is no project and nothing outside was written.
                const int removed = stage.run({"remove"});
                CHECK((removed == 0 || removed == 3));
                CHECK(stage.outside() == before);
                if (status == 0) break;
            }
        }
    }
}

TEST_CASE(
    "init crash: remove, stopped or without space at any change, is finished by remove or undone by init") {
    for (const Start& start : starts()) {
        for (const auto fault : k_faults) {
            for (std::size_t n = 0;; ++n) {
                INFO(start.name << ", change " << n << ", fault " << static_cast<int>(fault));
                Rehearsal stage(start);
                const auto before = stage.outside();
                REQUIRE(stage.run(k_init) == 0);
                const auto after = stage.outside();
                FaultyDisk disk = stage.disk();
                disk.at(n, fault);
                const std::optional<int> status = stage.run({"remove"}, disk);
                const int again = stage.run({"remove"});
                CHECK((again == 0 || again == 3));
                CHECK(stage.outside() == before);
                CHECK(stage.run(k_init) == 0);
                CHECK(stage.outside() == after);
                CHECK(stage.run({"remove"}) == 0);
                CHECK_FALSE(stage.has_folder());
                if (status == 0) break;
            }
        }
    }
}
