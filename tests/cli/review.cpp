// The review as a person does it: the real program on a pseudo-terminal, read by a terminal emulator.
#include <signal.h>

#include <fmt/format.h>

#include <regex>

#include "catch.hpp"
#include "doubles/claude_session.hpp"
#include "doubles/traces.hpp"
#include "golden.hpp"
#include "opentraces/json/reader.hpp"
#include "workbench/emulated_terminal.hpp"

using namespace opentraces;
using testing::EmulatedTerminal;
using testing::SessionWords;
using testing::Workbench;
using Look = testing::EmulatedTerminal::Look;

namespace {

constexpr const char* k_up = "\x1b[A";
constexpr const char* k_down = "\x1b[B";

struct ReviewBench : Workbench {
    ReviewBench() {
        set("OPENTRACES_NOW", "2026-02-01T12:00:00Z");
        set("TZ", "UTC");
        expect(0, {"init", "--agent", "claude-code", "--remote", "./dataset", "--private", "--no-hook"});
    }

    void capture(const SessionWords& words) {
        const auto file = path("sessions") / (words.id + ".jsonl");
        write(file, testing::claude_session(words));
        expect(0, {"capture", file.string()});
    }
    static std::string session_id(int number) {
        return fmt::format("00000000-0000-4000-8000-{:012}", number);
    }

    std::string stage(const std::string& session) {
        return std::string(
            expect(0, {"list", session, "--json"}).json()["traces"].at(0)["stage"].string_or());
    }
    std::int64_t count(const std::string& stage) {
        return *expect(0, {"list", "--stage", stage, "--json"}).json()["total"].integer();
    }
};

// Three sessions: an ordinary one, one with a token in it, one with a patch.
struct SampleBench : ReviewBench {
    SampleBench() {
        capture({.id = session_id(1), .prompt = "Fix the parser of dates", .minute = 1});
        capture({.id = session_id(2),
                 .prompt = "Deploy the site",
                 .command = "env",
                 .output = "HOME=/root\nTOKEN: " + testing::text_with_token() + "\nSHELL=/bin/sh",
                 .rounds = 3,
                 .minute = 2});
        capture({.id = session_id(3),
                 .prompt =
                     "Show what has changed, \xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E \xF0\x9F\x8E\x89 e\xCC\x81",
                 .command = "git diff",
                 .output = "diff --git a/a b/a\n@@ -1 +1 @@\n-old words\n+new words\n",
                 .minute = 3});
    }
};

// What a trace's hash is depends on all that scrubs it.
void check_screen(EmulatedTerminal& terminal, const std::string& name) {
    terminal.settle();
    static const std::regex hash("[0-9a-f]{64}");
    testing::check_golden("review/" + name + ".txt", std::regex_replace(terminal.screen(), hash, "(hash)"));
}

void check_given_back(EmulatedTerminal& terminal) {
    CHECK_FALSE(terminal.on_other_screen());
    CHECK_FALSE(terminal.reports_mouse());
    CHECK(terminal.cursor_is_visible());
    CHECK(terminal.is_cooked());
}

}  // namespace

TEST_CASE("review: screens at 80x24 and 120x40") {
    for (const auto& [rows, columns] : {std::pair{24, 80}, {40, 120}}) {
        SampleBench bench;
        const std::string size = fmt::format("{}x{}", columns, rows);
        EmulatedTerminal terminal(bench, {"review"}, static_cast<std::size_t>(rows),
                                  static_cast<std::size_t>(columns));
        terminal.wait_for("of 3");
        CHECK(terminal.on_other_screen());
        check_screen(terminal, "list-" + size);
        terminal.type(std::string(k_down) + "\r");
        terminal.wait_for("step 0 of");
        check_screen(terminal, "session-" + size);
        terminal.type("nnn");
        terminal.wait_for("TOKEN: use [REDACTED]");
        check_screen(terminal, "finding-" + size);
        terminal.type("q");
        terminal.wait_for("SESSION");
        terminal.type(std::string(k_up) + "\r\tJ+");
        terminal.wait_for("new words");
        check_screen(terminal, "patch-" + size);
        terminal.type("?");
        terminal.wait_for("Keys");
        check_screen(terminal, "help-" + size);
        terminal.type("xqq");
        CHECK(terminal.wait() == 0);
        check_given_back(terminal);
        CHECK(terminal.screen().find("3 in the inbox") != std::string::npos);
    }
}

TEST_CASE("review: from the inbox to a pushed dataset with keys alone") {
    SampleBench bench;
    EmulatedTerminal terminal(bench, {"review"});
    terminal.wait_for("of 3");
    terminal.type("\r");  // the newest, opened
    terminal.wait_for("step 0 of");
    terminal.type("c");  // committed; the next one that waits is open
    terminal.wait_for("Committed 1 trace");
    terminal.wait_for("Deploy the site");
    CHECK(bench.stage(ReviewBench::session_id(3)) == "committed");
    terminal.type("r");
    terminal.wait_for("Rejected 1 trace");
    CHECK(bench.stage(ReviewBench::session_id(2)) == "rejected");
    terminal.type("u");
    terminal.wait_for("Undone: reject of 1 trace");
    CHECK(bench.stage(ReviewBench::session_id(2)) == "inbox");
    terminal.type("C");
    terminal.wait_for("Message:");
    terminal.type("Dates parse\r");
    terminal.wait_for("Dates parse");
    CHECK(bench.stage(ReviewBench::session_id(1)) == "committed");
    terminal.wait_for("Deploy the site");
    terminal.type("r");
    terminal.wait_for("Nothing else waits here");
    terminal.type("P");
    terminal.wait_for("push 2 committed traces? [y/N]");
    terminal.type("y");
    terminal.wait_for("Under which licence");  // a question of push, on the user's own screen again
    terminal.type("\r");
    CHECK(terminal.wait() == 0);
    check_given_back(terminal);
    INFO(terminal.screen());
    CHECK(bench.count("pushed") == 2);
    CHECK(bench.count("rejected") == 1);
    CHECK(bench.expect(0, {"verify", "./dataset", "--json"}).json()["status"].string_or() == "ok");
    std::string shards;
    for (const auto& entry : std::filesystem::directory_iterator(bench.project() / "dataset/data"))
        shards += Workbench::read(entry.path());
    CHECK(shards.find("Fix the parser of dates") != std::string::npos);
    CHECK(shards.find("Deploy the site") == std::string::npos);
}

TEST_CASE("review: what a person should look at is not committed unseen") {
    SampleBench bench;
    EmulatedTerminal terminal(bench, {"review"});
    terminal.wait_for("of 3");
    terminal.type("ac");
    terminal.wait_for("1 trace needs review. Commit all the same? [y/N]");
    terminal.type("n");
    terminal.wait_for("Nothing was changed");
    CHECK(bench.count("committed") == 0);
    terminal.type(std::string(k_down) + "m");
    terminal.type("q");
    CHECK(terminal.wait() == 0);
    CHECK(bench.count("inbox") == 3);
}

TEST_CASE("review: the window may change its size at any time") {
    SampleBench bench;
    EmulatedTerminal terminal(bench, {"review"});
    terminal.wait_for("of 3");
    terminal.resize(30, 110);
    terminal.wait_for("COST");
    terminal.type("\r");
    terminal.wait_for("step 0 of");
    terminal.resize(12, 40);
    terminal.wait_for("step 0 of");
    CHECK(terminal.row(10).find("step 0 of") != std::string::npos);
    terminal.resize(3, 10);
    terminal.wait_for("Too small");
    terminal.resize(24, 80);
    terminal.wait_until_gone("Too small");
    terminal.type("qq");
    CHECK(terminal.wait() == 0);
}

TEST_CASE("review: without an entry in terminfo, without colours, in a terminal that can do nothing") {
    SampleBench bench;
    {
        EmulatedTerminal terminal(bench, {"review"}, 24, 80, "a-terminal-that-nobody-knows");
        terminal.wait_for("of 3");
        terminal.type("\rJJ+");
        terminal.wait_for("new words");
        CHECK(terminal.on_other_screen());
        CHECK(terminal.letters_with(Look::Coloured).find("new words") != std::string::npos);
        terminal.type("qq");
        CHECK(terminal.wait() == 0);
        check_given_back(terminal);
    }
    bench.set("NO_COLOR", "1");
    {
        EmulatedTerminal terminal(bench, {"review"});
        terminal.wait_for("of 3");
        terminal.type(std::string(k_down) + "\rnnn");
        terminal.wait_for("TOKEN: use [REDACTED]");
        CHECK(terminal.letters_with(Look::Coloured).find_first_not_of('\n') == std::string::npos);
        CHECK(terminal.letters_with(Look::Reverse).find("[REDACTED]") != std::string::npos);
        terminal.type("qq");
        CHECK(terminal.wait() == 0);
    }
    EmulatedTerminal terminal(bench, {"review"}, 24, 80, "dumb");
    terminal.wait_for("1 of 3: commit");
    CHECK(terminal.written().find('\x1b') == std::string::npos);
    terminal.type("commit\nquit\n");
    CHECK(terminal.wait() == 0);
    CHECK(bench.count("committed") == 1);
}

TEST_CASE("review: nothing that a session holds reaches the terminal as more than letters") {
    ReviewBench bench;
    const std::string attack =
        "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[?1049l\xC2\x9B"
        "5n \xE2\x80\xAE"
        "evil \x1bPq\x1b\\ \x1b[6n";
    bench.capture({.id = ReviewBench::session_id(1),
                   .prompt = "Look at " + attack,
                   .answer = attack,
                   .tool = "Bash" + attack,
                   .command = "cat " + attack,
                   .output = attack + "\n" + std::string(200'000, 'x')});
    EmulatedTerminal terminal(bench, {"review"});
    terminal.wait_for("of 1");
    CHECK(terminal.on_other_screen());
    terminal.type("\r+GgJJ\rnN");
    terminal.settle();
    CHECK(terminal.on_other_screen());
    for (const std::string& part :
         {std::string("\x1b]0"), std::string("\x1b[2J\x1b[31m"), std::string("\x1b[6n"),
          std::string("\x1bPq"), std::string("\xE2\x80\xAE"),
          std::string("\xC2\x9B"
                      "5n")})
        CHECK(terminal.written().find(part) == std::string::npos);
    CHECK(terminal.screen().find("\\x1b") != std::string::npos);
    terminal.type("o");
    terminal.wait_for("What was asked for");
    terminal.type("qqq");
    CHECK(terminal.wait() == 0);
    const auto plain = bench.expect(0, {"review", "--plain"}, "text\nfindings\nquit\n");
    CHECK((plain.out + plain.err).find('\x1b') == std::string::npos);
}

TEST_CASE("review: signals give the terminal back, and leave the store whole") {
    SampleBench bench;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        EmulatedTerminal terminal(bench, {"review"});
        terminal.wait_for("of 3");
        terminal.send(number);
        CHECK(terminal.wait() == 130);
        check_given_back(terminal);
    }
    EmulatedTerminal terminal(bench, {"review"});
    terminal.wait_for("of 3");
    terminal.type("\x03");  // Ctrl-C
    CHECK(terminal.wait() == 130);
    check_given_back(terminal);
    CHECK(bench.count("inbox") == 3);
}

TEST_CASE("review: killed at any moment, each decision is made or not made") {
    ReviewBench bench;
    for (int i = 0; i < 12; ++i)
        bench.capture({.id = ReviewBench::session_id(i), .minute = i});
    for (int kill_after = 0; kill_after < 8; ++kill_after) {
        EmulatedTerminal terminal(bench, {"review"});
        terminal.wait_for("SESSION");
        terminal.type("crmu" + std::string(static_cast<std::size_t>(kill_after), 'c'));
        terminal.send(SIGKILL);
        CHECK(terminal.wait() == 128 + SIGKILL);
        CHECK(bench.count("inbox") + bench.count("committed") + bench.count("rejected") == 12);
        bench.expect(0, {"doctor", "--offline"});
        const json::Value log = bench.expect(0, {"log", "--json"}).json();
        std::size_t in_groups = 0;
        for (const json::Value& entry : *log["entries"].if_array())
            in_groups += static_cast<std::size_t>(entry["traces"].integer().value_or(0));
        CHECK(static_cast<std::int64_t>(in_groups) == bench.count("committed"));
    }
}

TEST_CASE("review: the mouse works") {
    SampleBench bench;
    EmulatedTerminal terminal(bench, {"review"});
    terminal.wait_for("of 3");
    CHECK(terminal.reports_mouse());
    terminal.type("\x1b[<0;10;4M\x1b[<0;10;4m");  // the second row
    terminal.wait_for("2 of 3");
    terminal.type("\x1b[<0;10;4M\x1b[<0;10;4m");
    terminal.wait_for("step 0 of");
    terminal.type(
        "\x1b[<65;10;10M\x1b[<65;10;10M\x1b[<65;10;10M\x1b[<65;10;10M\x1b[<65;10;10M\x1b[<65;10;10M");
    terminal.wait_until_gone("step 0 of");
    terminal.type("qq");
    CHECK(terminal.wait() == 0);
}

TEST_CASE("review: what is pasted is text, never keys") {
    SampleBench bench;
    EmulatedTerminal terminal(bench, {"review"});
    terminal.wait_for("of 3");
    terminal.type("\x1b[200~aaccrrq\r\x1b[201~");
    terminal.settle();
    CHECK(bench.count("inbox") == 3);
    terminal.type("/\x1b[200~Deploy\x1b[201~\r");
    terminal.wait_for("1 of 1");
    terminal.type("q");
    CHECK(terminal.wait() == 0);
}

TEST_CASE("review: a script answers questions") {
    SampleBench bench;
    const auto run = bench.expect(0, {"review", "--plain", "--json"},
                                  "commit Dates and patches\nnonsense\nfindings\nreject\nmark\n");
    const json::Value answer = run.json();
    CHECK(answer["committed"].integer() == 1);
    CHECK(answer["rejected"].integer() == 1);
    CHECK(answer["marked"].integer() == 1);
    CHECK(answer["trace_ids"].if_array()->size() == 3);
    CHECK(answer["in_inbox"].integer() == 1);
    CHECK(bench.stage(ReviewBench::session_id(3)) == "committed");
    CHECK(bench.stage(ReviewBench::session_id(2)) == "rejected");
    const auto text = bench.expect(0, {"review"}, "").out;  // a pipe
    CHECK(text.find("--- session 1 of 1 ---") != std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
}

// Opening each, looking for what was redacted, and deciding.
TEST_CASE("review: sixty-four sessions take so many keys") {
    ReviewBench bench;
    for (int i = 0; i < 64; ++i)
        bench.capture({.id = ReviewBench::session_id(i),
                       .prompt = "Task number " + std::to_string(i),
                       .output = i % 4 == 0 ? testing::text_with_token() : "done",
                       .minute = i % 60});
    EmulatedTerminal terminal(bench, {"review"});
    terminal.wait_for("1 of 64");
    int keys = 0;
    const auto press = [&](std::string_view bytes) {
        terminal.type(bytes);
        ++keys;
    };
    press("\r");
    terminal.wait_for("step 0 of");
    for (int i = 0; i < 64; ++i) {
        terminal.wait_for(fmt::format(" {}/64", i + 1));
        press("n");
        press(i % 8 == 7 ? "r" : "c");
    }
    terminal.wait_for("Nothing else waits here");
    press("P");
    terminal.wait_for("[y/N]");
    press("y");
    terminal.wait_for("Under which licence");
    press("\r");
    CHECK(terminal.wait() == 0);
    CHECK(bench.count("pushed") == 56);
    CHECK(bench.count("rejected") == 8);
    const std::string page = testing::source_text("docs/commands/review.md");
    const std::string told = fmt::format("{} keys", keys);
    INFO("docs/commands/review.md should say: " << told);
    CHECK(page.find(told) != std::string::npos);
    WARN("64 sessions reviewed and pushed with " << told);
}
