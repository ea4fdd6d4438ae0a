#include "opentraces/core/diagnostic.hpp"

#include "catch.hpp"
#include "cli/diagnostic_fields.hpp"
#include "opentraces/flow/failures.hpp"
#include "opentraces/json/writer.hpp"

using namespace opentraces;

TEST_CASE("diagnostic: equal ones are added up, whatever their counts") {
    std::vector<Diagnostic> sum;
    add_up(sum, {.field = "steps", .words = "cut"});
    add_up(sum, {.field = "steps", .words = "cut", .count = 4});
    add_up(sum, {.field = "steps", .rule = "hash_wrong", .words = "cut"});
    add_up(sum, {.line = 1, .field = "steps", .words = "cut"});
    REQUIRE(sum.size() == 3);
    CHECK(sum[0].count == 5);
    CHECK(sum[1].count == 1);
}

TEST_CASE("diagnostic: one line for people, and the names of each answer for programs") {
    const Diagnostic whole{
        .source = "a.jsonl", .line = 7, .rule = "hash_wrong", .words = "not that of\nthe record"};
    CHECK(cli::diagnostic_text(whole) == "a.jsonl:7: hash_wrong: not that of the record");
    CHECK(cli::diagnostic_text({.source = "a\x1b[2J", .words = "empty file"}) == "a\\x1b[2J: empty file");
    CHECK(json::to_compact(json::Value(cli::diagnostics_array(
              std::vector{whole, Diagnostic{.source = "\xff", .count = 2}},
              {{cli::Part::Source, "path"}, {cli::Part::Line, "line"}, {cli::Part::Count, "n"}}))) ==
          "[{\"path\":\"a.jsonl\",\"line\":7,\"n\":1},{\"path\":\"\xEF\xBF\xBD\",\"line\":null,\"n\":2}]");
}

TEST_CASE("failures: the first one decides the exit status, also when it is not kept") {
    flow::Failures failures(1);
    CHECK(failures.exit_status() == 0);
    failures.add({.source = "a"});
    failures.add("b", "gone", Error(ErrorCode::NotFound, "gone"));
    CHECK(failures.total() == 2);
    CHECK(failures.kept().size() == 1);
    CHECK(failures.exit_status() == 5);
    flow::Failures earlier;
    earlier.add("c", "gone", Error(ErrorCode::NotFound, "gone"));
    failures.put_first(earlier);
    CHECK(failures.exit_status() == 6);
    CHECK(failures.total() == 3);
    failures.put_first({});
    CHECK(failures.exit_status() == 6);
}
