// Listings of 10,000 traces with a raw copy each: seconds, rows per second and peak memory of each command,
// in a process of its own.
#include <fmt/format.h>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "doubles/buffer_terminal.hpp"
#include "doubles/traces.hpp"
#include "opentraces/cli/run.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/flow/raw_copies.hpp"
#include "opentraces/store/layout.hpp"
#include "opentraces/store/store.hpp"

using namespace opentraces;
namespace stdfs = std::filesystem;

namespace {

constexpr int k_traces = 10'000;
constexpr int k_runs = 5;
constexpr std::size_t k_raw_bytes = 2000;

class NoHub final : public net::Transport {
public:
    net::Response send(const net::Request&) override {
        throw net::TransportError(net::TransportFailure::Connect, "no network here", false);
    }
};

double monotonic() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

struct Place {
    std::string folder;
    Environment environment;

    int run(const std::vector<std::string>& words, testing::BufferTerminal& terminal) const {
        const auto disk = fs::posix_disk();
        NoHub transport;
        SystemClock clock;
        RandomIds ids;
        flow::Ports ports{*disk, clock, ids, transport, environment};
        return cli::run(words, ports, terminal);
    }
};

void fill(const Place& place) {
    testing::BufferTerminal terminal;
    if (place.run({"init", "--agent", "claude-code", "--no-hook"}, terminal) != 0)
        throw std::runtime_error(terminal.errors);
    const auto disk = fs::posix_disk();
    SystemClock clock;
    const auto store = store::Store::open(place.folder, *disk, clock);
    flow::RawCopies raw(place.folder, *disk);
    stdfs::create_directories(store::in_project(place.folder, store::k_raw_folder));
    for (int i = 0; i < k_traces; ++i) {
        const std::string session = fmt::format("11111111-1111-4111-8111-{:012}", i);
        const std::string path = "/sessions/" + session + ".jsonl";
        store->stage(testing::sample_trace(session, fmt::format("Fix the bug of row {}", i)), path);
        std::ofstream(raw.path_of("claude-code", path)) << std::string(k_raw_bytes, 'x');
    }
    raw.note_size(*store);  // as capture does at its end
}

struct Cost {
    double wall = 0;
    double processor = 0;
    long peak_kb = 0;
};

Cost in_a_process(const std::function<void()>& work) {
    const double begin = monotonic();
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    int status = 0;
    rusage used{};
    if (::wait4(child, &status, 0, &used) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error("a process has failed");
    return {monotonic() - begin, seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss};
}

// The best of a few.
void report(const Place& place, const char* what, const std::vector<std::string>& words, bool terminal) {
    Cost best;
    for (int i = 0; i < k_runs; ++i) {
        const Cost cost = in_a_process([&] {
            testing::BufferTerminal screen({}, terminal);
            if (place.run(words, screen) != 0) ::_exit(1);
        });
        if (i == 0 || cost.wall < best.wall) best = cost;
    }
    std::printf(
        "{\"bench\":\"listing\",\"what\":\"%s\",\"traces\":%d,\"seconds\":%.4f,\"processor_seconds\":%.4f,"
        "\"traces_per_s\":%.0f,\"peak_rss_kb\":%ld}\n",
        what, k_traces, best.wall, best.processor, k_traces / best.wall, best.peak_kb);
}

}  // namespace

int main() {
    Place place;
    place.folder =
        stdfs::temp_directory_path() / fmt::format("opentraces-bench-listing-{}", RandomIds().hex(8));
    stdfs::create_directories(place.folder + "/home");
    place.environment.variables = {{"HOME", place.folder + "/home"}};
    place.environment.working_directory = place.folder;
    in_a_process([&] { fill(place); });
    report(place, "status", {"status"}, true);
    report(place, "status --json", {"status", "--json"}, false);
    report(place, "list on a terminal", {"list"}, true);
    report(place, "list into a pipe", {"list"}, false);
    report(place, "list --json", {"list", "--json"}, false);
    report(place, "usage", {"usage"}, false);
    stdfs::remove_all(place.folder);
}
