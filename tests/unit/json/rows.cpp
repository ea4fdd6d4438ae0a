#include "opentraces/json/rows.hpp"

#include <algorithm>
#include <vector>

#include "catch.hpp"

using namespace opentraces;

namespace {

struct Read {
    std::size_t line;
    std::string text;
    bool operator==(const Read&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Read& read) {
    return out << read.line << ":" << read.text;
}

// In pieces of `piece` bytes, which must make no difference.
std::vector<Read> read_all(const std::string& text, bool lines = false, std::size_t piece = 1 << 20,
                           std::size_t limit = 1 << 20) {
    std::size_t at = 0;
    json::RowReader reader(
        [&](char* buffer, std::size_t size) {
            const std::size_t count = text.copy(buffer, std::min(size, piece), at);
            at += count;
            return count;
        },
        lines, limit);
    std::vector<Read> all;
    json::RowText row;
    while (reader.next(row))
        all.push_back({row.line, row.too_long ? "(too long)" : std::string(row.text)});
    return all;
}

void check(const std::string& text, const std::vector<Read>& wanted) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, std::size_t{1} << 20}) {
        INFO(text << " in pieces of " << piece);
        CHECK(read_all(text, false, piece) == wanted);
    }
}

}  // namespace

TEST_CASE("rows: one per line") {
    check("{\"a\":1}\n\n{\"b\":2}\r\n{\"c\":3}", {{1, "{\"a\":1}"}, {3, "{\"b\":2}"}, {4, "{\"c\":3}"}});
    check("5\n6\n", {{1, "5"}, {2, "6"}});
}

TEST_CASE("rows: a broken line costs itself only") {
    check("{\"a\":1}\n{\"b\":\n{\"c\":3}\n", {{1, "{\"a\":1}"}, {2, "{\"b\":"}, {3, "{\"c\":3}"}});
    // The name of the file says that these are lines; the first one alone could be the start of a row.
    CHECK(read_all("{\"a\":\n{\"b\":2}\n", true) == std::vector<Read>{{1, "{\"a\":"}, {2, "{\"b\":2}"}});
}

TEST_CASE("rows: one over several lines, and several such") {
    check("\n{\n \"a\": \"}\\\"{\"\n}\n", {{2, "{\n \"a\": \"}\\\"{\"\n}"}});
    check("{\n}\n{\n}\n", {{1, "{\n}"}, {3, "{\n}"}});
}

TEST_CASE("rows: the elements of an array") {
    check("[{\"a\":[1,2]},\n {\"b\":\"]\"},3 , \"x,y\"\n]\n",
          {{1, "{\"a\":[1,2]}"}, {2, "{\"b\":\"]\"}"}, {2, "3"}, {2, "\"x,y\""}});
    check("[]", {});
    check("[{\"a\":1}] rest", {{1, "{\"a\":1}"}, {1, "rest"}});
    check("[{\"a\":1},{\"b\":", {{1, "{\"a\":1}"}, {1, "{\"b\":"}});
}

TEST_CASE("rows: nothing, and strange things, come to an end") {
    check("", {});
    check(" \n\t\n", {});
    check("}", {{1, "}"}});
    check("{\n]", {{1, "{\n]"}});
}

TEST_CASE("rows: one beyond the limit is skipped and the next is read") {
    const std::string text = "[\"" + std::string(100, 'x') + "\",\n7]";
    CHECK(read_all(text, false, 16, 50) == std::vector<Read>{{1, "(too long)"}, {2, "7"}});
    CHECK(read_all(std::string(100, '1') + "\n7\n", true, 16, 50) ==
          std::vector<Read>{{1, "(too long)"}, {2, "7"}});
}
