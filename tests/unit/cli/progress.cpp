// Progress on the terminal: one line, no longer than the terminal is wide, and nothing of it left behind.
#include "catch.hpp"
#include "cli/cells.hpp"
#include "cli/terminal_progress.hpp"
#include "doubles/buffer_terminal.hpp"
#include "opentraces/core/clock.hpp"

using namespace opentraces;
using testing::BufferTerminal;
using namespace std::chrono_literals;

namespace {

struct Screen {
    explicit Screen(bool somebody = true) : terminal("", somebody) {}

    // What stands in the last line, as a terminal of any kind shows it.
    std::string last_line() const {
        std::string line;
        std::size_t at = 0;
        for (const char c : terminal.screen) {
            if (c == '\n') {
                line.clear();
                at = 0;
            } else if (c == '\r') {
                at = 0;
            } else {
                if (at < line.size())
                    line[at] = c;
                else
                    line += c;
                ++at;
            }
        }
        return line.substr(0, line.find_last_not_of(' ') + 1);
    }

    BufferTerminal terminal;
    FixedClock clock{*parse_iso8601("2026-01-01T00:00:00Z")};
    cli::TerminalProgress progress{terminal, clock};
};

}  // namespace

TEST_CASE("progress: what takes less than a second is not told") {
    Screen screen;
    for (std::uint64_t done = 0; done <= 9; ++done) {
        screen.progress.working("capturing sessions", done, 10);
        screen.clock.sleep(100ms);
    }
    CHECK(screen.terminal.screen.empty());
}

TEST_CASE("progress: a longer piece of work has one line, which is gone at its end") {
    Screen screen;
    screen.progress.working("capturing sessions", 0, 1000);
    screen.clock.sleep(1s);
    screen.progress.working("capturing sessions", 400, 1000);
    CHECK(screen.last_line() == "capturing sessions: 400 of 1000");
    // Not more often than ten times a second.
    const std::string before = screen.terminal.screen;
    screen.progress.working("capturing sessions", 401, 1000);
    CHECK(screen.terminal.screen == before);
    screen.clock.sleep(100ms);
    screen.progress.working("capturing sessions", 9, 0);
    CHECK(screen.last_line() == "capturing sessions: 9");
    screen.progress.working("capturing sessions", 1000, 1000);
    CHECK(screen.last_line().empty());
    CHECK(screen.terminal.screen.find('\n') == std::string::npos);
}

TEST_CASE("progress: a note takes the line's place, and an error finds an empty one") {
    BufferTerminal terminal("", true);
    FixedClock clock{*parse_iso8601("2026-01-01T00:00:00Z")};
    {
        cli::TerminalProgress progress(terminal, clock);
        progress.working("importing rows", 0, 0);
        clock.sleep(2s);
        progress.working("importing rows", 5000, 0);
        progress.note("reading a file");
        CHECK(terminal.screen.ends_with("\rreading a file\n"));
        clock.sleep(2s);
        progress.working("importing rows", 6000, 0);
    }
    CHECK(terminal.screen.ends_with(" \r"));
}

TEST_CASE("progress: no line is wider than the terminal, and none has a control sequence") {
    for (const int columns : {20, 40, 80, 120}) {
        Screen screen;
        screen.terminal.columns = columns;
        const std::string name = "data/traces_20260101T000000Z_0000000\xE4\xB8\xAD\xE6\x96\x87.jsonl";
        for (std::uint64_t sent = 0; sent < 999'900'000; sent += 99'990'000) {
            screen.progress.upload(name, sent, 999'900'000);
            screen.clock.sleep(100ms);
            CHECK(cli::cells_of(screen.last_line()) < static_cast<std::size_t>(columns));
        }
        if (columns == 120) CHECK(screen.last_line().starts_with("data/traces_"));
        if (columns == 80) CHECK(screen.last_line().find("jsonl [") != std::string::npos);
        if (columns == 80) CHECK(screen.last_line().find("MB/s") != std::string::npos);
        CHECK(screen.terminal.screen.find('\x1b') == std::string::npos);
    }
}

TEST_CASE("progress: bytes of a longer piece of work are one line, right in every width") {
    for (const int columns : {20, 40, 80, 120}) {
        Screen screen;
        screen.terminal.columns = columns;
        for (std::uint64_t done = 0; done < 30'000'000; done += 2'500'000) {
            screen.progress.working_bytes("verifying", done, 30'000'000);
            screen.clock.sleep(500ms);
            CHECK(cli::cells_of(screen.last_line()) < static_cast<std::size_t>(columns));
        }
        if (columns >= 40) CHECK(screen.last_line() == "verifying: 27.5 MB of 30.0 MB");
        screen.progress.working_bytes("verifying", 30'000'000, 30'000'000);
        if (columns >= 40) CHECK(screen.last_line().empty());
        CHECK(screen.terminal.screen.find('\n') == std::string::npos);
        CHECK(screen.terminal.screen.find('\x1b') == std::string::npos);
    }
}

TEST_CASE("progress: where nobody sits and with --quiet no line is drawn") {
    Screen file(false);
    Screen quiet;
    quiet.progress.set_quiet(true);
    for (Screen* screen : {&file, &quiet}) {
        screen->progress.working("capturing sessions", 0, 10);
        screen->clock.sleep(5s);
        screen->progress.working("capturing sessions", 5, 10);
        CHECK(screen->terminal.screen.empty());
    }
}
