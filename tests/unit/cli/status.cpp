// What status tells of a project, and of all of them.
#include <filesystem>

#include "catch.hpp"
#include "doubles/codex_rollout.hpp"
#include "doubles/trace_bench.hpp"
#include "golden.hpp"
#include "opentraces/flow/hook_queue.hpp"
#include "opentraces/json/writer.hpp"

using namespace opentraces;
using testing::BufferTerminal;
using testing::TraceBench;

namespace {

class StatusBench : public TraceBench {
public:
    json::Value status() { return run({"status", "--json"}).json(); }

    void queue(const std::string& session) {
        const auto disk = fs::posix_disk();
        flow::HookQueue(project(), *disk).add(session);
    }

    // A second project, with a trace that needs review and a push that has failed.
    void make_web() {
        const std::string web = home() + "/web";
        std::filesystem::create_directories(web);
        REQUIRE(run({"-C", web, "init", "--agent", "codex", "--no-hook"}).exit == 0);
        const auto disk = fs::posix_disk();
        FixedClock clock{*parse_iso8601("2026-03-01T11:00:00Z")};
        const auto store = store::Store::open(web, *disk, clock);
        store->stage(security::scrub(testing::sample_record("second", testing::text_with_token()), {}), "/s");
        store->note_push_failure({"ada/traces", "OFFLINE", "the network is gone", clock.now()});
    }

    std::string everywhere(int columns, bool colours) {
        BufferTerminal terminal({}, true);
        terminal.columns = columns;
        terminal.colours = colours;
        return run_at(terminal, {"status", "--everywhere"}).out;
    }
};

}  // namespace

TEST_CASE("status: sessions that hooks have named and nobody has captured are told") {
    StatusBench bench;
    CHECK(bench.status()["queued_sessions"].integer() == 0);
    CHECK(bench.run({"status"}).out.find("hooks") == std::string::npos);
    bench.queue("/sessions/one.jsonl");
    bench.queue("/sessions/two.jsonl");
    bench.write(".opentraces/queue/0123456789abcdef.json", "no json");
    const json::Value status = bench.status();
    CHECK(status["queued_sessions"].integer() == 2);
    CHECK(status["unreadable_queue_files"].integer() == 1);
    CHECK(status["next_command"].string_or() == "opentraces capture");
    const std::string text = bench.run({"status"}).out;
    CHECK(text.find("  2 sessions that hooks have named are not captured yet; run: opentraces capture\n") !=
          text.npos);
    CHECK(text.find("  1 file in .opentraces/queue names no session\n") != text.npos);
}

TEST_CASE("status: agents with sessions that nobody has captured are named, chosen or not") {
    StatusBench bench;
    CHECK(bench.status()["uncaptured"].if_array()->empty());
    const std::string place = "../home/.codex/sessions/2026/02/01/rollout-";
    bench.write(place + "1.jsonl", testing::rollout_in(bench.project()));
    bench.write(place + "2.jsonl", testing::rollout_in("/elsewhere"));
    bench.write(place + "3.jsonl", "{\"a\":1}\n");
    const json::Value status = bench.status();
    CHECK(json::to_compact(status["uncaptured"]) ==
          R"([{"agent":"codex","chosen":false,"session_count":1,"message":null}])");
    CHECK(bench.run({"status"})
              .out.find("  1 session of Codex is not captured yet, which is none of the project's agents; "
                        "run: opentraces capture --agent codex\n") != std::string::npos);
    CHECK(bench.run({"status", "--everywhere", "--json"}).json()["projects"].at(0)["uncaptured"].is_null());

    bench.run({"config", "unset", "agents"});
    CHECK(bench.run({"status"})
              .out.find("  1 session of Codex is not captured yet; run: opentraces capture\n") !=
          std::string::npos);
    CHECK(bench.status()["uncaptured"].at(0)["chosen"].bool_or(false));
    CHECK(bench.run({"capture"}).exit == 0);
    CHECK(bench.status()["uncaptured"].if_array()->empty());
    bench.run({"commit", "--all"});
    bench.run({"push"});
    CHECK(bench.status()["next_command"].string_or() == "opentraces list");
    bench.write(place + "4.jsonl", testing::rollout_in(bench.project()));
    CHECK(bench.status()["next_command"].string_or() == "opentraces capture");
}

TEST_CASE("status: nothing is looked for in a project that is excluded") {
    StatusBench bench;
    bench.write("../home/.codex/sessions/rollout-1.jsonl", testing::rollout_in(bench.project()));
    CHECK(bench.status()["uncaptured"].if_array()->size() == 1);
    bench.run({"config", "set", "excluded", "true"});
    CHECK(bench.status()["uncaptured"].is_null());
}

TEST_CASE("status: a push that has failed is told until one succeeds") {
    StatusBench bench;
    bench.make_web();
    const std::string web = bench.home() + "/web";
    const json::Value status = bench.run({"-C", web, "status", "--json"}).json();
    CHECK(status["failed_pushes"].integer() == 1);
    CHECK(status["push_failures"].at(0)["code"].string_or() == "OFFLINE");
    CHECK(bench.run({"-C", web, "status"})
              .out.find("  the last push to ada/traces failed 1h ago: the network is gone\n") !=
          std::string::npos);
}

TEST_CASE("status: every project has a row, and there are their sums") {
    StatusBench bench;
    bench.stage({.session = "first"});
    bench.queue("/sessions/one.jsonl");
    bench.make_web();
    const json::Value answer = bench.run({"-C", "/", "status", "--everywhere", "--json"}).json();
    REQUIRE(answer["projects"].if_array()->size() == 2);
    const json::Value& web = answer["projects"].at(0);
    CHECK(web["project"].string_or() == bench.home() + "/web");
    CHECK(web["need_review"].integer() == 1);
    const json::Value& totals = answer["totals"];
    CHECK(totals["project_count"].integer() == 2);
    CHECK(totals["counts"]["inbox"].integer() == 2);
    CHECK(totals["need_review"].integer() == 1);
    CHECK(totals["queued_sessions"].integer() == 1);
    CHECK(totals["failed_pushes"].integer() == 1);
    // A row is what the project says of itself.
    json::Value alone = bench.status();
    json::Object row = *answer["projects"].at(1).if_object();
    row.set("status", "ok");
    for (const auto& [name, value] : *alone.if_object())
        CHECK(row.find(name) != nullptr);
    CHECK(json::to_compact(answer["projects"].at(1)["counts"]) == json::to_compact(alone["counts"]));
    for (const int columns : {80, 120}) {
        const std::string name = "status/everywhere-" + std::to_string(columns);
        testing::check_golden(name + ".txt", bench.everywhere(columns, false));
        testing::check_golden(name + "-colour.txt", bench.everywhere(columns, true));
    }
}

TEST_CASE("status: a project that cannot be looked at keeps no other from its row") {
    StatusBench bench;
    bench.make_web();
    bench.write(".opentraces/store.db", "no database");
    const json::Value answer = bench.run({"status", "--everywhere", "--json"}).json();
    CHECK(answer["projects"].if_array()->size() == 1);
    CHECK(answer["projects_left_out"].at(0)["path"].string_or() == bench.project());
    CHECK(answer["projects_left_out"].at(0)["code"].string_or() == "CORRUPT_STORE");
}
