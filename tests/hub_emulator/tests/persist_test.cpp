#include <unistd.h>

#include <filesystem>

#include "client.hpp"

using namespace hub_emulator;
using namespace hub_emulator::testing;

TEST_CASE("a data folder brings repositories back") {
    char folder[] = "/tmp/hub-emulator-data-XXXXXX";
    REQUIRE(mkdtemp(folder) != nullptr);
    auto options = Hub::small();
    options.data_dir = folder;
    const std::string large(2000, 'x');
    std::vector<std::string> oids;
    {
        Hub hub(options);
        const auto id = hub.create("traces", true);
        const auto oid = hub.upload_lfs(id, large);
        REQUIRE(hub.commit(id, {file_op("a.txt", "a"), lfs_op("b.bin", oid, 2000)}).status == 200);
        for (const auto& commit : hub.emulator.commits(id)) {
            oids.push_back(commit.oid);
        }
    }
    Hub hub(options);
    const std::string id = "alice/traces";
    REQUIRE(hub.emulator.repo(id).is_private);
    REQUIRE(hub.emulator.file(id, "a.txt") == "a");
    REQUIRE(hub.emulator.file(id, "b.bin") == large);
    std::vector<std::string> again;
    for (const auto& commit : hub.emulator.commits(id)) {
        again.push_back(commit.oid);
    }
    REQUIRE(again == oids);
    REQUIRE(hub.commit(id, {file_op("c.txt", "c")}, oids.front()).status == 200);
    std::filesystem::remove_all(folder);
}

TEST_CASE("the Hub comes back on the same ports") {
    Hub hub;
    hub.create("traces");
    auto options = Hub::small();
    const auto port_of = [](const std::string& url) { return std::stoi(url.substr(url.rfind(':') + 1)); };
    options.port = port_of(hub.emulator.hub_url());
    options.storage_port = port_of(hub.emulator.storage_url());
    hub.emulator.stop();
    hub.emulator.start(options);
    REQUIRE(port_of(hub.emulator.hub_url()) == options.port);
    REQUIRE(hub.get("/api/datasets/alice/traces").status == 200);
}

TEST_CASE("debug routes show and change the state") {
    Hub hub;
    const auto id = hub.create("traces");
    REQUIRE(hub.post("/_emulator/commit", {{"repo", id}, {"files", {{"x.txt", "x"}}}}, "").status == 200);
    const auto commits = hub.get("/_emulator/commits?repo=" + id, "").json();
    REQUIRE(commits.size() == 2);
    REQUIRE(commits.at(0).at("files").contains("x.txt"));
    REQUIRE(hub.get("/_emulator/file?repo=alice%2Ftraces&path=x.txt", "").body == "x");
    REQUIRE(hub.post("/_emulator/faults", {{"name", "503-once"}, {"repo", id}}, "").status == 200);
    REQUIRE(hub.commit(id, {file_op("a.txt", "a")}).status == 503);
    const auto log = hub.get("/_emulator/requests", "").json();
    REQUIRE(log.back().at("fault") == "503-once");
    REQUIRE(log.back().at("status") == 503);
    REQUIRE(hub.get("/_emulator/file?repo=none&path=x", "").status == 404);
}
