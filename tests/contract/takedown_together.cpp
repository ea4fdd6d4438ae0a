// A takedown while others push, on a large dataset, and what the Hub keeps of it.
#include <fmt/format.h>

#include "doubles/large_dataset.hpp"
#include "doubles/takedown_bench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

TEST_CASE("takedown: somebody who is first keeps what is theirs, and no tombstone is lost") {
    TakedownBench bench(true);
    const std::string bad = bench.project.commit("bad", "About " + k_codename).str();
    const std::string worse = bench.project.commit("worse", "More about " + k_codename).str();
    bench.push(bench.project);
    hub_emulator::Fault turn;
    turn.kind = hub_emulator::FaultKind::k_commit_slips_in;
    turn.method = "POST";
    turn.path_parts = {"/commit/"};
    SECTION("a push") {
        turn.callback = [&] {
            bench.second.commit("theirs", "In between");
            CHECK(bench.push(bench.second).uploaded == 1);
        };
        bench.hub.add_fault(turn);
        CHECK(bench.remove({bad}).traces.size() == 1);
        CHECK(has(bench.lines(), "In between"));
        CHECK(bench.withdrawn().all().size() == 1);
    }
    SECTION("another takedown, of the same shard") {
        turn.callback = [&] {
            flow::Ports ports = bench.second.ports();
            flow::take_down(ports, *bench.second.store, bench.second.folder.path(),
                            bench.options({worse}, TakedownBench::Kind::Removed), bench.second.progress);
        };
        bench.hub.add_fault(turn);
        CHECK(bench.remove({bad}).traces.size() == 1);
        CHECK(bench.withdrawn().all().size() == 2);
        CHECK(bench.files("data").empty());
    }
    CHECK_FALSE(has(bench.lines(), "About " + k_codename));
    CHECK(bench.problems().empty());
}

TEST_CASE("takedown: one trace of a thousand shards costs the calls and bytes of its shard") {
    hub_emulator::Options options;
    options.lfs_threshold = 700'000;
    HubBench bench(options);
    constexpr int k_shards = 1000;
    fill_dataset(bench.hub, bench.repo, k_shards, 2, true);
    flow::Ports ports = bench.project.ports();
    const auto take_down = [&](int shard) {
        flow::TakedownOptions wanted;
        wanted.remote = bench.repo;
        wanted.targets = {{trace_id_for("claude-code", fmt::format("old-{}-0", shard), 0).str(),
                           {},
                           shard::Withdrawal::Kind::Removed,
                           false}};
        bench.hub.clear_log();
        return flow::take_down(ports, *bench.project.store, bench.project.folder.path(), wanted,
                               bench.project.progress);
    };
    CHECK(take_down(7).shards_rewritten == 1);
    CHECK(bench.asked("GET", "/data/traces_") == 1);
    // From here on the index is known.
    const flow::TakedownReport warm = take_down(600);
    CHECK(warm.traces.size() == 1);
    CHECK(bench.asked("GET", "/data/traces_") == 1);
    const PushCost cost = cost_of(bench.hub, {});
    INFO(cost.api_calls << " calls, " << cost.bytes_read << " bytes read, " << cost.bytes_sent << " sent");
    CHECK(cost.api_calls <= 16);
    CHECK(cost.storage_calls == 0);
    CHECK(cost.bytes_read <= (std::uint64_t{256} << 10) + warm.bytes_read);
    const Recount counted = recount(bench.hub, bench.repo, bench.hub.head(bench.repo));
    CHECK(counted.traces == 2 * k_shards - 2);
    CHECK(counted.shards == k_shards);
}

TEST_CASE("takedown: history is squashed when its name is typed, and old commits are gone") {
    TakedownBench bench(true);
    const std::string bad = bench.project.commit("bad", "About " + k_codename).str();
    bench.push(bench.project);
    const std::string shard = bench.files("data").at(0);
    const flow::TakedownReport report = bench.remove({bad});
    CHECK(has(bench.hub.file(bench.repo, shard, report.before), k_codename));
    flow::Ports ports = bench.project.ports();
    const auto squash = [&](const std::string& remote, const std::string& typed) {
        return flow::squash_history(ports, *bench.project.store, bench.project.folder.path(), remote, typed,
                                    bench.project.progress);
    };
    CHECK(error_from([&] { squash(bench.repo, ""); }).code() == ErrorCode::ConfirmationRequired);
    CHECK(error_from([&] { squash(bench.repo, "alice/trace"); }).code() == ErrorCode::ConfirmationRequired);
    CHECK(bench.asked("POST", "/super-squash/") == 0);
    const flow::Squashed squashed = squash(bench.repo, bench.repo);
    CHECK(squashed.head != squashed.before);
    CHECK(bench.hub.commits(bench.repo).size() == 1);
    CHECK(bench.problems().empty());
    CHECK(bench.withdrawn().all().size() == 1);
    // Whoever knows the old commit finds nothing there any more.
    const auto opened =
        dataset::open(ports, bench.repo + "@" + report.before, dataset::Access::Read, bench.project.progress);
    CHECK_THROWS(opened->info().exists && !opened->list(report.before, "data").empty());
    TemporaryDirectory place;
    bench.project.disk->make_directories(place.file("dataset"), 0700);
    CHECK(error_from([&] { squash(place.file("dataset"), place.file("dataset")); }).code() ==
          ErrorCode::BadOption);
}
