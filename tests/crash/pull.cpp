// A pull that is stopped, or runs out of space, at every change it makes: the next one ends with exactly what
// a clean pull gives, transfers nothing again that is here, and touches nothing that is not its own.
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "crash/killed_child.hpp"
#include "doubles/faulty_disk.hpp"
#include "doubles/push_bench.hpp"
#include "opentraces/flow/pull.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

using Files = std::map<std::string, std::string>;

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

// What is below a folder, but for what a torn write leaves beside and for what is still on its way.
Files files_below(const std::string& folder) {
    Files files;
    if (!std::filesystem::exists(folder)) return files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const std::string path = std::filesystem::relative(entry.path(), folder).string();
        if (!entry.is_regular_file() || path.ends_with(".tmp") || path.ends_with("/lock")) continue;
        files[path] = read(entry.path());
    }
    return files;
}

class Rehearsal {
public:
    explicit Rehearsal(std::string agent) : m_agent(std::move(agent)) {
        for (const char* session : {"one", "two"}) {
            m_project.commit(session);
            m_project.push(m_dataset);
        }
        fresh();
        pull(*m_project.disk);
        m_clean = files_below(m_folder);
        REQUIRE(m_clean.size() == 4);  // two shards, the state, somebody's notes
    }

    // Somebody has notes in the folder. With `earlier`, there is a pull of the dataset as it was before.
    void fresh(bool earlier = false) {
        std::filesystem::remove_all(m_folder);
        std::filesystem::create_directories(m_folder + "/data");
        std::ofstream(m_folder + "/data/notes.txt") << k_notes;
        if (!earlier) return;
        const Files now = files_below(m_dataset + "/data");
        const std::string shard = m_dataset + "/data/" + now.begin()->first;
        m_project.disk->replace(shard, now.begin()->second + now.rbegin()->second, 0644);
        pull(*m_project.disk);
        m_project.disk->replace(shard, now.begin()->second, 0644);
    }

    flow::PullResult pull(fs::Disk& disk) {
        flow::Ports ports{disk, m_project.clock, m_project.ids, m_transport, m_project.environment};
        flow::PullOptions options;
        options.remote = m_dataset;
        options.folder = m_folder;
        options.filter.agent = m_agent;
        return flow::pull(ports, *m_project.store, options, m_project.progress);
    }

    void check() {
        const Files before = files_below(m_folder);
        std::uint64_t missing = 0;
        for (const auto& [path, text] : files_below(m_dataset + "/data"))
            if (before.count("data/" + path) == 0 || before.at("data/" + path) != m_clean.at("data/" + path))
                missing += text.size();
        const flow::PullResult again = pull(*m_project.disk);
        CHECK(files_below(m_folder) == m_clean);
        CHECK(again.pulled + again.kept == 2);
        CHECK(again.transferred + again.resumed == missing);
        const flow::PullResult last = pull(*m_project.disk);
        CHECK(last.kept == 2);
        CHECK(last.transferred == 0);
        CHECK(files_below(m_folder) == m_clean);
    }

    fs::Disk& disk() { return *m_project.disk; }
    const std::string& folder() const { return m_folder; }
    static constexpr const char* k_notes = "mine";

private:
    std::string m_agent;
    NoTransport m_transport;
    Project m_project{m_transport};
    std::string m_dataset = m_project.folder.file("dataset");
    std::string m_folder = m_project.folder.file("pulled");
    Files m_clean;
};

}  // namespace

TEST_CASE("pull crash: stopped, or a full disk, at every change") {
    const auto fault =
        GENERATE(FaultyDisk::Fault::NoSpace, FaultyDisk::Fault::StopBefore, FaultyDisk::Fault::StopAfter);
    const std::string agent = GENERATE("", "claude-code");
    const bool earlier = GENERATE(false, true);
    Rehearsal stage(agent);
    bool reached = true;
    for (std::size_t n = 0; reached; ++n) {
        INFO("change " << n << ", fault " << static_cast<int>(fault) << ", agent '" << agent << "', earlier "
                       << earlier);
        stage.fresh(earlier);
        FaultyDisk disk(stage.disk());
        disk.at(n, fault);
        try {
            stage.pull(disk);
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::DiskFailed);
        } catch (const Stop&) {
        }
        reached = disk.changes().size() > n;
        stage.check();
        REQUIRE(n < 300);
    }
}

TEST_CASE("pull crash: a file that came into the way is not replaced") {
    Rehearsal stage("");
    stage.fresh();
    // Stopped before the first shard has its name; then somebody puts a file there.
    std::size_t n = 0;
    {
        FaultyDisk disk(stage.disk());
        stage.pull(disk);
        while (disk.changes()[n].find("commit " + stage.folder() + "/data/") != 0)
            ++n;
    }
    stage.fresh();
    FaultyDisk disk(stage.disk());
    disk.at(n, FaultyDisk::Fault::StopBefore);
    CHECK_THROWS_AS(stage.pull(disk), Stop);
    const std::string shard = disk.changes()[n].substr(std::string("commit ").size());
    stage.disk().replace(shard, "somebody else's", 0644);
    try {
        stage.pull(stage.disk());
        FAIL("it was replaced");
    } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::InvalidState);
    }
    CHECK(read(shard) == "somebody else's");
}
