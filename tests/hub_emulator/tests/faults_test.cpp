#include <unistd.h>

#include "client.hpp"
#include "hub_emulator/digest.hpp"
#include "hub_emulator/fault_names.hpp"

using namespace hub_emulator;
using namespace hub_emulator::testing;
using nlohmann::json;

namespace {

const std::vector<json> k_ops = {file_op("a.txt", "a")};

Fault fault_on(const std::string& part, FaultKind kind) {
    Fault fault;
    fault.path_parts = {part};
    fault.kind = kind;
    return fault;
}

}  // namespace

TEST_CASE("fault names") {
    REQUIRE(named_fault("429-once")->status == 429);
    REQUIRE(named_fault("batch-503-twice")->count == 2);
    REQUIRE(named_fault("put-500-always")->origin == Origin::k_storage);
    REQUIRE_FALSE(named_fault("nonsense"));
    REQUIRE_FALSE(named_fault("500-sessions"));
    for (const auto& name : fault_names()) {
        REQUIRE(named_fault(name)->name == name);
    }
    REQUIRE(faults_in_repo_name("alice/traces").empty());
    REQUIRE(faults_in_repo_name("alice/traces-500-sessions").empty());
    const auto several = faults_in_repo_name("alice/x-504-after-commit-put-cut-parent-moved-always");
    REQUIRE(several.size() == 3);
    REQUIRE(several[2].count == -1);
}

TEST_CASE("a repository name brings its faults, once") {
    Hub hub;
    const auto id = hub.create("traces-429-once");
    const auto limited = hub.commit(id, k_ops);
    REQUIRE(limited.status == 429);
    REQUIRE(limited.header("RateLimit") == "\"api\";r=0;t=1");
    REQUIRE(hub.commit(id, k_ops).status == 200);
    hub.create("plain");
    REQUIRE(hub.commit("alice/plain", k_ops).status == 200);
    REQUIRE(hub.emulator.requests()[1].fault == "429-once");
}

TEST_CASE("statuses, headers, nth and count") {
    Hub hub;
    hub.create("traces");
    auto fault = fault_on("/tree/", FaultKind::k_status);
    fault.nth = 2;
    fault.count = 2;
    fault.status = 503;
    fault.headers = {{"Retry-After", "1"}, {"X-Error-Code", "Odd"}};
    hub.emulator.add_fault(fault);
    std::vector<int> statuses;
    for (int i = 0; i < 4; ++i) {
        const auto answer = hub.get("/api/datasets/alice/traces/tree/main");
        statuses.push_back(answer.status);
        if (answer.status == 503) {
            REQUIRE(answer.header("Retry-After") == "1");
            REQUIRE(answer.header("X-Error-Code") == "Odd");
        }
    }
    REQUIRE(statuses == std::vector<int>{200, 503, 503, 200});
}

TEST_CASE("dropping before and after the work") {
    Hub hub;
    const auto id = hub.create("traces-drop-before-commit-timeout-after-commit");
    // Both match the first request; the work is never done then, and both are used up.
    REQUIRE(hub.commit(id, k_ops).status == 0);
    REQUIRE(hub.emulator.commits(id).size() == 1);
    const auto other = hub.create("traces-timeout-after-commit");
    REQUIRE(hub.commit(other, k_ops).status == 0);
    REQUIRE(hub.emulator.commits(other).size() == 2);
    REQUIRE(hub.emulator.requests().back().status == 0);
    REQUIRE(hub.commit(other, {file_op("b.txt", "b")}).status == 200);
}

TEST_CASE("an error that hides a commit, and a commit that comes late") {
    Hub hub;
    const auto id = hub.create("traces-500-after-commit");
    REQUIRE(hub.commit(id, k_ops).status == 500);
    REQUIRE(hub.emulator.has_file(id, "a.txt"));
    const auto late = hub.create("traces-504-then-commit");
    REQUIRE(hub.commit(late, k_ops).status == 504);
    for (int i = 0; i < 100 && !hub.emulator.has_file(late, "a.txt"); ++i) {
        ::usleep(50'000);
    }
    REQUIRE(hub.emulator.has_file(late, "a.txt"));
}

TEST_CASE("somebody else's commit slips in") {
    Hub hub;
    const auto id = hub.create("traces-parent-moved");
    const auto head = hub.emulator.head(id);
    REQUIRE(hub.commit(id, k_ops, head).status == 412);
    const auto moved = hub.emulator.commits(id);
    REQUIRE(moved.size() == 2);
    REQUIRE(moved[0].author == "someone");
    REQUIRE(hub.commit(id, k_ops, moved[0].oid).status == 200);

    hub.create("plain");
    auto fault = fault_on("/commit/", FaultKind::k_commit_slips_in);
    fault.callback = [&] { hub.emulator.commit_files("alice/plain", {{"data/b.jsonl", "{}\n"}}); };
    hub.emulator.add_fault(fault);
    REQUIRE(hub.commit("alice/plain", k_ops, hub.emulator.head("alice/plain")).status == 412);
    REQUIRE(hub.emulator.has_file("alice/plain", "data/b.jsonl"));
}

TEST_CASE("cut request bodies") {
    Hub hub;
    const auto id = hub.create("traces-commit-cut");
    REQUIRE(hub.commit(id, {file_op("a.txt", std::string(3000, 'x'))}).status == 0);
    REQUIRE(hub.emulator.commits(id).size() == 1);
    REQUIRE(hub.emulator.requests().back().fault == "commit-cut");
    REQUIRE(hub.commit(id, k_ops).status == 200);
}

TEST_CASE("truncated, corrupted, compressed and unreadable downloads") {
    Hub hub;
    const std::map<std::string, std::string> files = {{"data/a.jsonl", "0123456789"}};
    const auto read = [&](const std::string& name, const std::string& encoding = "identity") {
        hub.create(name);
        hub.emulator.commit_files("alice/" + name, files);
        return send({"GET",
                     hub.emulator.hub_url() + "/datasets/alice/" + name + "/resolve/main/data/a.jsonl",
                     "",
                     {{"Accept-Encoding", encoding}}});
    };
    const auto truncated = read("x-shard-truncated");
    REQUIRE(truncated.status == 200);
    REQUIRE_FALSE(truncated.complete);
    REQUIRE(truncated.body == "01234");
    const auto corrupt = read("x-shard-corrupt");
    REQUIRE(corrupt.complete);
    REQUIRE(corrupt.body.size() == 10);
    REQUIRE(corrupt.body != "0123456789");
    REQUIRE(read("x-shard-unreadable").status == 403);
    const auto zipped = read("x-gzip-text", "gzip");
    REQUIRE(zipped.header("Content-Encoding") == "gzip");
    REQUIRE(zipped.header("Content-Length").empty());
    REQUIRE(zipped.body == gzip_stored("0123456789"));
    REQUIRE(read("y-gzip-text").body == "0123456789");
    const auto looped = read("x-redirect-loop");
    REQUIRE(looped.status == 307);
    REQUIRE(looped.header("Location") == "/datasets/alice/x-redirect-loop/resolve/main/data/a.jsonl");
}

TEST_CASE("odd but legal answers") {
    Hub hub;
    const auto race = hub.post("/api/repos/create", {{"type", "dataset"}, {"name", "x-create-race"}});
    REQUIRE(race.status == 409);
    REQUIRE_FALSE(race.json().contains("url"));

    hub.create("x-extra-fields");
    REQUIRE(hub.get("/api/datasets/alice/x-extra-fields").json().contains("xUnknownField"));

    hub.create("x-preupload-shuffled");
    const auto files = hub.post("/api/datasets/alice/x-preupload-shuffled/preupload/main",
                                {{"files", {{{"path", "a"}, {"size", 1}}, {{"path", "b"}, {"size", 1}}}}});
    REQUIRE(files.json().at("files").at(0).at("path") == "b");

    hub.create("x-lfs-object-error");
    const auto batch = hub.post(
        "/datasets/alice/x-lfs-object-error.git/info/lfs/objects/batch",
        {{"operation", "upload"}, {"objects", json::array({{{"oid", std::string(64, 'a')}, {"size", 5}}})}});
    REQUIRE(batch.status == 200);
    REQUIRE(batch.json().at("objects").at(0).at("error").at("code") == 422);

    const auto gateway = hub.create("x-html-502-once");
    const auto html = hub.commit(gateway, k_ops);
    REQUIRE(html.status == 502);
    REQUIRE(html.header("Content-Type") == "text/html");
}

TEST_CASE("storage faults match the repository") {
    Hub hub;
    const auto id = hub.create("x-put-expired");
    const std::string bytes(2000, 'x');
    const auto batch = hub.post(
        "/datasets/" + id + ".git/info/lfs/objects/batch",
        {{"operation", "upload"}, {"objects", json::array({{{"oid", sha256_hex(bytes)}, {"size", 2000}}})}});
    const std::string href = batch.json().at("objects").at(0).at("actions").at("upload").at("href");
    const auto expired = send({"PUT", href, bytes, {}});
    REQUIRE(expired.status == 403);
    REQUIRE(expired.body.find("Request has expired") != std::string::npos);
    REQUIRE(send({"PUT", href, bytes, {}}).status == 200);
}

TEST_CASE("stalls delay the answer") {
    Hub hub;
    auto fault = fault_on("/whoami", FaultKind::k_stall);
    fault.delay = std::chrono::milliseconds(120);
    hub.emulator.add_fault(fault);
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(hub.get("/api/whoami-v2").status == 200);
    REQUIRE(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(120));
}
