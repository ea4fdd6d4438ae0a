#include "opentraces/core/checkpoint.hpp"

#include "catch.hpp"
#include "doubles/in_memory_disk.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/fs/stoppable_disk.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

class Wish final : public Checkpoint {
public:
    bool stop_requested() const override { return stop; }
    void wait_readable(int) override { check(); }
    void wait_writable(int) override { check(); }
    bool stop = false;
};

}  // namespace

TEST_CASE("checkpoint: a long sleep ends when the end is asked for") {
    Wish wish;
    FixedClock inner(TimePoint{});
    StoppableClock clock(inner, wish);
    clock.sleep(std::chrono::milliseconds(120));
    CHECK(clock.now() == TimePoint{std::chrono::milliseconds(120)});
    wish.stop = true;
    CHECK_THROWS_AS(clock.sleep(std::chrono::milliseconds(0)), Error);
    CHECK(inner.now() == TimePoint{std::chrono::milliseconds(120)});
}

TEST_CASE("checkpoint: reading stops, what has begun to be written is finished") {
    Wish wish;
    InMemoryDisk inner;
    inner.make_directories("/d", 0700);
    inner.replace("/d/a", "text");
    const auto disk = fs::stoppable_disk(inner, wish);
    const auto file = disk->open("/d/a");
    const auto begun = disk->create("/d/b", 0600);
    wish.stop = true;
    char buffer[4];
    CHECK_THROWS_AS(file->read(buffer, sizeof buffer), Error);
    CHECK_THROWS_AS(disk->open("/d/a"), Error);
    CHECK_THROWS_AS(disk->list("/d"), Error);
    CHECK_THROWS_AS(disk->beneath("/d")->open("/d/a"), Error);
    begun->write("whole");
    begun->commit();
    CHECK_NOTHROW(disk->rename("/d/b", "/d/c"));
    CHECK(disk->remove("/d/a"));
    CHECK(inner.read_all("/d/c") == "whole");
}
