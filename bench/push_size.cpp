// Time and memory of one large push. Usage: bench_push_size [MEGABYTES] [hub|folder]
// The traces are made, and the Hub emulator runs, in other processes: the figures are the push's own.
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <ctime>

#include "doubles/hub_bench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

constexpr int k_steps = 100;  // of 10,000 characters each: about a megabyte per trace

std::string page(int number) {
    std::string text;
    while (text.size() < 9'900)
        text += fmt::format("{:4} | the build went on with part {} of the list, and it took a while\n",
                            text.size() / 70, number);
    return text;
}

trace::TraceRecord large_record(int number) {
    trace::TraceRecord record = sample_record(fmt::format("session-{}", number));
    const trace::Step answer = record.steps.back();
    for (int i = 0; i < k_steps; ++i) {
        trace::Step step = answer;
        step.step_index = i + 2;
        trace::Observation observation;
        observation.source_call_id = "call_1";
        observation.content = page(number * k_steps + i);
        step.observations.push_back(std::move(observation));
        record.steps.push_back(std::move(step));
    }
    return record;
}

void fill(const std::string& project, int traces) {
    const auto disk = fs::posix_disk();
    SystemClock clock;
    SeededIds ids(1);
    const auto store = store::Store::open(project, *disk, clock);
    std::vector<TraceId> all;
    for (int i = 0; i < traces; ++i)
        all.push_back(store->stage(security::scrub(large_record(i), {}), fmt::format("/s/{}", i)).id);
    store->commit(all, "", ids);
}

void run_apart(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) std::abort();
}

// Serves until it is killed; answers its process and address.
std::pair<pid_t, std::string> start_hub() {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    const pid_t child = ::fork();
    if (child == 0) {
        hub_emulator::HubEmulator hub;
        hub.start();
        hub.add_user("alice", "hf_alice");
        const std::string url = hub.hub_url() + "\n";
        if (::write(ends[1], url.data(), url.size()) < 0) ::_exit(1);
        for (;;)
            ::pause();
    }
    std::string url;
    for (char c = 0; ::read(ends[0], &c, 1) == 1 && c != '\n';)
        url += c;
    return {child, url};
}

double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

int main(int argc, char** argv) {
    const int traces = argc > 1 ? std::atoi(argv[1]) : 200;
    const bool to_hub = argc > 2 && std::string(argv[2]) == "hub";
    TemporaryDirectory folder;
    run_apart([&] { fill(folder.path(), traces); });
    const auto [hub, url] = to_hub ? start_hub() : std::pair<pid_t, std::string>{};

    const auto transport = net::curl_transport({});
    const auto disk = fs::posix_disk();
    SystemClock clock;
    RandomIds ids;
    Environment environment;
    environment.working_directory = folder.path();
    environment.variables = {{"HOME", folder.path()}, {"HF_ENDPOINT", url}, {"HF_TOKEN", "hf_alice"}};
    const auto store = store::Store::open(folder.path(), *disk, clock);
    flow::Ports ports{*disk, clock, ids, *transport, environment};
    RecordedProgress progress;
    flow::PushOptions options;
    options.remote = to_hub ? "alice/traces" : "./dataset";
    const double processor = processor_seconds();
    const auto start = std::chrono::steady_clock::now();
    const flow::PushResult pushed = flow::push(ports, *store, folder.path(), options, progress);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double used = processor_seconds() - processor;
    if (to_hub) ::kill(hub, SIGKILL);

    std::uint64_t bytes = 0;
    for (const flow::PushedShard& shard : pushed.shards)
        bytes += shard.size;
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    fmt::print(
        R"({{"bench":"push_size","remote":"{}","traces":{},"shards":{},"megabytes":{:.0f},"seconds":{:.2f},)"
        R"("mb_per_cpu_second":{:.0f},"peak_mb":{:.1f}}})"
        "\n",
        to_hub ? "hub" : "folder", pushed.uploaded, pushed.shards.size(), static_cast<double>(bytes) / 1e6,
        seconds, static_cast<double>(bytes) / 1e6 / used, static_cast<double>(usage.ru_maxrss) / 1024);
    return 0;
}
