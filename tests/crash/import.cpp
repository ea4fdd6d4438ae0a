// An import that is stopped, or runs out of space, at every change: the next one completes it, and a further
// one changes nothing.
#include <filesystem>

#include "crash/every_change.hpp"
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
    EveryChange steps() {
        return {[this] { fresh(); }, [this](fs::Disk& disk) { import(disk); },
                [this](Ending ending) { check(ending); }};
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
    at_every_change_of_sqlite(GENERATE(VfsFault::NoSpace, VfsFault::KillBefore, VfsFault::KillTorn),
                              stage.disk(), stage.steps());
}

TEST_CASE("import crash: stopped, or a full disk, at every change of a file") {
    install_fault_vfs();
    Rehearsal stage;
    at_every_change_of_a_file(
        GENERATE(FaultyDisk::Fault::NoSpace, FaultyDisk::Fault::StopBefore, FaultyDisk::Fault::StopAfter),
        stage.disk(), stage.steps());
}
