// Commits, reviews, a second dataset and pull requests, as a user meets them.
#include <filesystem>

#include "catch.hpp"
#include "doubles/traces.hpp"
#include "hub_emulator/emulator.hpp"
#include "opentraces/json/reader.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;

namespace {

constexpr const char* k_token = "hf_emulatoremulatoremulator";

void initialise(Workbench& bench, const std::string& remote = "./dataset") {
    bench.expect(0, {"init", "--agent", "claude-code", "--remote", remote, "--no-hook"});
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

// A session of its own, made of the fixture; captured. Answers its trace id.
std::string capture(Workbench& bench, const std::string& name, const std::string& word = "") {
    const std::string session = testing::fixture_session();
    const std::string old = std::filesystem::path(session).stem().string();
    const std::string id = replaced(old, old.substr(0, 8), name);
    std::string text = replaced(Workbench::read(session), old, id);
    if (!word.empty()) text = replaced(text, "goreleaser", word);
    const auto path = bench.path(id + ".jsonl");
    bench.write(path, text);
    return std::string(
        bench.expect(0, {"capture", path.string(), "--json"}).json()["trace_ids"].at(0).string_or());
}

std::string stage_of(Workbench& bench, const std::string& id) {
    return std::string(bench.expect(0, {"show", id, "--json"}).json()["stage"].string_or());
}

bool has(const RunResult& result, const std::string& text) {
    INFO(result.out << result.err);
    return (result.out + result.err).find(text) != std::string::npos;
}

struct WithHub : Workbench {
    WithHub() {
        hub.start();
        hub.add_user("alice", k_token);
        hub.add_user("bob", "hf_bobbobbobbobbobbob");
        set("HF_ENDPOINT", hub.hub_url());
        set("HF_TOKEN", k_token);
    }
    hub_emulator::HubEmulator hub;
};

}  // namespace

TEST_CASE("commit --all leaves out what needs review, and says what to do") {
    Workbench bench;
    initialise(bench);
    const std::string clean = capture(bench, "aaaaaaaa");
    const std::string marked = capture(bench, "bbbbbbbb", testing::text_with_token());
    CHECK(bench.expect(0, {"status", "--json"}).json()["need_review"].integer() == 1);
    const RunResult committed = bench.expect(0, {"commit", "--all"});
    CHECK(has(committed, "1 trace needs review and was left out"));
    CHECK(has(committed, "opentraces reviewed ID"));
    CHECK(stage_of(bench, clean) == "committed");
    CHECK(stage_of(bench, marked) == "inbox");
    const json::Value nothing = bench.expect(0, {"commit", "--all", "--json"}).json();
    CHECK(nothing["committed"].integer() == 0);
    CHECK(nothing["left_out"].integer() == 1);
    CHECK(has(bench.expect(0, {"status"}), "1 trace of the inbox needs review"));

    SECTION("named, and nobody can be asked") {
        const RunResult refused = bench.expect(2, {"commit", marked, "--json"});
        CHECK(refused.json()["error"]["code"].string_or() == "CONFIRMATION_REQUIRED");
        bench.expect(0, {"commit", marked, GENERATE(as<std::string>{}, "--yes", "--include-needs-review")});
    }
    SECTION("looked at") {
        const json::Value reviewed = bench.expect(0, {"reviewed", marked, "--json"}).json();
        CHECK(reviewed["marked"].integer() == 1);
        CHECK(bench.expect(0, {"show", marked, "--json"}).json()["reviewed"] == json::Value(true));
        CHECK(bench.expect(0, {"commit", "--all", "--json"}).json()["committed"].integer() == 1);
    }
    SECTION("all of them") {
        bench.expect(0, {"commit", "--all", "--include-needs-review"});
    }
    CHECK(stage_of(bench, marked) == "committed");
}

TEST_CASE("commits are seen, renamed, taken back and pushed by their ids") {
    WithHub bench;
    initialise(bench, "alice/traces");
    const std::string one = capture(bench, "aaaaaaaa");
    const std::string two = capture(bench, "bbbbbbbb");
    const std::string first(
        bench.expect(0, {"commit", one, "-m", "First work", "--json"}).json()["commit_id"].string_or());
    const std::string second(
        bench.expect(0, {"commit", two, "-m", "Secnd", "--json"}).json()["commit_id"].string_or());
    CHECK(bench.expect(0, {"commit", "--amend", "-m", "Second work", "--json"}).json()["commit_id"] ==
          json::Value(second));
    CHECK(has(bench.expect(0, {"commit", "--amend", first, "-m", "First things"}), "First things"));

    bench.expect(0, {"push", first.substr(0, 6)});
    CHECK(stage_of(bench, one) == "pushed");
    CHECK(stage_of(bench, two) == "committed");
    CHECK(bench.hub.commits("alice/traces").front().title == "First things");
    CHECK(has(bench.expect(2, {"commit", "--amend", first, "-m", "too late"}), "cannot be changed"));
    CHECK(has(bench.expect(2, {"uncommit", first}), "pushed"));

    const json::Value log = bench.expect(0, {"log", "--json"}).json();
    CHECK(log["total"].integer() == 3);
    std::map<std::string, int> kinds;
    for (const json::Value& entry : *log["entries"].if_array()) {
        ++kinds[std::string(entry["kind"].string_or())];
        CHECK(entry["trace_ids"].if_array()->size() == 1);
    }
    CHECK(kinds == std::map<std::string, int>{{"commit", 2}, {"push", 1}});
    const RunResult text = bench.expect(0, {"log"});
    for (const std::string& part : {first, second, std::string("Second work"), one.substr(0, 8),
                                    std::string("1 trace to alice/traces")})
        CHECK(has(text, part));
    CHECK(has(bench.expect(0, {"show", second.substr(0, 7)}), "Second work"));
    CHECK(bench.expect(0, {"show", second, "--json"}).json()["traces"].at(0)["trace_id"].string_or() == two);
    CHECK(bench.expect(0, {"log", "--limit", "1", "--json"}).json()["entries"].if_array()->size() == 1);

    CHECK(bench.expect(0, {"uncommit", second, "--json"}).json()["uncommitted"].integer() == 1);
    CHECK(stage_of(bench, two) == "inbox");
    bench.expect(2, {"uncommit", two});
    bench.expect(6, {"uncommit", "ffffffff"});
}

TEST_CASE("tried in a folder first, then sent to the Hub") {
    WithHub bench;
    initialise(bench);
    const std::string one = capture(bench, "aaaaaaaa");
    bench.expect(0, {"commit", "--all"});
    bench.expect(0, {"push"});
    const RunResult nothing = bench.expect(0, {"push", "--repo", "alice/traces"});
    CHECK(has(nothing,
              "1 trace was pushed to other datasets. To send it here too, run: opentraces push --repo "
              "alice/traces --all"));
    CHECK_FALSE(bench.hub.has_repo("alice/traces"));
    CHECK(
        bench.expect(0, {"push", "--repo", "alice/traces", "--all", "--json"}).json()["uploaded"].integer() ==
        1);
    CHECK(bench.hub.commits("alice/traces").size() == 2);
    CHECK(bench.expect(0, {"push", "--repo", "alice/traces", one, "--json"}).json()["here"].integer() == 1);
    CHECK(bench.hub.commits("alice/traces").size() == 2);
}

TEST_CASE("a dry run lists the traces, and ends as the push would end") {
    Workbench bench;
    initialise(bench);
    const std::string one = capture(bench, "aaaaaaaa");
    bench.expect(0, {"commit", "--all"});
    const RunResult dry = bench.expect(0, {"push", "--dry-run"});
    CHECK(has(dry, "Would push 1 trace"));
    CHECK(has(dry, one.substr(0, 8)));
    CHECK_FALSE(has(dry, "+# "));
    CHECK(has(bench.expect(0, {"push", "--dry-run", "--verbose"}), "Changes of the card:"));
    CHECK(bench.expect(0, {"push", "--dry-run", "--json"}).json()["preview"]["trace_ids"].at(0).string_or() ==
          one);

    // A text that must not leave, said after the trace was committed.
    bench.expect(0, {"config", "set", "redact"}, "goreleaser\n");
    const RunResult stopped = bench.expect(8, {"push", "--dry-run", "--json"});
    CHECK(stopped.json()["error"]["code"].string_or() == "SECRETS_FOUND");
    bench.expect(8, {"push"});
    CHECK_FALSE(std::filesystem::exists(bench.project() / "dataset"));
    const json::Value status = bench.expect(0, {"status", "--json"}).json();
    CHECK(status["push_failures"].at(0)["code"].string_or() == "SECRETS_FOUND");
    CHECK(has(bench.expect(0, {"status"}), "/dataset failed just now: "));
}

TEST_CASE("what only the configuration makes public needs somebody who says yes") {
    WithHub bench;
    initialise(bench, "alice/traces");
    bench.expect(0, {"config", "set", "visibility", "public"});
    capture(bench, "aaaaaaaa");
    bench.expect(0, {"commit", "--all"});
    const RunResult refused = bench.expect(2, {"push", "--json"});
    CHECK(refused.json()["error"]["code"].string_or() == "CONFIRMATION_REQUIRED");
    CHECK_FALSE(bench.hub.has_repo("alice/traces"));
    bench.expect(2, {"push", "--dry-run"});
    bench.expect(0, {"push", GENERATE(as<std::string>{}, "--yes", "--public")});
    CHECK_FALSE(bench.hub.repo("alice/traces").is_private);
}

TEST_CASE("push: --publish says it itself where nobody can be asked") {
    WithHub bench;
    initialise(bench, "alice/traces");
    capture(bench, "aaaaaaaa");
    bench.expect(0, {"commit", "--all"});
    bench.expect(0, {"push"});
    bench.expect(0, {"push", "--publish", "--dry-run"});
    CHECK(bench.hub.repo("alice/traces").is_private);
    bench.expect(0, {"push", "--publish"});
    CHECK_FALSE(bench.hub.repo("alice/traces").is_private);
}

TEST_CASE("offered traces are seen in status and log until the request is merged or declined") {
    WithHub bench;
    bench.hub.add_repo("bob/data");
    initialise(bench, "bob/data");
    const std::string one = capture(bench, "aaaaaaaa");
    bench.expect(0, {"commit", "--all"});
    CHECK(has(bench.expect(3, {"push", "--public"}), "--create-pr"));
    CHECK(has(bench.expect(0, {"push", "--public", "--create-pr"}), "Offered 1 trace"));
    CHECK(stage_of(bench, one) == "committed");
    CHECK(bench.expect(0, {"status", "--json"}).json()["offers"].at(0)["state"].string_or() == "open");
    CHECK(has(bench.expect(0, {"status"}), "1 trace offered to bob/data: open"));
    CHECK(has(bench.expect(0, {"push", "--public", "--create-pr"}), "offered in an open pull request"));
    CHECK(has(bench.expect(2, {"reset", one}), "it is offered in"));

    SECTION("without a network nobody knows") {
        bench.hub.stop();
        CHECK(bench.expect(0, {"log", "--json"}).json()["entries"].at(0)["state"].string_or() == "unknown");
        CHECK(has(bench.expect(0, {"status"}), "offered to bob/data: unknown"));
    }
    SECTION("merged") {
        bench.hub.merge_pull_request("bob/data", 1);
        CHECK(has(bench.expect(0, {"status"}), "offered to bob/data: merged"));
        CHECK(stage_of(bench, one) == "pushed");
        CHECK(has(bench.expect(0, {"log"}), "to bob/data: merged"));
        CHECK_FALSE(has(bench.expect(0, {"status"}), "offered"));
    }
    SECTION("declined") {
        bench.hub.close_pull_request("bob/data", 1);
        CHECK(has(bench.expect(0, {"log"}), "to bob/data: closed"));
        bench.expect(0, {"reset", one});
    }
}
