// The review over a real store, without a terminal: events in, screens out.
#include <fmt/format.h>

#include "cli/program.hpp"
#include "cli/project_context.hpp"
#include "cli/review/reviewer.hpp"
#include "cli/review/screen.hpp"
#include "doubles/trace_bench.hpp"

using namespace opentraces;
using namespace opentraces::cli::review;
using testing::BufferTerminal;
using testing::TraceBench;

namespace {

// Types what it was given, one event after the other, and keeps every screen.
class ScriptedScreen final : public Screen {
public:
    ScriptedScreen(std::vector<Event> events, std::vector<std::string>& shown, Size size)
        : m_events(std::move(events)), m_shown(shown), m_size(size) {}
    Size size() const override { return m_size; }
    void show(const Grid& grid) override { m_shown.push_back(grid.text()); }
    Event next() override {
        if (m_at == m_events.size()) throw Error(ErrorCode::Interrupted, "the script is over");
        return m_events[m_at++];
    }

private:
    std::vector<Event> m_events;
    std::vector<std::string>& m_shown;
    Size m_size;
    std::size_t m_at = 0;
};

class ScreenTerminal : public BufferTerminal {
public:
    ScreenTerminal(std::vector<Event> events, Size size)
        : BufferTerminal({}, true), m_events(std::move(events)), m_size(size) {}
    std::unique_ptr<Screen> open_screen() override {
        return std::make_unique<ScriptedScreen>(m_events, shown, m_size);
    }
    std::vector<std::string> shown;

private:
    std::vector<Event> m_events;
    Size m_size;
};

std::vector<Event> keys(std::u32string_view letters) {
    std::vector<Event> events;
    for (const char32_t letter : letters)
        events.push_back(letter == U'\r'     ? Event::of(Key::Enter)
                         : letter == U'\x1b' ? Event::of(Key::Escape)
                                             : Event::of_letter(letter));
    return events;
}

struct ScreenBench : TraceBench {
    struct Seen {
        int exit = 0;
        std::vector<std::string> screens;
        std::string output;
        const std::string& last() const { return screens.back(); }
    };
    Seen review(std::u32string_view letters, std::vector<std::string> words = {}, Size size = {}) {
        words.insert(words.begin(), "review");
        ScreenTerminal terminal(keys(letters), size);
        const int exit = run_at(terminal, words).exit;
        return {exit, terminal.shown, terminal.output};
    }
    std::string stage_of(const std::string& session) {
        return std::string(run({"list", "--json", session}).json()["traces"].at(0)["stage"].string_or());
    }
};

bool says(const std::string& screen, std::string_view text) {
    return screen.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("review screens: list, search, filters and ticks") {
    ScreenBench bench;
    for (int i = 0; i < 30; ++i)
        bench.stage({.session = fmt::format("session-{:02}", i),
                     .text = fmt::format("Task {:02}", i),
                     .ended = fmt::format("2026-02-01T10:{:02}:00Z", i)});
    CHECK(says(bench.review(U"G").last(), "30 of 30"));
    CHECK(says(bench.review(U"jj").last(), "3 of 30"));
    const auto found = bench.review(U"/task 07\r").last();
    CHECK(says(found, "1 of 1"));
    CHECK(says(found, "Task 07"));
    CHECK(says(bench.review(U"/task 07\r\x1b").last(), "23 of 30"));
    CHECK(says(bench.review(U"fff").last(), "Shown: committed"));
    CHECK(says(bench.review(U"  ").last(), "2 ticked"));
    CHECK(says(bench.review(U"aa").last(), "Shown: as asked"));
    CHECK(bench.review(U"/session-0\rarq").exit == 0);
    CHECK(bench.stage_of("session-03") == "rejected");
    CHECK(bench.stage_of("session-13") == "inbox");
    CHECK(says(bench.review(U"", {"--stage", "rejected"}).last(), "1 of 10"));
    CHECK(says(bench.review(U"", {"session-04", "session-13"}).last(), "1 of 2"));
}

TEST_CASE("review screens: a text is selected and redacted, and comes back") {
    ScreenBench bench;
    bench.stage({.session = "first", .text = "Call Zorblax Industries about it"});
    // The second step's line of what was asked; five letters on, seven selected.
    const auto seen = bench.review(U"\rJjlllllvllllllxy");
    CHECK(says(seen.last(), "Redacted: "));
    CHECK_FALSE(says(seen.last(), "Zorblax"));
    CHECK(says(seen.last(), "[REDACTED"));
    CHECK_FALSE(says(bench.run({"show", "first"}).out, "Zorblax"));
    CHECK(says(bench.review(U"\rx\x1b").last(), "keys") == false);
    const auto nothing = bench.review(U"\rxno such text\r");
    CHECK(says(nothing.last(), "no"));
}

TEST_CASE("review screens: what fails is told, and the review goes on") {
    ScreenBench bench;
    bench.stage({.session = "first"});
    bench.stage({.session = "second", .ended = "2026-02-02T10:00:00Z"});
    std::filesystem::remove(bench.project() + "/.opentraces/traces/" + bench.id("second") + ".jsonl");
    const auto seen = bench.review(U"\r", {}, {24, 300});
    CHECK(says(seen.last(), "is missing"));
    CHECK(says(bench.review(U"\rj\r").last(), "step 0 of 2"));
    CHECK(says(bench.review(U"u").last(), "undo") == true);
    // Somebody else has committed it meanwhile.
    CHECK(bench.run({"commit", bench.id("first")}).exit == 0);
    CHECK(says(bench.review(U"c", {"first"}).last(), "committed"));
}

TEST_CASE("review screens: the last decision is undone, in the list and in a session") {
    ScreenBench bench;
    bench.stage({.session = "first"});
    bench.stage({.session = "second", .ended = "2026-02-02T10:00:00Z"});
    bench.review(U"cq");
    CHECK(bench.stage_of("second") == "committed");
    CHECK(says(bench.review(U"\ru").last(), "Undone: commit of 1 trace"));
    CHECK(bench.stage_of("second") == "inbox");
}

TEST_CASE("review screens: folds, search and places in a long session") {
    ScreenBench bench;
    trace::TraceRecord record = testing::sample_record("long");
    const trace::Step step = record.steps[1];
    for (int i = 2; i < 500; ++i) {
        record.steps.push_back(step);
        record.steps.back().step_index = i;
        record.steps.back().content = fmt::format("Answer {}\nb\nc\nd\ne\nf\ng\nneedle {}", i, i);
    }
    bench.stage_record(std::move(record));
    CHECK(says(bench.review(U"\rG").last(), "step 500 of 500"));
    CHECK(says(bench.review(U"\rGg").last(), "step 0 of 500"));
    const auto found = bench.review(U"\r/needle 321\r").last();
    CHECK(says(found, "needle 321"));  // unfolded
    CHECK(says(found, "step 322 of 500"));
    CHECK(says(bench.review(U"\r/needle 49\r.").last(), "step 491 of 500"));
    CHECK(says(bench.review(U"\r/needle 49\r,").last(), "needle 499"));
    CHECK(says(bench.review(U"\r/nowhere\r").last(), "Not in this session"));
    CHECK(says(bench.review(U"\rJJJ").last(), "... 2 more lines (Enter)"));
    CHECK(says(bench.review(U"\rJJJ+").last(), "needle 2"));
    CHECK(says(bench.review(U"\rn").last(), "Nothing was redacted"));
    CHECK(says(bench.review(U"\ro").last(), "1 of 1"));
}

TEST_CASE("review screens: every size has a screen") {
    ScreenBench bench;
    bench.stage({.session = "first", .text = testing::text_with_token() + std::string(300, 'x')});
    for (std::size_t rows : {1, 2, 5, 6, 7, 24, 200})
        for (std::size_t columns : {1, 10, 19, 20, 21, 79, 300}) {
            const auto seen = bench.review(U"\r+nGgo\rq?q/x\r", {}, {rows, columns});
            INFO(rows << " x " << columns);
            CHECK(seen.screens.size() == 14);
            CHECK(std::count(seen.last().begin(), seen.last().end(), '\n') ==
                  static_cast<std::ptrdiff_t>(rows));
        }
}
