#include "opentraces/core/diagnostic.hpp"

#include "catch.hpp"
#include "cli/diagnostic_fields.hpp"
#include "cli/error_text.hpp"
#include "cli/failure_fields.hpp"
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

TEST_CASE("failures: the first one is what the command ends with, and all are counted") {
    flow::Failures failures(1);
    CHECK(failures.empty());
    failures.add({.source = "a", .line = 3, .words = "no JSON"});
    CHECK(cli::error_of(failures, "file").message() == "a:3: no JSON");
    failures.add("b", Error(ErrorCode::NotFound, "no such file: b"));
    CHECK(failures.total() == 2);
    CHECK(failures.kept().size() == 1);
    CHECK(cli::error_of(failures, "file").exit_status() == 5);
    flow::Failures earlier;
    earlier.add("c", Error(ErrorCode::NotFound, "no such file: c", "Look again."));
    failures.put_first(earlier);
    failures.put_first({});
    const Error error = cli::error_of(failures, "file");
    CHECK(error.exit_status() == 6);
    CHECK(error.message() == "3 files failed; the first: no such file: c");
    CHECK(error.hint() == "Look again.");
    CHECK(cli::failures_text(failures) == "error: no such file: c\nerror: a:3: no JSON\n");
}

TEST_CASE("failures: programs get the same of each in every answer") {
    flow::Failures failures;
    failures.add({.source = "a", .line = 3, .words = "no JSON"}, ErrorCode::CheckFailed, "some-id");
    failures.add("b", Error(ErrorCode::NewerSchema, "made later"));
    cli::Answer answer;
    cli::tell_failures(answer, failures, "file");
    const json::Value told(cli::answer_object(answer));
    CHECK(told["status"].string_or() == "error");
    CHECK(told["error"]["code"].string_or() == "CHECK_FAILED");
    CHECK(told["failed"].integer() == 2);
    CHECK(
        json::to_compact(told["failures"]) ==
        R"([{"path":"a","line":3,"trace_id":"some-id","code":"CHECK_FAILED","message":"no JSON","hint":null},)"
        R"({"path":"b","line":null,"trace_id":null,"code":"NEWER_SCHEMA","message":"made later",)"
        R"("hint":"Install a newer opentraces: this one would lose data."}])");
    cli::Answer good;
    cli::tell_failures(good, {}, "file");
    CHECK(json::to_compact(json::Value(cli::answer_object(good))) ==
          R"({"status":"ok","failed":0,"failures":[]})");
}
