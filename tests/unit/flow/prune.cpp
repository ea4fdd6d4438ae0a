// What may be removed, and when.
#include "opentraces/flow/prune.hpp"

#include <algorithm>

#include "opentraces/flow/raw_copies.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

bool names_spool(StoreBench& bench) {
    flow::RawCopies raw(bench.folder.path(), *bench.disk);
    const auto plan = flow::plan_prune(bench.folder.path(), *bench.store, raw, *bench.disk,
                                       SystemClock().now() + std::chrono::hours(48), std::chrono::hours(24));
    return std::any_of(plan.begin(), plan.end(),
                       [](const flow::PruneItem& item) { return item.kind == flow::PruneKind::Spool; });
}

}  // namespace

TEST_CASE("prune: the spool of a push that is open stays, however old") {
    StoreBench bench;
    const TraceId id = bench.stage("s1");
    bench.store->commit({id}, "m", bench.ids);
    bench.disk->make_directories(bench.at("spool"), 0700);
    bench.disk->replace(bench.at("spool/traces_1.jsonl"), "x");
    CHECK(names_spool(bench));
    const store::PushIntent intent = bench.begin({id});
    CHECK_FALSE(names_spool(bench));
    store::PushRecord record;
    record.commit_oid = "oid";
    bench.store->finish_push(intent, record);
    CHECK(names_spool(bench));
}
