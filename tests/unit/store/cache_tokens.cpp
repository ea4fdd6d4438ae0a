// Tokens of the cache: in the row, also of traces that an older opentraces has staged.
#include "doubles/written_database.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

trace::TraceRecord record_with_cache() {
    trace::TraceRecord record = sample_record("first");
    record.steps[1].token_usage.cache_read_tokens = 7000;
    record.steps[1].token_usage.cache_write_tokens = 300;
    return record;
}

}  // namespace

TEST_CASE("store cache tokens: are in the row, and those of an older store come over") {
    StoreBench bench;
    bench.store->stage(security::scrub(record_with_cache(), {}), "/sessions/first.jsonl");
    bench.stage("second");
    const auto tokens = [&](const std::string& session) { return bench.store->find(session).cache; };
    REQUIRE(tokens("first").has_value());
    CHECK(tokens("first")->read == 7000);
    CHECK(tokens("first")->written == 300);
    CHECK(tokens("second")->read == 0);
    // As the fourth version of the tables was: a table of its own, in which one of the traces is missing.
    bench.store.reset();
    WrittenDatabase(bench.at("store.db")).execute(R"sql(
DROP TABLE folder_sizes;
ALTER TABLE traces DROP COLUMN cache_read_tokens;
ALTER TABLE traces DROP COLUMN cache_write_tokens;
ALTER TABLE traces DROP COLUMN cost_is_lower_bound;
ALTER TABLE traces DROP COLUMN usage_is_unknown;
DROP TABLE decided_notes; DROP TABLE session_notes; DROP TABLE decided_traces;
DROP TABLE decisions;
DROP TABLE found_places;
DROP TABLE finding_reports;
CREATE TABLE cache_tokens (
    trace_id TEXT PRIMARY KEY REFERENCES traces ON DELETE CASCADE,
    read     INTEGER NOT NULL,
    written  INTEGER NOT NULL
) STRICT;
INSERT INTO cache_tokens SELECT trace_id, 7000, 300 FROM traces WHERE session_id = 'first';
PRAGMA user_version = 4;
)sql");
    bench.reopen();
    CHECK(tokens("first")->read == 7000);
    CHECK_FALSE(tokens("second").has_value());
    CHECK_FALSE(bench.store->find("first").cost_is_lower_bound.has_value());
    const TraceId id = bench.store->find("second").id;
    bench.store->note_counts({{id, {{5, 6}, false}}, {bench.store->find("first").id, {{1, 1}, true}}});
    CHECK(tokens("second")->written == 6);
    CHECK(tokens("first")->read == 7000);
    CHECK(bench.store->find("first").cost_is_lower_bound == true);
    CHECK(bench.store->find("second").cost_is_lower_bound == false);
}
