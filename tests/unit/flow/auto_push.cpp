// What review_policy "auto" commits by itself.
#include "opentraces/flow/auto_push.hpp"

#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

TraceId id_of(int revision) {
    return trace_id_for("claude-code", "s1", revision);
}

}  // namespace

TEST_CASE("auto: clean growth of a committed trace moves on by itself") {
    StoreBench bench;
    bench.stage("s1");
    CHECK(flow::commit_clean(*bench.store, {id_of(0)}, bench.ids) == 1);
    bench.stage("s1", "More");
    CHECK(flow::commit_clean(*bench.store, {id_of(1)}, bench.ids) == 1);
    CHECK(bench.stage_of(id_of(1)) == Stage::Committed);
    CHECK(bench.store->list({}).size() == 1);
}

TEST_CASE("auto: growth that needs review waits, and the committed trace stays as it was") {
    StoreBench bench;
    bench.stage("s1");
    flow::commit_clean(*bench.store, {id_of(0)}, bench.ids);
    const std::string line = bench.store->read_line(id_of(0));
    bench.stage("s1", text_with_token());
    CHECK(flow::commit_clean(*bench.store, {id_of(1)}, bench.ids) == 0);
    CHECK(bench.stage_of(id_of(1)) == Stage::Inbox);
    CHECK(bench.stage_of(id_of(0)) == Stage::Committed);
    CHECK(bench.store->read_line(id_of(0)) == line);
}

TEST_CASE("auto: a session of which somebody has rejected a version waits") {
    StoreBench bench;
    bench.stage("s1");
    flow::commit_clean(*bench.store, {id_of(0)}, bench.ids);
    bench.stage("s1", "More");
    bench.store->reject({id_of(0)});
    CHECK(flow::commit_clean(*bench.store, {id_of(1)}, bench.ids) == 0);
    CHECK(bench.stage_of(id_of(1)) == Stage::Inbox);
}
