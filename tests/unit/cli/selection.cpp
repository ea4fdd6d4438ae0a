// One way to choose traces, for every command that is about some.
#include <set>

#include "catch.hpp"
#include "cli/moments.hpp"
#include "doubles/trace_bench.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;

namespace {

using Words = std::vector<std::string>;

// What is chosen is told by session.
class SelectionBench : public testing::TraceBench {
public:
    SelectionBench() {
        stage({.session = "alpha", .ended = "2026-02-28T23:30:00Z", .cost = 3.0, .more_steps = 5});
        stage({.session = "bravo", .text = "Say \"hello\" to\nthe W\xC3\x96RLD", .agent = "codex"});
        stage({.session = "carol", .model = "openai/gpt-5", .ended = "2026-03-01T09:00:00Z", .input = 9000});
        stage({.session = "delta", .text = testing::text_with_token(), .ended = "", .cost = std::nullopt});
    }

    // Sessions in the order of the answer.
    Words chosen(Words words, const std::string& input = {}) {
        words.insert(words.begin(), "list");
        words.push_back("--json");
        const Result result = run(words, input);
        INFO(result.out << result.err);
        REQUIRE(result.exit == 0);
        Words sessions;
        const json::Value answer = result.json();
        for (const json::Value& trace : *answer["traces"].if_array())
            sessions.emplace_back(trace["session_id"].string_or());
        return sessions;
    }
};

std::string utc(TimePoint at) {
    return format_iso8601(at);
}

cli::Moments moments(const std::string& text, std::chrono::seconds offset = {}) {
    return cli::parse_moments("--since", text, *parse_iso8601("2026-03-01T12:30:00Z"),
                              [offset](TimePoint) { return offset; });
}

}  // namespace

TEST_CASE("selection: each flag alone") {
    SelectionBench bench;
    // Newest first; a session without a time of its own comes last.
    CHECK(bench.chosen({}) == Words{"carol", "alpha", "bravo", "delta"});
    CHECK(bench.chosen({"--agent", "codex"}) == Words{"bravo"});
    CHECK(bench.chosen({"--agent", "codex", "--agent", "claude-code"}).size() == 4);
    CHECK(bench.chosen({"--model", "GPT"}) == Words{"carol"});
    CHECK(bench.chosen({"--needs-review"}) == Words{"delta"});
    CHECK(bench.chosen({"--min-steps", "3"}) == Words{"alpha"});
    CHECK(bench.chosen({"--stage", "committed"}).empty());
    CHECK(bench.chosen({"--limit", "2"}) == Words{"carol", "alpha"});
    CHECK(bench.chosen({"--limit", "0"}).size() == 4);
}

TEST_CASE("selection: times hold for the end of the session, else for its capture") {
    SelectionBench bench;
    CHECK(bench.chosen({"--since", "today"}) == Words{"carol", "delta"});
    CHECK(bench.chosen({"--since", "yesterday"}) == Words{"carol", "alpha", "delta"});
    CHECK(bench.chosen({"--until", "2026-02-28"}) == Words{"alpha", "bravo"});
    CHECK(bench.chosen({"--since", "2026-02-28T23:31:00Z"}) == Words{"carol", "delta"});
    CHECK(bench.chosen({"--since", "13h", "--until", "90m"}) == Words{"carol", "alpha"});
}

TEST_CASE("selection: orders, with what is unknown last") {
    SelectionBench bench;
    CHECK(bench.chosen({"--sort", "oldest"}) == Words{"delta", "bravo", "alpha", "carol"});
    CHECK(bench.chosen({"--sort", "steps"}).front() == "alpha");
    CHECK(bench.chosen({"--sort", "tokens"}).front() == "carol");
    CHECK(bench.chosen({"--sort", "cost"}) == Words{"alpha", "carol", "bravo", "delta"});
    CHECK(bench.chosen({"--sort", "findings", "--limit", "1"}) == Words{"delta"});
}

TEST_CASE("selection: --grep reads what would be published, as people read it") {
    SelectionBench bench;
    CHECK(bench.chosen({"--grep", "say \"HELLO\" to\nthe"}) == Words{"bravo"});
    CHECK(bench.chosen({"--grep", "w\xC3\x96rld"}) == Words{"bravo"});
    CHECK(bench.chosen({"--grep", "\\\"hello"}).empty());  // no escapes of JSON
    CHECK(bench.chosen({"--grep", "[redacted]"}) == Words{"delta"});
    CHECK(bench.chosen({"--grep", "ghp_"}).empty());  // what was scrubbed is not found
    CHECK(bench.chosen({"--grep", "hello", "--grep", "[redacted]", "--sort", "oldest"}) ==
          Words{"delta", "bravo"});
    const json::Value cut = bench.run({"list", "--json", "--grep", "fix", "--limit", "1"}).json();
    CHECK(cut["total"].integer() == 2);
    CHECK(cut["traces"].if_array()->size() == 1);
}

TEST_CASE("selection: a trace that cannot be read is not searched, and named") {
    SelectionBench bench;
    const std::string id = bench.id("carol");
    bench.write(".opentraces/traces/" + id + ".jsonl", "{}\n");
    const auto result = bench.run({"list", "--json", "--grep", "fix"});
    CHECK(result.exit == 0);
    CHECK(result.json()["total"].integer() == 1);
    CHECK(result.err.find("trace " + id + " cannot be searched") != std::string::npos);
}

TEST_CASE("selection: ids and flags both have to hold, and what falls out is said") {
    SelectionBench bench;
    CHECK(bench.chosen({"delta", "alpha", "delta"}) == Words{"delta", "alpha"});  // as given, each once
    CHECK(bench.chosen({"delta", "alpha", "--sort", "newest"}) == Words{"alpha", "delta"});
    const auto result = bench.run({"list", "--json", "delta", "alpha", "--needs-review"});
    CHECK(result.json()["total"].integer() == 1);
    CHECK(result.err.find("1 of the 2 named traces do not match the flags") != std::string::npos);
    CHECK(bench.run({"list", "no-such-trace"}).exit == 6);
}

TEST_CASE("selection: ids from standard input, in lines or as another command's answer") {
    SelectionBench bench;
    CHECK(bench.chosen({"-"}, "alpha\n\n  bravo  and what else is on the line\n") == Words{"alpha", "bravo"});
    CHECK(bench.chosen({"carol", "-"}, "alpha") == Words{"carol", "alpha"});
    const std::string table = bench.run({"list", "--agent", "codex"}).out;
    CHECK(bench.chosen({"-"}, table) == Words{"bravo"});
    const std::string answer = bench.run({"list", "--json", "--needs-review"}).out;
    CHECK(bench.chosen({"-"}, answer) == Words{"delta"});
    CHECK(bench.chosen({"-"}, R"({"status":"ok","trace_ids":[")" + bench.id("alpha") + "\"]}") ==
          Words{"alpha"});
    CHECK(bench.run({"list", "-"}, "{\"status\":\"ok\"}").exit == 2);
    CHECK(bench.run({"list", "-"}, "{\"traces\"").exit == 2);
}

TEST_CASE("selection: no ids on standard input are no traces, never all of them") {
    SelectionBench bench;
    CHECK(bench.chosen({"-"}, "").empty());
    CHECK(bench.run({"export", "--format", "chat", "-"}, "").exit == 6);
    CHECK(bench.run({"reject", "-", "--json"}, "{\"traces\":[]}").json()["rejected"].integer() == 0);
    CHECK(bench.chosen({"--stage", "inbox"}).size() == 4);
}

TEST_CASE("selection: moves take flags, and only what may be moved") {
    SelectionBench bench;
    REQUIRE(bench.run({"commit", bench.id("alpha")}).exit == 0);
    CHECK(bench.run({"discard", "--agent", "claude-code", "--until", "yesterday", "--yes", "--json"})
              .json()["discarded"]
              .integer() == 0);  // alpha is committed
    CHECK(bench.run({"reject", "--agent", "claude-code", "--json"}).json()["rejected"].integer() == 3);
    CHECK(bench.run({"reset", "--min-steps", "3", "--json"}).json()["reset"].integer() == 1);
    CHECK(bench.run({"discard", "--stage", "rejected", "--yes", "--json"}).json()["discarded"].integer() ==
          2);
    CHECK(bench.chosen({}) == Words{"alpha", "bravo"});
    const auto nothing = bench.run({"reset", "--agent", "nobody"});
    CHECK(nothing.exit == 0);
    CHECK(nothing.out == "No trace matches; nothing was reset.\n");
}

TEST_CASE("selection: a discard says what it is about to delete") {
    SelectionBench bench;
    testing::BufferTerminal terminal("n\n", true);
    CHECK(bench.run_at(terminal, {"discard", "--agent", "codex"}).exit == 130);
    CHECK(terminal.errors.find(bench.id("bravo").substr(0, 8) + "  Say \"hello\" to") != std::string::npos);
}

TEST_CASE("selection: another project by the name or the path of its folder") {
    SelectionBench bench;
    const std::string other = bench.home() + "/other";
    std::filesystem::create_directories(other);
    REQUIRE(bench.run({"-C", other, "init", "--agent", "claude-code", "--no-hook"}).exit == 0);
    CHECK(bench.chosen({"--project", "other"}).empty());
    CHECK(bench.chosen({"--project", other}).empty());
    CHECK(bench.chosen({"--project", "."}).size() == 4);
    CHECK(bench.chosen({"-C", other, "--project", "project", "--agent", "codex"}) == Words{"bravo"});
    CHECK(bench.run({"list", "--project", "nowhere"}).exit == 6);
    CHECK(bench.run({"reject", "--agent", "codex", "--project", "project", "--project", "other"}).exit == 2);
}

TEST_CASE("selection: a project that its user did not make is not used, whatever a registration says") {
    SelectionBench bench;
    const std::string secret = bench.project() + "/.opentraces/secret";
    std::ofstream(secret) << std::string(64, '0') << "\n";
    CHECK(bench.run({"-C", "/", "list", "--project", "project"}).exit == 3);
}

TEST_CASE("moments: days are whole, everything else is one moment") {
    CHECK(utc(moments("2026-01-31").first) == "2026-01-31T00:00:00.000Z");
    CHECK(utc(moments("2026-01-31").last) == "2026-01-31T23:59:59.999Z");
    CHECK(utc(moments("2026-01-31 14:05").last) == "2026-01-31T14:05:00.000Z");
    CHECK(utc(moments("2026-01-31T14:05:06").first) == "2026-01-31T14:05:06.000Z");
    CHECK(utc(moments("2026-01-31T14:05:06+02:00").first) == "2026-01-31T12:05:06.000Z");
    CHECK(utc(moments("now").first) == "2026-03-01T12:30:00.000Z");
    CHECK(utc(moments("90m").first) == "2026-03-01T11:00:00.000Z");
    CHECK(utc(moments("2h").first) == "2026-03-01T10:30:00.000Z");
    CHECK(utc(moments("1d").last) == "2026-02-28T12:30:00.000Z");
    CHECK(utc(moments("2W").first) == "2026-02-15T12:30:00.000Z");
    CHECK(utc(moments("today").first) == "2026-03-01T00:00:00.000Z");
    CHECK(utc(moments("Yesterday").last) == "2026-02-28T23:59:59.999Z");
}

TEST_CASE("moments: days are those of the clock on the wall") {
    const std::chrono::hours tokyo(9);
    CHECK(utc(moments("2026-01-31", tokyo).first) == "2026-01-30T15:00:00.000Z");
    CHECK(utc(moments("2026-01-31 14:05", tokyo).first) == "2026-01-31T05:05:00.000Z");
    CHECK(utc(moments("today", std::chrono::hours(-13)).first) == "2026-02-28T13:00:00.000Z");
    CHECK(utc(moments("2026-01-31T14:05:00Z", tokyo).first) == "2026-01-31T14:05:00.000Z");
}

TEST_CASE("moments: what is no time is refused by name") {
    for (const char* text : {"soon", "", "2026-13-01", "2026-01-31T25:00", "-2d", "2", "2y",
                             "99999999999999999999d", "1000000w", "2026"}) {
        INFO(text);
        CHECK_THROWS_AS(moments(text), Error);
    }
}
