// Tables for people, and the cells that texts take.
#include "cli/table.hpp"

#include "catch.hpp"
#include "cli/cells.hpp"
#include "opentraces/cli/terminal.hpp"
#include "opentraces/core/joiners.hpp"

using namespace opentraces;
using cli::cells_of;

TEST_CASE("cells: letters of East Asia and emoji are two wide, marks take none") {
    CHECK(cells_of("plain") == 5);
    CHECK(cells_of("\u00e9") == 1);
    CHECK(cells_of("e\u0301") == 1);  // with a combining accent
    CHECK(cells_of("\u555f\u52d5app") == 7);
    CHECK(cells_of("\uff21") == 2);              // full width A
    CHECK(cells_of("\uff71") == 1);              // half width katakana
    CHECK(cells_of("\ud55c\uae00") == 4);        // Hangul syllables
    CHECK(cells_of("\u1112\u1161\u11ab") == 2);  // the same from its letters
    CHECK(cells_of("\U0001F680") == 2);
    CHECK(cells_of("\u2764") == 1);  // a sign
    CHECK(cells_of("\u2705") == 2);  // an emoji
    CHECK(cells_of("\U00020000\U0003FFFD") == 4);
    CHECK(cells_of("\u0915\u094d\u0937") == 2);  // Devanagari with a virama
    CHECK(cells_of("\u2026\u2500") == 2);        // ambiguous ones are narrow
}

TEST_CASE("cells: a prefix that fits never has half a letter, and keeps its marks") {
    CHECK(cli::first_cells("\u555f\u52d5app", 3) == "\u555f");
    CHECK(cli::first_cells("e\u0301x", 1) == "e\u0301");
    CHECK(cli::first_cells("abc", 0).empty());
    CHECK(cli::first_cells("abc", 9) == "abc");
}

TEST_CASE("cells: joined emoji come apart, so that terminals agree") {
    CHECK(without_joiners("\U0001F468\u200D\U0001F469\u200D\U0001F467") == "\U0001F468\U0001F469\U0001F467");
    CHECK(without_joiners("\u2764\uFE0F!") == "\u2764!");
    CHECK(without_joiners("a\u200Db") == "a\u200Db");  // hides between letters: shown by the gate
    CHECK(cli::cell_text("a\u200Db") == "a<U+200D>b");
    CHECK(cli::cell_text("two\nlines\x1b") == "two lines\\x1b");
}

TEST_CASE("table: columns are as wide as what is in them; the last takes what is left") {
    cli::Table table({{"NAME", false, 6}, {"N", true}, {"TEXT"}}, 26, false);
    table.add({{"\u555f\u52d5"}, {"1"}, {"\u5e6b\u6211\u6aa2\u67e5\u4e00\u4e0b go.mod"}});
    table.add({{"very long"}, {"1000"}, {"short"}});
    CHECK(table.text() ==
          "NAME       N  TEXT\n"
          "\u555f\u52d5       1  \u5e6b\u6211\u6aa2\u67e5\u4e00\u2026\n"
          "very \u2026  1000  short\n");
}

TEST_CASE("table: without a limit nothing is cut, and no blanks end a line") {
    cli::Table table({{"NAME", false, 3}, {"TEXT"}}, 0, false);
    table.add({{"longer"}, {""}});
    table.add({{"a"}, {std::string(300, 'x')}});
    CHECK(table.text() == "NAME    TEXT\nlonger\na       " + std::string(300, 'x') + "\n");
}

TEST_CASE("table: colours do not count as width") {
    cli::Table table({{"A"}, {"B"}}, 40, true);
    table.add({{"xy", cli::k_red}, {"z", cli::k_dim}});
    CHECK(table.text() ==
          "\x1b[1mA\x1b[0m   \x1b[1mB\x1b[0m\n"
          "\x1b[31mxy\x1b[0m  \x1b[2mz\x1b[0m\n");
}
