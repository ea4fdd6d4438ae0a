// push_soak COUNT [FIRST-SEED]: runs that many push schedules, prints progress and a summary, and ends with 1
// at the first broken promise, naming its seed.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "crash/killed_client.hpp"
#include "crash/push_schedule.hpp"
#include "where.hpp"

int main(int argc, char** argv) {
    using namespace opentraces::testing;
    const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000;
    const std::uint64_t first = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    const auto start = std::chrono::steady_clock::now();
    ScheduleReport sum;
    int killed = 0;
    try {
        PushSchedules schedules;
        KilledClients clients(opentraces::testing::program_to_test());
        for (std::uint64_t seed = first; seed < first + count; ++seed) {
            const ScheduleReport report = schedules.run(seed);
            sum.pushes += report.pushes;
            sum.errors += report.errors;
            sum.kills += report.kills;
            sum.commits += report.commits;
            sum.faults += report.faults;
            if (seed % 100 == 0) killed += clients.run(seed).kills;
            if ((seed - first + 1) % 250 == 0) {
                fmt::print("{} schedules\n", seed - first + 1);
                std::fflush(stdout);
            }
        }
    } catch (const BrokenPromise& broken) {
        fmt::print("BROKEN: {}\n", broken.what());
        return 1;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    fmt::print(
        "{} schedules in {:.0f} s: {} pushes, of which {} failed and {} were stopped; {} disturbed requests; "
        "{} "
        "commits checked; the program killed {} times; no promise broken\n",
        count, seconds, sum.pushes, sum.errors, sum.kills, sum.faults, sum.commits, killed);
    return 0;
}
