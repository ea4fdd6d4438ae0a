// What status tells of a project, and of all of them.
#include <filesystem>

#include "catch.hpp"
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
