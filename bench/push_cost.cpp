// What a push of 100 traces costs, by the number of shards that the dataset has: one row per state of the
// client's memory, as the Markdown table of docs/performance.md.
#include <fmt/format.h>

#include <chrono>

#include "doubles/large_dataset.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

constexpr int k_new_traces = 100;
constexpr int k_traces_per_shard = 20;

PushCost measure(HubBench& bench, Project& project, const std::string& prefix) {
    project.commit_many(prefix, k_new_traces);
    bench.hub.clear_log();
    const auto start = std::chrono::steady_clock::now();
    const flow::PushResult pushed = project.push(bench.repo);
    PushCost cost = cost_of(bench.hub, pushed);
    cost.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return cost;
}

void print(int shards, std::string_view state, const PushCost& cost) {
    fmt::print("| {} | {} | {} | {:.1f} KiB | {:.1f} KiB | {:.1f} KiB | {:.0f} ms |\n", shards, state,
               cost.api_calls, static_cast<double>(cost.bytes_read) / 1024,
               static_cast<double>(cost.bytes_sent) / 1024, static_cast<double>(cost.shard_bytes) / 1024,
               cost.seconds * 1000);
}

void measure_size(int shards) {
    HubBench bench;
    fill_dataset(bench.hub, bench.repo, shards, k_traces_per_shard, true);
    print(shards, "cold", measure(bench, bench.project, "cold"));
    print(shards, "warm", measure(bench, bench.project, "warm"));
    Project other(*bench.transport, 8);
    bench.log_in(other, "hf_alice");
    other.commit("theirs");
    other.push(bench.repo);
    print(shards, "warm, after another's push", measure(bench, bench.project, "after"));
}

void measure_without_index(int shards) {
    HubBench bench;
    fill_dataset(bench.hub, bench.repo, shards, k_traces_per_shard, false);
    print(shards, "no index yet", measure(bench, bench.project, "none"));
}

}  // namespace

int main() {
    fmt::print("| shards | memory | API calls | read | sent | of it new traces | time |\n");
    fmt::print("|---:|---|---:|---:|---:|---:|---:|\n");
    for (const int shards : {1, 10, 100, 1000})
        measure_size(shards);
    measure_without_index(100);
    return 0;
}
