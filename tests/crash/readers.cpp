// What only reads needs no space, no permission to write, and leaves everything as it is.
#include <sys/stat.h>

#include <filesystem>
#include <map>

#include "catch.hpp"
#include "crash/fault_vfs.hpp"
#include "doubles/error_from.hpp"
#include "doubles/faulty_disk.hpp"
#include "doubles/temporary_directory.hpp"
#include "doubles/traces.hpp"
#include "opentraces/store/store.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

struct Place {
    Place() {
        set_vfs_fault(0, VfsFault::None);
        const auto store = Store::open(folder.path(), *disk, clock);
        SeededIds ids(2);
        const TraceId first = store->stage(sample_trace("s1"), "/s1").id;
        store->stage(sample_trace("s2"), "/s2");
        store->commit({first}, "m", ids);
    }
    ~Place() { set_vfs_fault(0, VfsFault::None); }

    std::map<std::string, std::int64_t> files() const {
        std::map<std::string, std::int64_t> found;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
            if (entry.is_regular_file())
                found[entry.path().string()] = entry.last_write_time().time_since_epoch().count();
        return found;
    }

    TemporaryDirectory folder;
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();
    FixedClock clock{TimePoint(std::chrono::milliseconds(1'767'225'600'000))};
};

void check_readable(Store& store) {
    const auto rows = store.list({});
    REQUIRE(rows.size() == 2);
    CHECK(store.counts()[Stage::Committed] == 1);
    CHECK(store.commit_groups().size() == 1);
    CHECK(store.open_pushes().empty());
    CHECK(store.orphans().empty());
    CHECK(store.find(rows[0].id.str()).id == rows[0].id);
    CHECK_FALSE(store.read_line(rows[1].id).empty());
}

}  // namespace

TEST_CASE("store readers: on a full disk and without permission everything is read, and nothing is changed") {
    install_fault_vfs();
    for (const VfsFault fault : {VfsFault::Full, VfsFault::Unwritable}) {
        INFO(static_cast<int>(fault));
        Place place;
        const auto before = place.files();
        set_vfs_fault(0, fault);
        FaultyDisk full(*place.disk);
        {
            const auto store = Store::open_for_reading(place.folder.path(), full, place.clock);
            check_readable(*store);
            CHECK(error_from([&] { store->reject({store->list({}).front().id}); }).code() ==
                  ErrorCode::DiskFailed);
        }
        CHECK(full.changes().empty());
        CHECK(error_from([&] { Store::open(place.folder.path(), *place.disk, place.clock); }).code() ==
              ErrorCode::DiskFailed);
        set_vfs_fault(0, VfsFault::None);
        for (const auto& [path, time] : before)
            CHECK(std::filesystem::last_write_time(path).time_since_epoch().count() == time);
        check_readable(*Store::open(place.folder.path(), *place.disk, place.clock));
    }
}

TEST_CASE("store readers: a project without a store is an empty one, and stays without") {
    install_fault_vfs();
    set_vfs_fault(0, VfsFault::None);
    const TemporaryDirectory folder;
    const auto disk = fs::posix_disk();
    FixedClock clock{TimePoint{}};
    const auto store = Store::open_for_reading(folder.path(), *disk, clock);
    CHECK(store->list({}).empty());
    CHECK(store->counts()[Stage::Inbox] == 0);
    CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("store readers: what a crash left in pending/ is read from there and left there") {
    install_fault_vfs();
    Place place;
    const std::string folder = place.folder.file(".opentraces/");
    const std::string id =
        Store::open_for_reading(place.folder.path(), *place.disk, place.clock)->list({})[0].id.str();
    std::filesystem::rename(folder + "traces/" + id + ".jsonl",
                            folder + "pending/" + id + ".0123456789abcdef.jsonl");
    const auto before = place.files();
    check_readable(*Store::open_for_reading(place.folder.path(), *place.disk, place.clock));
    CHECK(place.files().size() == before.size());
    check_readable(*Store::open(place.folder.path(), *place.disk, place.clock));
    CHECK(std::filesystem::exists(folder + "traces/" + id + ".jsonl"));
}
