// What the review is made of, without a terminal.
#include <algorithm>

#include "catch.hpp"
#include "cli/review/keys.hpp"
#include "cli/review/line_editor.hpp"
#include "cli/review/painter.hpp"
#include "cli/review/step_index.hpp"
#include "cli/review/step_text.hpp"
#include "cli/review/wrap.hpp"
#include "doubles/traces.hpp"
#include "opentraces/trace/codec.hpp"

using namespace opentraces;
using namespace opentraces::cli::review;

namespace {

std::vector<Event> decoded(const std::string& bytes, bool in_single_bytes = false) {
    KeyDecoder decoder;
    std::vector<Event> events;
    const auto take = [&](bool no_more) {
        while (const auto event = decoder.next(no_more))
            events.push_back(*event);
    };
    for (const char c : in_single_bytes ? bytes : std::string()) {
        decoder.feed(std::string_view(&c, 1));
        take(false);
    }
    if (!in_single_bytes) decoder.feed(bytes);
    take(false);
    take(true);
    return events;
}

StepIndex index_of(const std::string& line, std::size_t piece) {
    StepScanner scanner;
    for (std::size_t at = 0; at < line.size(); at += piece)
        scanner.feed(std::string_view(line).substr(at, piece));
    return scanner.finish();
}

}  // namespace

TEST_CASE("review grid: what is put is letters, whatever it was") {
    Grid grid({2, 40});
    grid.put(0, 0,
             "a\x1b[31mb\x07\xC2\x9B"
             "c\xE2\x80\xAE"
             "d\te\nf",
             k_usual);
    CHECK(grid.text() == "a\\x1b[31mb\\x07\\x9bc<U+202E>d    e f\n\n");
    for (std::size_t column = 0; column < 40; ++column)
        for (const char c : grid.at(0, column).text)
            CHECK((static_cast<unsigned char>(c) >= 0x20 && c != 0x7F));
}

TEST_CASE("review grid: wide letters are not cut in half, marks stay with their letter") {
    Grid grid({1, 6});
    CHECK(grid.put(0, 0, "a\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E", k_usual) == 5);
    CHECK(grid.text() == "a\xE6\x97\xA5\xE6\x9C\xAC\n");
    grid.put(0, 2, "x", k_usual);  // over the right half of one
    CHECK(grid.text() == "a x\xE6\x9C\xAC\n");
    Grid marks({1, 4});
    std::string heap = "e";
    for (int i = 0; i < 1000; ++i)
        heap += "\xCC\x81";
    CHECK(marks.put(0, 0, heap + "b", k_usual) == 2);
    CHECK(marks.at(0, 0).text.size() < 40);
    marks.put(0, 2, "\xCC\x81z", k_usual);  // a mark of nothing belongs to nobody before it
    CHECK(marks.at(0, 1).text == "b");
}

TEST_CASE(
    "review painting: the difference to the screen before, and the place again behind what may be wide") {
    Painter painter(TerminalCodes::built_in(true));
    Grid grid({2, 10});
    grid.put(0, 0, "one", k_usual);
    const std::string first = painter.paint(grid);
    CHECK(first.find("\x1b[2J") != std::string::npos);
    CHECK(first.find("one") != std::string::npos);
    grid.put(1, 4, "x\xE6\x97\xA5y", k_removed);
    const std::string second = painter.paint(grid);
    CHECK(second.find("one") == std::string::npos);
    CHECK(second.find("\x1b[2;5H") != std::string::npos);
    CHECK(second.find("\x1b[31mx\xE6\x97\xA5\x1b[2;8Hy") != std::string::npos);
    CHECK(painter.paint(grid) == "\x1b[?25l");
    Painter plain(TerminalCodes::built_in(false));
    CHECK(plain.paint(grid).find("\x1b[31m") == std::string::npos);
}

TEST_CASE("review keys: sequences of terminals, in one piece and byte by byte") {
    const std::string bytes =
        "j\x1b[A\x1bOB\x1b[5~\x1b[1;5C\x1b[Z\r\x7f\x03\xC3\xA9\x1b[<0;10;4M\x1b[<64;1;1M\x1b[99~";
    for (const bool single : {false, true}) {
        const auto events = decoded(bytes, single);
        REQUIRE(events.size() == 12);
        CHECK(events[0].is(U'j'));
        CHECK(events[1].is(Key::Up));
        CHECK(events[2].is(Key::Down));
        CHECK(events[3].is(Key::PageUp));
        CHECK(events[4].is(Key::Right));
        CHECK(events[5].is(Key::BackTab));
        CHECK(events[6].is(Key::Enter));
        CHECK(events[7].is(Key::Backspace));
        CHECK((events[8].is(Key::Control) && events[8].letter == U'c'));
        CHECK(events[9].is(U'\u00e9'));
        CHECK((events[10].pointer == Pointer::Press && events[10].row == 3 && events[10].column == 9));
        CHECK(events[11].pointer == Pointer::WheelUp);
    }
    CHECK(decoded("\x1b").front().is(Key::Escape));
    CHECK(decoded("\x1b[").empty());
    CHECK(decoded(std::string(100, '\xff')).empty());
}

TEST_CASE("review keys: what is pasted comes as one text, however long") {
    const auto events = decoded("\x1b[200~qqq\rc\x1b[201~j");
    REQUIRE(events.size() == 2);
    CHECK(events[0].kind == Event::Kind::Paste);
    CHECK(events[0].text == "qqq\rc");
    CHECK(events[1].is(U'j'));
    KeyDecoder decoder;
    decoder.feed("\x1b[200~");
    for (int i = 0; i < 100; ++i) {
        decoder.feed(std::string(10'000, 'x'));
        CHECK_FALSE(decoder.next(false));
    }
    decoder.feed("\x1b[201~j");
    const auto pasted = decoder.next(false);
    REQUIRE(pasted);
    CHECK(pasted->kind == Event::Kind::Paste);
    CHECK(pasted->text.size() <= std::size_t{64} << 10);
    CHECK(decoder.next(false)->is(U'j'));
}

TEST_CASE("review wrap: at blanks, by columns, all of it") {
    const std::string text = "one two three \xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E\xE6\x97\xA5 x";
    std::string together;
    for (const Range& part : wrapped(text, 9, 9)) {
        CHECK(part.end > part.begin);
        CHECK(columns_of(std::string_view(text).substr(part.begin, part.end - part.begin)) <= 9);
        together += text.substr(part.begin, part.end - part.begin);
    }
    CHECK(together == text);
    CHECK(wrapped("", 10, 10) == std::vector<Range>{{0, 0}});
    CHECK(wrapped("one two three", 9, 9).front().end == 8);
    CHECK(columns_of("\x1b\t") == 8);
    CHECK(letter_after("e\xCC\x81x", 0) == 3);
    CHECK(letter_before("e\xCC\x81x", 3) == 0);
}

TEST_CASE("review index: where steps are, in whatever pieces the line comes") {
    trace::TraceRecord record = testing::sample_record("s");
    record.metadata.set("steps", "\"steps\":[{\"role\":\"user\"}]");
    record.steps.front().content = "quoted \" [REDACTED] and \\ [REDACTED:x:2] {[";
    record.outcome.patch = "[REDACTED]";
    const std::string line = trace::encode(record) + "\n";
    const StepIndex whole = index_of(line, line.size());
    REQUIRE(whole.steps.size() == 2);
    CHECK(whole.steps[0].role == trace::Role::User);
    CHECK(whole.steps[0].markers == 2);
    CHECK(whole.steps[1].role == trace::Role::Agent);
    CHECK(whole.head_markers == 1);
    for (const std::size_t piece : {1, 7, 64, 129, 1000}) {
        const StepIndex index = index_of(line, piece);
        INFO(piece);
        CHECK(index.head == whole.head);
        REQUIRE(index.steps.size() == 2);
        for (std::size_t i = 0; i < 2; ++i) {
            CHECK(index.steps[i].begin == whole.steps[i].begin);
            CHECK(index.steps[i].length == whole.steps[i].length);
            CHECK(index.steps[i].markers == whole.steps[i].markers);
            CHECK(index.steps[i].role == whole.steps[i].role);
        }
    }
    const trace::Decoded head = trace::decode(whole.head);
    REQUIRE(head.record);
    record.steps.clear();
    CHECK(trace::content_hash(*head.record) == trace::content_hash(record));
    const std::string step = line.substr(whole.steps[1].begin, whole.steps[1].length);
    CHECK(step.starts_with("{\"step_index\":1,"));
    CHECK(step.ends_with('}'));
}

TEST_CASE("review index: what is no record has no steps") {
    for (const char* const line :
         {"", "{", "[]", "{\"steps\":1}", "{\"steps\":[", "}}]]", "{\"a\":{\"steps\":[{}]}}"})
        CHECK(index_of(line, 2).steps.empty());
}

TEST_CASE("review text: findings are told by rule and place") {
    store::FoundPlace redacted;
    redacted.rule = "github_token";
    redacted.severity = security::Severity::Critical;
    redacted.step = 1;
    redacted.field = "steps[1].content";
    redacted.length = 40;
    store::FoundPlace flag = redacted;
    flag.rule = "hostname";
    flag.redacted = false;
    const trace::TraceRecord record = testing::sample_record("s");
    const StepText text = text_of_step(record.steps[1], {&redacted, &flag});
    std::string all;
    for (const TextLine& line : text.lines)
        all += line.label + line.text + "\n";
    CHECK(all.find("  ! redacted github_token (critical, 40 bytes) in content\n") != std::string::npos);
    CHECK(all.find("  ! FLAGGED, still there: hostname") != std::string::npos);
    CHECK(all.find("  > Read (no result) ") != std::string::npos);
    for (std::size_t line = 0; line < text.lines.size(); ++line) {
        const Block& block = text.blocks[text.block_of(line)];
        CHECK((block.begin <= line && line < block.end));
    }
}

TEST_CASE("review text: changes are told apart from what stays") {
    StepTextBuilder builder;
    builder.begin(1);
    builder.change("one\ntwo\nthree", "one\n2\nthree");
    const StepText text = builder.take();
    REQUIRE(text.lines.size() == 4);
    CHECK(text.lines[1].style == k_removed);
    CHECK(text.lines[1].text == "two");
    CHECK(text.lines[2].style == k_added);
    CHECK(text.lines[3].style == k_usual);
    CHECK(markers_in("a [REDACTED] b [REDACTED:x:2] [REDACTED") ==
          std::vector<Range>{{2, 12}, {15, 29}, {30, 39}});
}

TEST_CASE("review prompt: a line is typed, mended, and kept or dropped") {
    LineEditor editor("Say: ", "");
    for (const char32_t letter : std::u32string(U"ab\u00e9"))
        editor.take(Event::of_letter(letter));
    editor.take(Event::of(Key::Left));
    editor.take(Event::of(Key::Backspace));
    editor.take({.kind = Event::Kind::Paste, .text = "x\ry"});
    CHECK(editor.text() == "ax\ny\xC3\xA9");
    CHECK(editor.take(Event::of(Key::Enter)) == LineEditor::State::Kept);
    CHECK(editor.take(Event::of(Key::Escape)) == LineEditor::State::Dropped);
    Grid grid({1, 20});
    editor.paint(grid, 0);
    CHECK(grid.text() == "Say: ax y\xC3\xA9\n");
    CHECK(grid.cursor == Place{0, 9});
}
