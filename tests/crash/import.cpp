// An import that is stopped, or runs out of space, at every change: the next one completes it, and a further
// one changes nothing.
#include <algorithm>
#include <filesystem>

#include "crash/fault_vfs.hpp"
#include "crash/killed_child.hpp"
#include "doubles/faulty_disk.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/flow/import.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

constexpr int k_rows = 2;

class Rehearsal {
public:
    Rehearsal() {
        set_vfs_fault(0, VfsFault::None);
        m_disk->make_directories(m_folder.file("prepared"), 0700);
        std::string rows;
        for (int i = 0; i < k_rows; ++i)
            rows += R"({"messages":[{"role":"user","content":"Question )" + std::to_string(i) +
                    R"("},{"role":"assistant","content":"Answer"}]})" + "\n";
        m_disk->replace(m_folder.file("rows.jsonl"), rows);
        { const auto store = Store::open(m_folder.file("prepared"), *m_disk, m_clock); }
        fresh();
        CHECK(import(*m_disk).captured == k_rows);
        m_clean = describe();
    }

    void fresh() {
        std::filesystem::remove_all(project());
        std::filesystem::copy(m_folder.file("prepared"), project(), std::filesystem::copy_options::recursive);
    }
    flow::ImportResult import(fs::Disk& disk) {
        flow::SilentProgress progress;
        const auto store = Store::open(project(), disk, m_clock);
        flow::ImportOptions options;
        for (const formats::Importer& importer : formats::importers())
            if (importer.name == "messages") options.importer = &importer;
        return flow::import_path(m_folder.file("rows.jsonl"), store.get(), options, disk, progress);
    }
    void check(Ending ending) {
        REQUIRE(ending != Ending::Wrong);
        set_vfs_fault(0, VfsFault::None);
        const flow::ImportResult again = import(*m_disk);
        CHECK(again.captured + again.updated + again.unchanged == k_rows);
        CHECK(describe() == m_clean);
        CHECK(import(*m_disk).unchanged == k_rows);
        CHECK(describe() == m_clean);
    }
    fs::Disk& disk() { return *m_disk; }

private:
    std::string describe() {
        const auto store = Store::open(project(), *m_disk, m_clock);
        std::string text;
        for (const TraceRow& row : store->list({}))
            text +=
                row.id.str() + " " + std::string(name_of(row.stage)) + " " + store->read_line(row.id) + "\n";
        CHECK(store->orphans().empty());
        return text;
    }
    std::string project() const { return m_folder.file("work"); }

    TemporaryDirectory m_folder{base_folder()};
    std::unique_ptr<fs::Disk> m_disk = fs::posix_disk();
    FixedClock m_clock{TimePoint(std::chrono::milliseconds(1'767'225'600'000))};
    std::string m_clean;
};

}  // namespace

TEST_CASE("import crash: killed, or a full disk, at every change that SQLite makes") {
    install_fault_vfs();
    Rehearsal stage;
    const auto fault = GENERATE(VfsFault::NoSpace, VfsFault::KillBefore, VfsFault::KillTorn);
    for (std::size_t n = 0, last = 8; n < last; ++n) {
        INFO("change " << n << ", fault " << static_cast<int>(fault));
        stage.fresh();
        const Ending ending = in_child([&] {
            set_vfs_fault(n, fault);
            stage.import(stage.disk());
        });
        stage.check(ending);
        // A torn write needs a write; not every change is one.
        if (ending != Ending::Finished) last = std::max(last, n + 3);
        REQUIRE(n < 2000);
    }
}

TEST_CASE("import crash: stopped, or a full disk, at every change of a file") {
    install_fault_vfs();
    Rehearsal stage;
    const auto fault =
        GENERATE(FaultyDisk::Fault::NoSpace, FaultyDisk::Fault::StopBefore, FaultyDisk::Fault::StopAfter);
    bool reached = true;
    for (std::size_t n = 0; reached; ++n) {
        INFO("change " << n << ", fault " << static_cast<int>(fault));
        stage.fresh();
        FaultyDisk disk(stage.disk());
        disk.at(n, fault);
        try {
            stage.import(disk);
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::DiskFailed);
        } catch (const Stop&) {
        }
        reached = disk.changes().size() > n;
        stage.check(Ending::Finished);
    }
}
