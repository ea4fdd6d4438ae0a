// The cost of a push follows the new data, not the dataset.
#include "catch.hpp"
#include "doubles/large_dataset.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

constexpr int k_shards = 1000;
constexpr std::uint64_t k_warm_read = std::uint64_t{256} << 10;

}  // namespace

TEST_CASE("a warm push to a thousand shards costs seven calls and one per object") {
    hub_emulator::Options options;
    options.lfs_threshold = 700'000;
    HubBench bench(options);
    fill_dataset(bench.hub, bench.repo, k_shards, 2, true);
    const bool large = GENERATE(false, true);
    const std::string text(large ? 10'000 : 100, 'x');
    for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 100; ++i)
            bench.project.commit(fmt::format("new-{}-{}", round, i), text);
        bench.hub.clear_log();
        const flow::PushResult pushed = bench.project.push(bench.repo);
        REQUIRE(pushed.uploaded == 100);
        if (round == 0) continue;  // this one was cold
        const PushCost cost = cost_of(bench.hub, pushed);
        CHECK(cost.api_calls <= 7 + (large ? pushed.shards.size() : 0));
        CHECK(cost.storage_calls == (large ? pushed.shards.size() : 0));
        CHECK(cost.bytes_read <= k_warm_read);
    }
}

TEST_CASE("a cold push reads the index and no shard") {
    HubBench bench;
    fill_dataset(bench.hub, bench.repo, k_shards, 2, true);
    bench.project.commit_many("new", 10);
    bench.hub.clear_log();
    CHECK(bench.project.push(bench.repo).uploaded == 10);
    CHECK(bench.asked("GET", "/data/traces_") == 0);
    CHECK(bench.asked("GET", "/resolve/") <= 2 + 1);  // index files and .gitattributes
}

TEST_CASE("after somebody else's push only the end of the index is read") {
    HubBench bench;
    fill_dataset(bench.hub, bench.repo, 50, 20, true);
    bench.project.commit("warm-up");
    bench.project.push(bench.repo);
    Project other(*bench.transport, 8);
    bench.log_in(other, "hf_alice");
    other.commit("theirs");
    other.push(bench.repo);
    bench.project.commit("mine");
    bench.hub.clear_log();
    CHECK(bench.project.push(bench.repo).uploaded == 1);
    std::uint64_t index_bytes = 0;
    for (const auto& request : bench.hub.requests())
        if (request.target.find("/resolve/") != std::string::npos &&
            request.target.find("index-") != std::string::npos)
            index_bytes += request.answer_bytes;
    CHECK(index_bytes > 0);
    CHECK(index_bytes < 3000);
}
