// How often a dataset folder is looked at, and what is noticed meanwhile.
#include "hub/folder_snapshot.hpp"

#include <functional>
#include <string>
#include <utility>

#include "catch.hpp"
#include "doubles/in_memory_disk.hpp"
#include "doubles/part_of_disk.hpp"
#include "opentraces/core/clock.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

constexpr const char* k_folder = "/set";
constexpr const char* k_first = "/set/data/traces_a.jsonl";
constexpr const char* k_second = "/set/data/traces_b.jsonl";
constexpr int k_folders = 2;

// Counts looks into folders; does something when a file is opened, once.
class Watched final : public PartOfDisk {
public:
    explicit Watched(fs::Disk& whole) : PartOfDisk(whole, k_folder) {}
    std::vector<fs::FileInfo> list(const std::string& path) override {
        ++lists;
        return PartOfDisk::list(path);
    }
    std::unique_ptr<fs::ReadFile> open(const std::string& path) override {
        if (on_open) std::exchange(on_open, nullptr)();
        return PartOfDisk::open(path);
    }

    int lists = 0;
    std::function<void()> on_open;
};

// Times of the disk in memory begin in 1970.
struct Bench {
    explicit Bench(TimePoint now) : clock(now) {
        disk.make_directories("/set/data", 0755);
        disk.replace(k_first, "{}\n");
        disk.replace(k_second, "{}\n");
    }
    hub::FolderSnapshot take() { return reader.take(inside); }

    InMemoryDisk disk;
    FixedClock clock;
    Watched inside{disk};
    hub::FolderMemory memory{"", k_folder, disk};
    hub::FolderReader reader{k_folder, clock, memory};
};

constexpr TimePoint k_today{std::chrono::hours(24)};
constexpr TimePoint k_just_now{};

}  // namespace

TEST_CASE("folder snapshot: a folder that has been still is walked once") {
    Bench bench(k_today);
    CHECK(bench.take().files.size() == 2);
    CHECK(bench.inside.lists == k_folders);
}

TEST_CASE("folder snapshot: a folder that changed just now is walked twice, for its time may not tell") {
    Bench bench(k_just_now);
    CHECK(bench.take().files.size() == 2);
    CHECK(bench.inside.lists == 2 * k_folders);
}

TEST_CASE("folder snapshot: whatever changes while it is looked at is seen in the next look") {
    const TimePoint now = GENERATE(k_today, k_just_now);
    const auto [change, files] = GENERATE(table<std::function<void(fs::Disk&)>, std::size_t>({
        {[](fs::Disk& disk) { disk.replace("/set/data/traces_c.jsonl", "{}\n"); }, 3},
        {[](fs::Disk& disk) { disk.remove(k_second); }, 1},
        {[](fs::Disk& disk) { disk.replace(k_first, "{\"a\":1}\n"); }, 2},
        {[](fs::Disk& disk) { disk.replace("/set/README.md", "card"); }, 3},
    }));
    Bench bench(now);
    const std::string before = bench.take().head;
    bench.memory.forget("data/traces_a.jsonl");
    bench.inside.on_open = [&, change = change] { change(bench.disk); };
    const hub::FolderSnapshot after = bench.take();
    CHECK(after.files.size() == files);
    CHECK(after.head != before);
    CHECK(bench.take().head == after.head);
}

TEST_CASE("folder snapshot: a file that is written in its place while it is read is read again") {
    Bench bench(k_today);
    bench.inside.on_open = [&] { bench.disk.write_in_place(k_first, "{\"a\":1}\n"); };
    const std::string head = bench.take().head;
    CHECK(bench.take().head == head);
    CHECK(bench.take().files.at("data/traces_a.jsonl").size == 8);
}
