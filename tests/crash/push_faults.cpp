// A few hundred of the schedules that tests/soak/push_soak.cpp runs by the thousand.
#include "catch.hpp"
#include "killed_client.hpp"
#include "push_schedule.hpp"
#include "where.hpp"

using namespace opentraces::testing;

namespace {

constexpr std::uint64_t k_seeds_per_case = 75;

// The schedules must disturb, or they prove nothing.
void run_seeds(std::uint64_t first) {
    PushSchedules schedules;
    ScheduleReport sum;
    for (std::uint64_t seed = first; seed < first + k_seeds_per_case; ++seed) {
        const ScheduleReport report = schedules.run(seed);
        sum.pushes += report.pushes;
        sum.errors += report.errors;
        sum.kills += report.kills;
        sum.takedowns += report.takedowns;
        sum.faults += report.faults;
    }
    CHECK(sum.pushes > static_cast<int>(k_seeds_per_case));
    CHECK(sum.errors > 5);
    CHECK(sum.kills > 2);
    CHECK(sum.faults > 50);
    CHECK(sum.takedowns > 50);
}

}  // namespace

TEST_CASE("pushes keep their promise under random disturbances, part 1") {
    run_seeds(1);
}

TEST_CASE("pushes keep their promise under random disturbances, part 2") {
    run_seeds(1 + k_seeds_per_case);
}

TEST_CASE("pushes keep their promise under random disturbances, part 3") {
    run_seeds(1 + 2 * k_seeds_per_case);
}

TEST_CASE("pushes keep their promise under random disturbances, part 4") {
    run_seeds(1 + 3 * k_seeds_per_case);
}

TEST_CASE("pushes keep their promise when the program is killed") {
    KilledClients clients(opentraces::testing::program_to_test());
    int kills = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed)
        kills += clients.run(seed).kills;
    CHECK(kills > 5);
}
