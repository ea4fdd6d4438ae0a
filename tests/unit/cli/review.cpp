// Traces that need review, at a terminal.
#include "doubles/trace_bench.hpp"

using namespace opentraces;
using testing::BufferTerminal;
using testing::TraceBench;

namespace {

struct ReviewBench : TraceBench {
    ReviewBench() {
        stage({.session = "clean"});
        stage({.session = "marked", .text = testing::text_with_token()});
    }
    std::string stage_of(const std::string& session) {
        return std::string(run({"list", "--json", session}).json()["traces"].at(0)["stage"].string_or());
    }
};

}  // namespace

TEST_CASE("review: a terminal is asked about traces that need it") {
    ReviewBench bench;
    const std::vector<std::string> words{"commit", bench.id("marked"), bench.id("clean")};
    for (const char* reply : {"n\n", "", "never\n"}) {
        BufferTerminal terminal(reply, true);
        CHECK(bench.run_at(terminal, words).exit == 130);
        CHECK(terminal.errors.starts_with("1 trace needs review. Commit all the same? [y/N] "));
        CHECK(bench.stage_of("clean") == "inbox");
    }
    BufferTerminal terminal("y\n", true);
    CHECK(bench.run_at(terminal, words).exit == 0);
    CHECK(bench.stage_of("marked") == "committed");
}

TEST_CASE("review: flags leave out what needs it, unless they ask for it") {
    ReviewBench bench;
    CHECK(bench.run({"commit", "--agent", "claude-code", "--json"}).json()["left_out"].integer() == 1);
    CHECK(bench.stage_of("clean") == "committed");
    CHECK(bench.run({"commit", "--needs-review"}).exit == 2);
    CHECK(bench.run({"commit", "--needs-review", "--yes"}).exit == 0);
    CHECK(bench.stage_of("marked") == "committed");
}

TEST_CASE("review: marks are set by flags, too, and seen in listings") {
    ReviewBench bench;
    CHECK(bench.run({"reviewed", "--needs-review", "--json"}).json()["marked"].integer() == 1);
    CHECK(bench.run({"list", "--needs-review", "--json"}).json()["total"].integer() == 0);
    CHECK(bench.run({"reviewed", "--needs-review"}).out == "No trace matches; nothing was marked.\n");
    CHECK(bench.run({"status"}).out.find("need") == std::string::npos);
}
