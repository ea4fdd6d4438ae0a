// The store is stopped at every change it makes to a file, and opened again: it is as before or as after.
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "catch.hpp"
#include "crash/every_change.hpp"
#include "doubles/temporary_directory.hpp"
#include "doubles/traces.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/store/store.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

struct Scenario {
    std::string name;
    std::function<void(Store&, const std::string& project)> prepare;
    std::function<void(Store&)> act;
};

TraceId id_of(const std::string& session, int revision = 0) {
    return trace_id_for("claude-code", session, revision);
}

TraceId stage(Store& store, const std::string& session, const std::string& text = "Fix the bug") {
    return store.stage(sample_trace(session, text), "/sessions/" + session).id;
}

void commit(Store& store, const std::vector<TraceId>& traces) {
    SeededIds ids(5);
    store.commit(traces, "m", ids);
}

PushIntent begin(Store& store, const std::vector<TraceId>& traces) {
    PushIntent intent;
    intent.remote = "me/data";
    intent.shard_paths = {"data/a.jsonl"};
    intent.traces = traces;
    return store.begin_push(intent);
}

void three_traces(Store& store, const std::string&) {
    for (const std::string session : {"s1", "s2", "s3"})
        stage(store, session);
    commit(store, {id_of("s1"), id_of("s2")});
}

void pushing(Store& store, const std::string& project) {
    three_traces(store, project);
    begin(store, {id_of("s1"), id_of("s2")});
}

void pushed(Store& store, const std::string& project) {
    pushing(store, project);
    store.finish_push(store.open_pushes().front(), {});
}

void grown(Store& store, const std::string& project) {
    three_traces(store, project);
    stage(store, "s1", "More");
}

void grown_and_pushed(Store& store, const std::string& project) {
    grown(store, project);
    begin(store, {id_of("s1")});
    store.finish_push(store.open_pushes().front(), {});
}

void damaged(Store& store, const std::string& project) {
    three_traces(store, project);
    std::filesystem::remove(store.trace_path(id_of("s3")));
}

std::vector<Scenario> scenarios() {
    return {
        {"stage into a new store", {}, [](Store& store) { stage(store, "s1"); }},
        {"stage", three_traces, [](Store& store) { stage(store, "s4"); }},
        {"update", three_traces, [](Store& store) { stage(store, "s3", std::string(9000, 'x')); }},
        {"growth of a committed trace", three_traces,
         [](Store& store) { stage(store, "s1", text_with_token()); }},
        {"new revision", pushed, [](Store& store) { stage(store, "s1", "More"); }},
        {"repair", damaged, [](Store& store) { stage(store, "s3"); }},
        {"commit", three_traces, [](Store& store) { commit(store, {id_of("s3")}); }},
        {"commit the later version", grown, [](Store& store) { commit(store, {id_of("s1", 1)}); }},
        {"commit after the older version was pushed", grown_and_pushed,
         [](Store& store) { commit(store, {id_of("s1", 1)}); }},
        {"reset below a later version", grown, [](Store& store) { store.reset({id_of("s1")}); }},
        {"growth taken back", grown, [](Store& store) { stage(store, "s1"); }},
        {"reset", three_traces,
         [](Store& store) {
             store.reset({id_of("s1"), id_of("s2")});
         }},
        {"reject", three_traces,
         [](Store& store) {
             store.reject({id_of("s2"), id_of("s3")});
         }},
        {"discard", three_traces, [](Store& store) { store.discard({id_of("s3")}); }},
        {"begin push", three_traces,
         [](Store& store) {
             begin(store, {id_of("s1"), id_of("s2")});
         }},
        {"finish push", pushing, [](Store& store) { store.finish_push(store.open_pushes().front(), {}); }},
        {"abandon push", pushing,
         [](Store& store) { store.abandon_push(store.open_pushes().front(), "no"); }},
        {"remember", three_traces,
         [](Store& store) {
             store.remember({"claude-code", "/sessions/s1", "f", "1", "trace"});
         }},
    };
}

std::string describe(Store& store) {
    std::string text;
    const auto add = [&](const auto& part) { text.append(part).append(" "); };
    for (const TraceRow& row : store.list({})) {
        add("\n" + row.id.str());
        for (const std::string& part : {row.content_hash.str(), row.supersedes.str(), row.last_error})
            add(part);
        add(name_of(row.stage));
        try {
            add(sha256_hex(store.read_line(row.id)));
        } catch (const Error& error) {
            add(error_row(error.code()).name);
        }
        for (const TraceId& id : store.pushed_to("me/data")) {
            if (id == row.id) add("pushed");
        }
    }
    for (const CommitGroup& group : store.commit_groups()) {
        add("\n" + group.id.str());
        for (const TraceId& id : group.traces)
            add(id.str());
    }
    for (const PushIntent& intent : store.open_pushes())
        add("\nopen " + std::to_string(intent.traces.size()));
    for (const PushRecord& record : store.pushes())
        add("\npush " + std::to_string(record.traces));
    if (store.seen("claude-code", "/sessions/s1")) add("\nseen");
    return text;
}

class Rehearsal {
public:
    explicit Rehearsal(const Scenario& scenario) : m_scenario(scenario), m_folder(base_folder()) {
        set_vfs_fault(0, VfsFault::None);
        std::filesystem::create_directory(m_folder.file("prepared"));
        if (scenario.prepare) {
            scenario.prepare(*open(m_folder.file("prepared"), *m_disk), m_folder.file("prepared"));
        }
        m_before = describe(*open(fresh(), *m_disk));
        {
            const auto store = open(fresh(), *m_disk);
            scenario.act(*store);
            m_after = describe(*store);
        }
    }

    const std::string& before() const { return m_before; }
    const std::string& after() const { return m_after; }

    // A copy of the prepared project.
    std::string fresh() {
        const std::string path = m_folder.file("work");
        std::filesystem::remove_all(path);
        std::filesystem::copy(m_folder.file("prepared"), path, std::filesystem::copy_options::recursive);
        return path;
    }

    std::unique_ptr<Store> open(const std::string& project, fs::Disk& disk) {
        return Store::open(project, disk, m_clock);
    }

    // What is there once somebody opens the project again; no half-done file may be left.
    std::string reopened() {
        set_vfs_fault(0, VfsFault::None);
        const std::string project = m_folder.file("work");
        const auto store = open(project, *m_disk);
        CHECK(m_disk->list(project + "/.opentraces/pending").empty());
        CHECK(store->orphans().empty());
        CHECK(m_disk->list(project + "/.opentraces/traces").size() <= store->list({}).size());
        return describe(*store);
    }

    void check(Ending ending) {
        REQUIRE(ending != Ending::Wrong);
        const std::string now = reopened();
        if (ending == Ending::Finished) CHECK(now == m_after);
        if (now != m_before) CHECK(now == m_after);
    }

    EveryChange steps() {
        return {[this] { fresh(); },
                [this](fs::Disk& disk) { m_scenario.act(*open(m_folder.file("work"), disk)); },
                [this](Ending ending) { check(ending); }};
    }

    fs::Disk& disk() { return *m_disk; }

private:
    const Scenario& m_scenario;
    TemporaryDirectory m_folder;
    std::unique_ptr<fs::Disk> m_disk = fs::posix_disk();
    FixedClock m_clock{TimePoint(std::chrono::milliseconds(1'767'225'600'000))};
    std::string m_before;
    std::string m_after;
};

}  // namespace

TEST_CASE("store crash: killed at every change that SQLite makes") {
    install_fault_vfs();
    for (const Scenario& scenario : scenarios()) {
        Rehearsal stage(scenario);
        for (const VfsFault fault : {VfsFault::KillBefore, VfsFault::KillTorn, VfsFault::KillUnsynced}) {
            INFO(scenario.name);
            at_every_change_of_sqlite(fault, stage.disk(), stage.steps());
        }
    }
}

TEST_CASE("store crash: what was acknowledged survives a power cut right after") {
    constexpr std::size_t k_never = 1'000'000;
    install_fault_vfs();
    for (const Scenario& scenario : scenarios()) {
        INFO(scenario.name);
        Rehearsal stage(scenario);
        const std::string project = stage.fresh();
        const Ending ending = in_child([&] {
            set_vfs_fault(k_never, VfsFault::KillUnsynced);
            const auto store = stage.open(project, stage.disk());
            scenario.act(*store);
            lose_power();
        });
        CHECK(ending == Ending::Killed);
        CHECK(stage.reopened() == stage.after());
    }
}

TEST_CASE("store crash: processes that capture at once, some of them killed, lose nothing") {
    const TemporaryDirectory folder(base_folder());
    const auto disk = fs::posix_disk();
    SystemClock clock;
    constexpr int k_processes = 6;
    constexpr int k_sessions = 12;
    std::vector<pid_t> children;
    for (int process = 0; process < k_processes; ++process) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            for (int i = 0; i < k_sessions; ++i) {
                const auto store = Store::open(folder.path(), *disk, clock);
                ::stage(*store, "s" + std::to_string(i), "text " + std::to_string(process % 3));
                // Half of them die with their work half done.
                if (process % 2 == 1 && i == 3 * process) ::kill(::getpid(), SIGKILL);
            }
            ::_exit(0);
        }
        children.push_back(child);
    }
    for (std::size_t i = 0; i < children.size(); ++i) {
        int status = 0;
        ::waitpid(children[i], &status, 0);
        if (i % 2 == 0) CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
    }
    const auto store = Store::open(folder.path(), *disk, clock);
    CHECK(store->list({}).size() == k_sessions);
    for (const TraceRow& row : store->list({}))
        CHECK_NOTHROW(store->read_line(row.id));
    CHECK(store->orphans().empty());
    CHECK(disk->list(folder.file(".opentraces/pending")).empty());
}

TEST_CASE("store crash: killed at every change of a trace file") {
    install_fault_vfs();
    for (const Scenario& scenario : scenarios()) {
        Rehearsal stage(scenario);
        for (const auto fault : {FaultyDisk::Fault::StopBefore, FaultyDisk::Fault::StopAfter}) {
            Ending ending = Ending::Killed;
            for (std::size_t n = 0; ending != Ending::Finished; ++n) {
                INFO(scenario.name << ", change " << n << ", fault " << static_cast<int>(fault));
                const std::string project = stage.fresh();
                ending = in_child([&] {
                    FaultyDisk disk(stage.disk());
                    disk.on_stop([] { ::kill(::getpid(), SIGKILL); });
                    disk.at(n, fault);
                    const auto store = stage.open(project, disk);
                    scenario.act(*store);
                });
                stage.check(ending);
            }
        }
    }
}

TEST_CASE("store crash: power lost at every change of a trace file") {
    install_fault_vfs();
    for (const Scenario& scenario : scenarios()) {
        Rehearsal stage(scenario);
        for (const auto fault : {FaultyDisk::Fault::StopBefore, FaultyDisk::Fault::StopAfter}) {
            bool stopped = true;
            for (std::size_t n = 0; stopped; ++n) {
                INFO(scenario.name << ", change " << n << ", fault " << static_cast<int>(fault));
                FaultyDisk disk(stage.disk());
                disk.at(n, fault);
                try {
                    const auto store = stage.open(stage.fresh(), disk);
                    scenario.act(*store);
                    stopped = false;
                } catch (const Stop&) {
                }
                stage.check(stopped ? Ending::Killed : Ending::Finished);
            }
        }
    }
}

TEST_CASE(
    "store crash: a disk that is full at any change of SQLite leaves the state before or after, and says "
    "so") {
    install_fault_vfs();
    for (const Scenario& scenario : scenarios()) {
        Rehearsal stage(scenario);
        INFO(scenario.name);
        at_every_change_of_sqlite(VfsFault::NoSpace, stage.disk(), stage.steps());
    }
}

TEST_CASE("store crash: a disk that is full at any change of a trace file leaves the state before") {
    install_fault_vfs();
    for (const Scenario& scenario : scenarios()) {
        Rehearsal stage(scenario);
        bool reached = true;
        for (std::size_t n = 0; reached; ++n) {
            INFO(scenario.name << ", change " << n);
            bool failed = true;
            FaultyDisk disk(stage.disk());
            disk.at(n, FaultyDisk::Fault::NoSpace);
            try {
                const auto store = stage.open(stage.fresh(), disk);
                scenario.act(*store);
                failed = false;
            } catch (const Error& error) {
                CHECK(error.code() == ErrorCode::DiskFailed);
            }
            // A change that only tidies up may fail without the call failing. A repair is done with its file.
            if (failed && scenario.name == "repair") {
                stage.reopened();
                continue;
            }
            CHECK(stage.reopened() == (failed ? stage.before() : stage.after()));
            reached = disk.changes().size() > n;
        }
    }
}
