// The main job as a user runs it: a session file becomes a pushed dataset.
#include <filesystem>
#include <set>

#include "catch.hpp"
#include "hub_emulator/emulator.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/json/reader.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;

namespace {

constexpr const char* k_token = "hf_emulatoremulatoremulator";

std::set<std::string> keys(const json::Value& value) {
    std::set<std::string> names;
    if (const json::Object* object = value.if_object()) {
        for (const json::Member& member : *object)
            names.insert(member.first);
    }
    return names;
}

void initialise(Workbench& bench, const std::string& remote) {
    bench.expect(0,
                 {"init", "--agent", "claude-code", "--remote", remote, "--private", "--no-hook", "--json"});
}

std::filesystem::path only_shard(const std::filesystem::path& dataset) {
    std::vector<std::filesystem::path> shards;
    for (const auto& entry : std::filesystem::directory_iterator(dataset / "data"))
        shards.push_back(entry.path());
    REQUIRE(shards.size() == 1);
    return shards.front();
}

}  // namespace

TEST_CASE("a session becomes a dataset in a folder") {
    Workbench bench;
    initialise(bench, "./dataset");
    const json::Value captured = bench.expect(0, {"capture", testing::fixture_session(), "--json"}).json();
    CHECK(captured["captured"].integer() == 1);
    CHECK(keys(captured) == std::set<std::string>{"status", "captured", "updated", "unchanged", "filtered",
                                                  "failed", "failures", "unknown_lines", "unknown_line_types",
                                                  "skipped_lines", "foreign_files", "context_not_kept",
                                                  "copied_replies", "missing_agents", "unlinked_agents",
                                                  "trace_ids"});

    const json::Value listed = bench.expect(0, {"list", "--json"}).json();
    REQUIRE(listed["total"].integer() == 1);
    const json::Value& trace = listed["traces"].at(0);
    for (const char* key :
         {"trace_id", "session_id", "agent", "model", "stage", "task", "steps", "tool_calls", "input_tokens",
          "output_tokens", "cost_usd", "started_at", "ended_at", "finding_count", "content_hash"}) {
        INFO(key);
        CHECK(keys(trace).count(key) == 1);
    }
    CHECK(trace["stage"].string_or() == "inbox");
    const std::string id(trace["trace_id"].string_or());
    CHECK(bench.expect(0, {"show", id.substr(0, 6)}).out.find(id) != std::string::npos);
    CHECK(bench.expect(0, {"session", "show", id, "--json"}).json()["trace"]["trace_id"].string_or() == id);

    const json::Value committed = bench.expect(0, {"commit", id, "-m", "first", "--json"}).json();
    CHECK(keys(committed) == std::set<std::string>{"status", "commit_id", "committed", "left_out", "replaced",
                                                   "message", "text_redactions"});
    CHECK(committed["message"].string_or() == "first");

    const json::Value pushed = bench.expect(0, {"push", "--json"}).json();
    for (const char* key : {"status", "uploaded", "duplicates", "shards", "commit", "url", "visibility"}) {
        INFO(key);
        CHECK(keys(pushed).count(key) == 1);
    }
    CHECK(pushed["uploaded"].integer() == 1);
    const auto shard = only_shard(bench.project() / "dataset");
    CHECK("data/" + shard.filename().string() == pushed["shards"].at(0)["path"].string_or());
    const std::string bytes = Workbench::read(shard);
    CHECK(bytes.find(std::string(trace["content_hash"].string_or())) != std::string::npos);
    CHECK(Workbench::read(bench.project() / "dataset/README.md").find("| Total traces | 1 |") !=
          std::string::npos);
    CHECK(bench.expect(0, {"validate", shard.string()}).out.find("1 valid, 0 not") != std::string::npos);
    CHECK(bench.expect(0, {"list", "--json"}).json()["traces"].at(0)["stage"].string_or() == "pushed");
}

TEST_CASE("a session becomes a private dataset on the Hub, and what is there is the local bytes") {
    hub_emulator::HubEmulator hub;
    hub.start();
    hub.add_user("alice", k_token);
    Workbench bench;
    bench.set("HF_ENDPOINT", hub.hub_url());
    bench.set("HF_TOKEN", k_token);
    initialise(bench, "alice/traces");
    bench.expect(0, {"capture", testing::fixture_session()});
    bench.expect(0, {"commit", "--all"});
    const json::Value pushed = bench.expect(0, {"push", "--private", "--json"}).json();
    CHECK(pushed["visibility"].string_or() == "private");
    CHECK(hub.repo("alice/traces").is_private);
    const std::string shard(pushed["shards"].at(0)["path"].string_or());
    CHECK(sha256_hex(hub.file("alice/traces", shard)) == pushed["shards"].at(0)["sha256"].string_or());
    CHECK(hub.head("alice/traces") == pushed["commit"].string_or());
    CHECK(hub.commits("alice/traces").size() == 2);  // the Hub's own first commit, and ours
    CHECK(hub.credential_leaks() == 0);

    const json::Value again = bench.expect(0, {"push", "--json"}).json();
    CHECK(again["uploaded"].integer() == 0);
    CHECK(hub.commits("alice/traces").size() == 2);
    CHECK(bench.expect(0, {"log", "--json"}).json()["total"].integer() == 2);  // the commit and the push
}

TEST_CASE("capturing twice changes nothing") {
    Workbench bench;
    initialise(bench, "./dataset");
    bench.expect(0, {"capture", testing::fixture_session()});
    const RunResult before = bench.expect(0, {"list", "--json"});
    const json::Value again = bench.expect(0, {"capture", testing::fixture_session(), "--json"}).json();
    CHECK(again["captured"].integer() == 0);
    CHECK(again["unchanged"].integer() == 1);
    CHECK(bench.expect(0, {"list", "--json"}).out == before.out);
}

TEST_CASE("stages move only along legal moves, each refusal is clear") {
    Workbench bench;
    initialise(bench, "./dataset");
    bench.expect(0, {"capture", testing::fixture_session()});
    const std::string id(bench.expect(0, {"list", "--json"}).json()["traces"].at(0)["trace_id"].string_or());
    bench.expect(0, {"commit", id});
    CHECK(bench.expect(2, {"commit", id}).err.find("hint:") != std::string::npos);
    bench.expect(0, {"reject", id});
    bench.expect(2, {"commit", id});
    bench.expect(0, {"push"});
    CHECK_FALSE(std::filesystem::exists(bench.project() / "dataset/data"));
    bench.expect(0, {"reset", id});
    CHECK(bench.expect(2, {"discard", id, "--json"}).json()["error"]["code"].string_or() ==
          "CONFIRMATION_REQUIRED");
    bench.expect(0, {"commit", id});
    bench.expect(0, {"push"});
    for (const char* command : {"commit", "reject", "reset"}) {
        INFO(command);
        CHECK(bench.expect(2, {command, id, "--json"}).json()["error"]["code"].string_or() ==
              "INVALID_STATE");
    }
    bench.expect(2, {"discard", id, "--yes"});
    bench.expect(6, {"show", "ffffffff"});
}

TEST_CASE("a discarded session can be captured again") {
    Workbench bench;
    initialise(bench, "./dataset");
    bench.expect(0, {"capture", testing::fixture_session()});
    const std::string id(bench.expect(0, {"list", "--json"}).json()["traces"].at(0)["trace_id"].string_or());
    bench.expect(0, {"discard", id, "--yes"});
    CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 0);
    CHECK(bench.expect(0, {"capture", testing::fixture_session(), "--json"}).json()["captured"].integer() ==
          1);
}

TEST_CASE("parse is a filter: record lines out, summary on standard error") {
    Workbench bench;
    const RunResult parsed = bench.expect(0, {"parse", testing::fixture_session()});
    CHECK(json::parse(parsed.out)["agent"]["name"].string_or() == "claude-code");
    CHECK(parsed.err.find("1 session: 1 written") != std::string::npos);
    const RunResult piped = bench.expect(0, {"parse", "-"}, Workbench::read(testing::fixture_session()));
    CHECK(json::parse(piped.out)["steps"] == json::parse(parsed.out)["steps"]);
    CHECK(json::parse(piped.out)["trace_id"] == json::parse(parsed.out)["trace_id"]);
    bench.expect(0, {"validate", "-"}, parsed.out);
}

TEST_CASE("a session that goes on is updated, and becomes a new revision once it was pushed") {
    Workbench bench;
    initialise(bench, "./dataset");
    const std::string whole = Workbench::read(testing::fixture_session());
    const auto session = bench.path("session.jsonl");
    bench.write(session, whole.substr(0, whole.size() * 3 / 4));
    CHECK(bench.expect(0, {"capture", session.string(), "--json"}).json()["captured"].integer() == 1);
    bench.expect(0, {"commit", "--all"});
    bench.expect(0, {"push"});
    bench.write(session, whole);
    CHECK(bench.expect(0, {"capture", session.string(), "--json"}).json()["captured"].integer() == 1);
    const json::Value listed = bench.expect(0, {"list", "--stage", "inbox", "--json"}).json();
    REQUIRE(listed["total"].integer() == 1);
    CHECK(listed["traces"].at(0)["revision"].integer() == 1);
    CHECK_FALSE(listed["traces"].at(0)["supersedes"].string_or().empty());
}

TEST_CASE("what was committed is what is pushed, and what came later waits to be committed") {
    Workbench bench;
    initialise(bench, "./dataset");
    const std::string whole = Workbench::read(testing::fixture_session());
    const auto session = bench.path("session.jsonl");
    bench.write(session, whole.substr(0, whole.size() * 3 / 4));
    bench.expect(0, {"capture", session.string()});
    bench.expect(0, {"commit", "--all"});
    const std::string hash(
        bench.expect(0, {"list", "--json"}).json()["traces"].at(0)["content_hash"].string_or());
    bench.write(session, whole);
    CHECK(bench.expect(0, {"capture", session.string(), "--json"}).json()["captured"].integer() == 1);

    const std::string said = "1 committed trace has grown since; commit again to send the newer version\n";
    for (const char* command : {"status", "list"})
        CHECK(bench.expect(0, {command}).out.find(said) != std::string::npos);
    CHECK(bench.expect(0, {"status", "--json"}).json()["outgrown"].integer() == 1);
    const json::Value waiting = bench.expect(0, {"list", "--stage", "inbox", "--json"}).json();
    const json::Value committed = bench.expect(0, {"list", "--stage", "committed", "--json"}).json();
    CHECK(committed["traces"].at(0)["later_version"] == waiting["traces"].at(0)["trace_id"]);

    if (GENERATE(false, true)) {
        const json::Value again = bench.expect(0, {"commit", "--all", "--json"}).json();
        CHECK(again["replaced"].at(0) == committed["traces"].at(0)["trace_id"]);
        bench.expect(0, {"push"});
        CHECK(Workbench::read(only_shard(bench.project() / "dataset")).find(hash) == std::string::npos);
        CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 1);
    } else {
        CHECK(bench.expect(0, {"push"}).out.find(said) != std::string::npos);
        CHECK(Workbench::read(only_shard(bench.project() / "dataset")).find(hash) != std::string::npos);
    }
}

TEST_CASE("an older copy of a session in another file changes nothing") {
    Workbench bench;
    initialise(bench, "./dataset");
    const std::string whole = Workbench::read(testing::fixture_session());
    const auto folder = bench.path("checkpoints");
    bench.write(folder / "a.jsonl", whole.substr(0, whole.size() * 3 / 4));
    bench.write(folder / "b.jsonl", whole);
    const json::Value first = bench.expect(0, {"capture", folder.string(), "--json"}).json();
    CHECK((first["captured"].integer() == 1 && first["updated"].integer() == 1));
    const json::Value second = bench.expect(0, {"capture", folder.string(), "--json"}).json();
    CHECK((second["captured"].integer() == 0 && second["updated"].integer() == 0 &&
           second["unchanged"].integer() == 2));
}

TEST_CASE("what was pushed stays pushed when other settings read the same session differently") {
    Workbench bench;
    initialise(bench, "./dataset");
    bench.expect(0, {"capture", testing::fixture_session()});
    bench.expect(0, {"config", "set", "redact"}, "goreleaser\n");
    CHECK(bench.expect(0, {"capture", testing::fixture_session(), "--json"}).json()["updated"].integer() ==
          1);
    bench.expect(0, {"commit", "--all", "--include-needs-review"});
    bench.expect(0, {"push"});
    bench.expect(0, {"config", "set", "redact"}, "yaml\n");
    CHECK(bench.expect(0, {"capture", testing::fixture_session(), "--json"}).json()["unchanged"].integer() ==
          1);
    CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 1);
}

TEST_CASE("gating alone works on a public dataset, a push to it is refused unless public is asked for") {
    hub_emulator::HubEmulator hub;
    hub.start();
    hub.add_user("alice", k_token);
    hub.add_repo("alice/open");
    Workbench bench;
    bench.set("HF_ENDPOINT", hub.hub_url());
    bench.set("HF_TOKEN", k_token);
    bench.expect(0, {"init", "--no-hook", "--remote", "alice/open"});
    CHECK(bench.expect(0, {"push", "--gated", "--json"}).json()["gated"].string_or() == "auto");
    CHECK(hub.repo("alice/open").gated == "auto");
    bench.expect(0, {"capture", testing::fixture_session()});
    bench.expect(0, {"commit", "--all"});
    CHECK(bench.expect(3, {"push", "--json"}).json()["error"]["code"].string_or() == "VISIBILITY_MISMATCH");
    CHECK(hub.commits("alice/open").size() == 1);
    CHECK(bench.expect(0, {"push", "--public", "--json"}).json()["uploaded"].integer() == 1);
}
