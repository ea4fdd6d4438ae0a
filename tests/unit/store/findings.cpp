// What scrubbing has found is kept beside the trace, and is unknown where nobody kept it.
#include <string>

#include "doubles/written_database.hpp"
#include "opentraces/trace/codec.hpp"
#include "security/rules/pattern.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

security::ScrubOptions keyed() {
    security::ScrubOptions options;
    options.pseudonym_key = "0123456789abcdef0123456789abcdef";
    return options;
}

std::string token() {
    return security::expand_sample("ghp_{}{w36}");
}

security::ScrubbedTrace with_token(const std::string& session) {
    trace::TraceRecord record = sample_record(session);
    record.steps[1].content = "use " + token() + " or " + token();
    record.task.description = "look at arn:aws:iam:eu-west-1:123456789012:user/x";
    return security::scrub(record, keyed());
}

}  // namespace

TEST_CASE(
    "store findings: rule, step, field, length and fingerprint of what was redacted, never what it was") {
    StoreBench bench;
    const TraceId id = bench.store->stage(with_token("first"), "/sessions/first.jsonl").id;
    bench.reopen();
    const auto report = bench.store->findings_of(id);
    REQUIRE(report.has_value());
    REQUIRE(report->places.size() == 2);
    const FoundPlace& found = report->places[0];
    CHECK(found.rule == "github_token");
    CHECK(found.severity == security::Severity::Critical);
    CHECK(found.step == 1);
    CHECK(found.field == "steps[1].content");
    CHECK(found.length == 40);
    CHECK(found.layer == "plain");
    CHECK(found.times == 2);
    CHECK(found.redacted);
    CHECK(found.fingerprint == security::finding_fingerprint(keyed().pseudonym_key, token()));
    const FoundPlace& flag = report->places[1];
    CHECK(flag.rule == "aws_account_id");
    CHECK_FALSE(flag.redacted);
    CHECK_FALSE(flag.step.has_value());
    CHECK(flag.fingerprint.empty());
    CHECK(report->omitted == 0);
    CHECK(bench.disk->read_all(bench.at("store.db")).find(token().substr(4)) == std::string::npos);
}

TEST_CASE("store findings: nothing found is known, what came scrubbed is not") {
    StoreBench bench;
    const TraceId clean = bench.stage("clean");
    REQUIRE(bench.store->findings_of(clean).has_value());
    CHECK(bench.store->findings_of(clean)->places.empty());
    trace::TraceRecord scrubbed = with_token("second").record();
    const TraceId known = bench.store->stage(security::scrub(scrubbed, keyed()), "/x.jsonl").id;
    CHECK_FALSE(bench.store->findings_of(known).has_value());
}

TEST_CASE("store findings: of an older store unknown, until the session is captured again") {
    StoreBench bench;
    const TraceId id = bench.store->stage(with_token("first"), "/sessions/first.jsonl").id;
    bench.store.reset();
    WrittenDatabase(bench.at("store.db"))
        .execute(
            "DROP TABLE decided_notes; DROP TABLE session_notes; DROP TABLE decided_traces; DROP TABLE "
            "decisions;"
            "DROP TABLE found_places; DROP TABLE finding_reports; PRAGMA user_version = 7;");
    bench.reopen();
    CHECK_FALSE(bench.store->findings_of(id).has_value());
    const Staged again = bench.store->stage(with_token("first"), "/sessions/first.jsonl");
    CHECK(again.outcome == StageOutcome::Unchanged);
    REQUIRE(bench.store->findings_of(id).has_value());
    CHECK(bench.store->findings_of(id)->places.size() == 2);
}

TEST_CASE("store findings: they go with their trace, and change with its text") {
    StoreBench bench;
    const TraceId id = bench.store->stage(with_token("first"), "/sessions/first.jsonl").id;
    trace::TraceRecord record = sample_record("first");
    record.steps[1].content = "nothing here";
    bench.store->stage(security::scrub(record, keyed()), "/sessions/first.jsonl");
    REQUIRE(bench.store->findings_of(id).has_value());
    CHECK(bench.store->findings_of(id)->places.empty());
    bench.store->discard({id});
    CHECK_FALSE(bench.store->findings_of(id).has_value());
}
