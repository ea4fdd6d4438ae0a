// The question under which licence traces are published.
#include "doubles/command_bench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_session = "c93f3533-0f6b-4a61-99bd-7b788208ad61";

struct LicenseBench : CommandBench {
    LicenseBench() {
        REQUIRE(run({"init", "--no-hook", "--agent", "claude-code"}).exit == 0);
        REQUIRE(run({"capture", fixture()}).exit == 0);
        REQUIRE(run({"commit", "--all"}).exit == 0);
    }
    static std::string fixture() {
        return source_folder() + "/tests/fixtures/sessions/claude-code/" + k_session + ".jsonl";
    }
    // The same session under another id.
    std::string another() {
        std::ifstream in(fixture());
        std::string text{std::istreambuf_iterator<char>(in), {}};
        for (std::size_t at = 0; (at = text.find(k_session, at)) != std::string::npos;)
            text[at] = 'd';
        write("other/session.jsonl", text);
        return project() + "/other/session.jsonl";
    }
    std::string card() const {
        std::ifstream in(project() + "/dataset/README.md");
        return {std::istreambuf_iterator<char>(in), {}};
    }
    Result push(const std::string& typed) {
        BufferTerminal terminal(typed, true);
        return run_at(terminal, {"push", "--repo", "./dataset"});
    }
};

constexpr const char* k_question = "Under which licence may others use the traces of";

}  // namespace

TEST_CASE("push: the licence is asked for, until the answer is one of the Hub's") {
    LicenseBench bench;
    const auto pushed = bench.push("my own\nmit\n");
    INFO(pushed.err);
    CHECK(pushed.exit == 0);
    CHECK(pushed.err.find(k_question) != std::string::npos);
    CHECK(pushed.err.find("\"my own\" is not a licence id of the Hub") != std::string::npos);
    CHECK(bench.card().find("\nlicense: mit\n") != std::string::npos);
}

TEST_CASE("push: who states no licence is not asked again for the same dataset") {
    LicenseBench bench;
    BufferTerminal look("", true);
    // A dry run asks for nothing.
    CHECK(bench.run_at(look, {"push", "--repo", "./dataset", "--dry-run"}).err.find(k_question) ==
          std::string::npos);
    const auto pushed = bench.push("\n");
    CHECK(pushed.err.find(k_question) != std::string::npos);
    CHECK(bench.card().find("\nlicense:") == std::string::npos);
    REQUIRE(bench.run({"capture", bench.another()}).exit == 0);
    REQUIRE(bench.run({"commit", "--all"}).exit == 0);
    const auto again = bench.push("");
    CHECK(again.out.find("Pushed 1 trace") != std::string::npos);
    CHECK(again.err.find(k_question) == std::string::npos);
}
