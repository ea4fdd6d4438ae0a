// A migration that is stopped anywhere: what the Python tool had published is never up for publishing, what
// was rejected never in the inbox, and running it again ends as if it had never been stopped.
#include <algorithm>
#include <filesystem>
#include <set>

#include "crash/every_change.hpp"
#include "doubles/temporary_directory.hpp"
#include "doubles/traces.hpp"
#include "opentraces/flow/migrate.hpp"
#include "opentraces/trace/codec.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

const std::set<std::string> k_published{"session-pushed", "session-too"};
const std::string k_rejected = "session-reject";

class Rehearsal {
public:
    Rehearsal() {
        set_vfs_fault(0, VfsFault::None);
        const std::string staging = m_folder.file("prepared/.opentraces/staging");
        m_disk->make_directories(staging, 0755);
        for (const std::string name : {"commit", "pushed", "too", "reject"}) {
            trace::TraceRecord record = sample_record("session-" + name);
            record.trace_id = "id-" + name;
            m_disk->replace(staging + "/id-" + name + ".jsonl", trace::encode(record) + "\n", 0644);
        }
        m_disk->replace(m_folder.file("prepared/.opentraces/state.json"), R"({"traces": {
            "id-commit": {"status": "committed"}, "id-pushed": {"status": "uploaded"},
            "id-too": {"status": "uploaded"},
            "id-reject": {"status": "rejected"}},
            "commit_groups": {"abcdefabcdef": {"trace_ids": ["id-commit", "id-pushed"], "message": "My work"}}})",
                        0644);
        fresh();
        migrate(*m_disk);
        m_clean = describe();
        migrate(*m_disk);
        CHECK(describe() == m_clean);
    }

    void fresh() {
        std::filesystem::remove_all(project());
        std::filesystem::copy(m_folder.file("prepared"), project(), std::filesystem::copy_options::recursive);
    }
    void migrate(fs::Disk& disk) {
        flow::SilentProgress progress;
        SeededIds ids(7);
        const auto store = Store::open(project(), disk, m_clock);
        flow::migrate(project(), "me/data", *store, {}, disk, ids, progress);
    }

    // After whatever happened, by somebody who opens the project again.
    void check(Ending ending) {
        REQUIRE(ending != Ending::Wrong);
        set_vfs_fault(0, VfsFault::None);
        {
            const auto store = Store::open(project(), *m_disk, m_clock);
            for (const TraceRow& row : store->list({})) {
                INFO(row.session_id << " is " << name_of(row.stage));
                CHECK((row.stage == Stage::Pushed) == k_published.contains(row.session_id));
                CHECK((row.stage == Stage::Rejected) == (row.session_id == k_rejected));
            }
            CHECK(store->open_pushes().empty());
        }
        migrate(*m_disk);
        CHECK(describe() == m_clean);
    }

    std::string describe() {
        const auto store = Store::open(project(), *m_disk, m_clock);
        std::string text;
        for (const TraceRow& row : store->list({}))
            text += fmt_line(row.session_id, name_of(row.stage), row.content_hash.str());
        for (const TraceId& id : store->pushed_to("me/data"))
            text += fmt_line("pushed", id.str(), "");
        std::int64_t pushed = 0;
        for (const PushRecord& push : store->pushes())
            pushed += push.traces + push.duplicates;
        text += std::to_string(store->pushes().size()) + " " + std::to_string(pushed) + "\n";
        std::set<std::string> grouped;
        for (const CommitGroup& group : store->commit_groups())
            for (const TraceId& id : group.traces)
                grouped.insert(id.str());
        return text + std::to_string(grouped.size());
    }
    EveryChange steps() {
        return {[this] { fresh(); }, [this](fs::Disk& disk) { migrate(disk); },
                [this](Ending ending) { check(ending); }};
    }
    fs::Disk& disk() { return *m_disk; }

private:
    static std::string fmt_line(std::string_view a, std::string_view b, std::string_view c) {
        return std::string(a) + " " + std::string(b) + " " + std::string(c) + "\n";
    }
    std::string project() const { return m_folder.file("work"); }

    TemporaryDirectory m_folder{base_folder()};
    std::unique_ptr<fs::Disk> m_disk = fs::posix_disk();
    FixedClock m_clock{TimePoint(std::chrono::milliseconds(1'767'225'600'000))};
    std::string m_clean;
};

}  // namespace

TEST_CASE("migrate crash: killed at every change that SQLite makes") {
    install_fault_vfs();
    Rehearsal stage;
    at_every_change_of_sqlite(GENERATE(VfsFault::KillBefore, VfsFault::KillTorn, VfsFault::KillUnsynced),
                              stage.disk(), stage.steps());
}

TEST_CASE("migrate crash: a disk that is full at any change of SQLite") {
    install_fault_vfs();
    Rehearsal stage;
    at_every_change_of_sqlite(VfsFault::NoSpace, stage.disk(), stage.steps());
}

TEST_CASE("migrate crash: stopped, or a full disk, at every change of a file") {
    install_fault_vfs();
    Rehearsal stage;
    at_every_change_of_a_file(
        GENERATE(FaultyDisk::Fault::NoSpace, FaultyDisk::Fault::StopBefore, FaultyDisk::Fault::StopAfter),
        stage.disk(), stage.steps());
}
