// What a listing looks like, on terminals of different widths and in a pipe.
#include "catch.hpp"
#include "doubles/trace_bench.hpp"
#include "golden.hpp"

using namespace opentraces;
using testing::BufferTerminal;

namespace {

class ListBench : public testing::TraceBench {
public:
    ListBench() {
        stage({.session = "plan",
               .text = "Implement the following plan:\n\n# Plan: Expand the README, section by "
                       "section, until everybody understands it\n"});
        stage(
            {.session = "chinese",
             .text =
                 "\u5e6b\u6211\u6aa2\u67e5\u4e00\u4e0b go.mod \u88e1\u9762\u70ba\u4f55 go\u7248\u672c\u662f "
                 "1.24? \u8acb\u5e6b\u6211\u7d71\u4e00\u6210 1.24",
             .agent = "codex",
             .ended = "2026-03-01T11:58:00Z"});
        stage({.session = "emoji",
               .text = "\U0001F680 ship it \U0001F468\u200D\U0001F469\u200D\U0001F467 \u2764\uFE0F",
               .ended = "2026-02-27T08:00:00Z",
               .more_steps = 2000});
        stage({.session = "token", .text = testing::text_with_token(), .ended = "2026-03-01T09:00:00Z"});
        stage({.session = "empty", .text = "", .ended = ""});
        REQUIRE(run({"reject", "plan"}).exit == 0);
        REQUIRE(run({"commit", "emoji"}).exit == 0);
    }

    std::string at(int columns, bool colours, const std::vector<std::string>& words) {
        BufferTerminal terminal({}, true);
        terminal.columns = columns;
        terminal.colours = colours;
        return run_at(terminal, words).out;
    }
};

}  // namespace

TEST_CASE("list: tables at 80 and 120 columns, with and without colours, and in a pipe") {
    ListBench bench;
    for (const std::string command : {"list", "status"}) {
        for (const int columns : {80, 120}) {
            const std::string name = command + "/" + std::to_string(columns);
            testing::check_golden(name + ".txt", bench.at(columns, false, {command}));
            testing::check_golden(name + "-colour.txt", bench.at(columns, true, {command}));
        }
    }
    testing::check_golden("list/pipe.txt", bench.run({"list"}).out);
}

TEST_CASE("list: a terminal gets one screen and is told of the rest; a pipe gets all") {
    testing::TraceBench bench;
    for (int i = 0; i < 51; ++i)
        bench.stage({.session = "session-" + std::to_string(i)});
    BufferTerminal terminal({}, true);
    const std::string shown = bench.run_at(terminal, {"list"}).out;
    CHECK(std::count(shown.begin(), shown.end(), '\n') == 52);
    CHECK(shown.ends_with("50 of 51; --limit 0 shows all\n"));
    const std::string piped = bench.run({"list"}).out;
    CHECK(std::count(piped.begin(), piped.end(), '\n') == 52);
    CHECK(bench.run({"list", "--json"}).json()["traces"].if_array()->size() == 51);
}

TEST_CASE("list: times are those of the clock on the wall, in a pipe UTC") {
    testing::TraceBench bench;
    bench.stage({.session = "late", .ended = "2026-02-01T23:30:00Z"});
    BufferTerminal terminal({}, true);
    terminal.columns = 120;
    terminal.before_utc = std::chrono::hours(2);
    CHECK(bench.run_at(terminal, {"list"}).out.find("2026-02-02 01:30") != std::string::npos);
    CHECK(bench.run({"list"}).out.find("2026-02-01T23:30:00Z") != std::string::npos);
}
