// Pushes into a folder that are stopped, disturbed or refused on their way.

#include <functional>

#include "doubles/error_from.hpp"
#include "doubles/folder_push_bench.hpp"
#include "doubles/forwarding_remote.hpp"
#include "doubles/in_memory_disk.hpp"
#include "doubles/part_of_disk.hpp"
#include "flow/push_spool.hpp"
#include "opentraces/dataset/open.hpp"
#include "opentraces/flow/auto_push.hpp"
#include "opentraces/json/lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

using Bench = FolderPushBench;

}  // namespace

TEST_CASE("an interrupted push is finished or undone by the next one") {
    Bench bench;
    const TraceId id = bench.project.commit("one");
    const std::string shard = "data/traces_20260101T000000Z_00000001.jsonl";
    store::PushIntent intent;
    intent.remote = bench.dataset;
    intent.parent = "head";
    intent.shard_paths = {shard};
    intent.traces = {id};
    bench.project.store->begin_push(intent);
    const std::string line = bench.project.store->read_line(id) + "\n";
    const std::string spool = bench.project.folder.file(".opentraces/spool");
    bench.project.disk->make_directories(spool, 0700);
    bench.project.disk->replace(spool + "/" + fs::file_name(shard), line);
    bench.project.disk->make_directories(bench.dataset + "/data", 0755);
    SECTION("it had reached the dataset") {
        bench.project.disk->replace(bench.dataset + "/" + shard, line);
        const flow::PushResult result = bench.project.push(bench.dataset);
        CHECK(result.recovered == 1);
        CHECK(result.uploaded == 0);
        CHECK(bench.project.stage_of(id) == store::Stage::Pushed);
        CHECK(bench.lines() == 1);
    }
    SECTION("it had not") {
        const flow::PushResult result = bench.project.push(bench.dataset);
        CHECK(result.recovered == 0);
        CHECK(result.uploaded == 1);
        CHECK(bench.lines() == 1);
    }
    SECTION("there is something else of that name") {
        Project other(bench.transport, 8);
        bench.project.disk->replace(bench.dataset + "/" + shard,
                                    other.store->read_line(other.commit("other")) + "\n");
        const flow::PushResult result = bench.project.push(bench.dataset);
        CHECK(result.recovered == 0);
        CHECK(result.uploaded == 1);
        CHECK(bench.lines() == 2);
    }
    CHECK(bench.project.store->open_pushes().empty());
}

namespace {

// Another process captures at the n-th time that the push looks at the clock.
class CapturingClock final : public Clock {
public:
    CapturingClock(Clock& clock, int nth, std::function<void()> capture)
        : m_clock(clock), m_left(nth), m_capture(std::move(capture)) {}
    TimePoint now() override {
        if (--m_left == 0) m_capture();
        return m_clock.now();
    }
    void sleep(std::chrono::milliseconds duration) override { m_clock.sleep(duration); }
    bool captured() const { return m_left <= 0; }

private:
    Clock& m_clock;
    int m_left;
    std::function<void()> m_capture;
};

}  // namespace

TEST_CASE("a later version that is committed during a push takes the older one's place in it, or waits") {
    bool every_moment_met = false;
    for (int nth = 1; !every_moment_met; ++nth) {
        INFO("captured at look " << nth << " at the clock");
        Bench bench;
        bench.project.commit("still");
        const TraceId moving = bench.project.commit("moving");
        const std::string source = "/sessions/moving.jsonl";
        CapturingClock clock(bench.project.clock, nth, [&] {
            const auto other =
                store::Store::open(bench.project.folder.path(), *bench.project.disk, bench.project.clock);
            const TraceId later = other->stage(sample_trace("moving", "It went on"), source).id;
            flow::commit_clean(*other, {later}, bench.project.ids);
        });
        flow::Ports ports{*bench.project.disk, clock, bench.project.ids, bench.transport,
                          bench.project.environment};
        flow::push(ports, *bench.project.store, bench.project.folder.path(), bench.options(),
                   bench.project.progress);
        every_moment_met = !clock.captured();

        const auto shards = bench.shards();
        REQUIRE(shards.size() == 1);
        const std::string sent = bench.file(shards[0]);
        CHECK(bench.lines() == 2);
        CHECK(bench.project.store->open_pushes().empty());
        const TraceId later = trace_id_for("claude-code", "moving", 1);
        const bool went_on = sent.find("It went on") != std::string::npos;
        const store::TraceRow row = bench.project.store->find(went_on ? later.str() : moving.str());
        CHECK(row.stage == store::Stage::Pushed);
        CHECK(sent.find(row.content_hash.str()) != std::string::npos);
        if (clock.captured() && !went_on) {
            CHECK(bench.project.stage_of(later) != store::Stage::Pushed);
            // What could not be committed because of the push is, when capture comes by the next time.
            flow::commit_clean(*bench.project.store, {}, bench.project.ids);
            CHECK(bench.project.stage_of(later) == store::Stage::Committed);
        }
    }
}

TEST_CASE("the last scan of the spooled bytes stops a push") {
    Bench bench;
    const TraceId id = bench.project.commit("one");
    flow::PushOptions options = bench.options();
    // Not what the trace was scrubbed with.
    options.scan.custom_strings = {"Fix the bug"};
    const Error error = error_from([&] { bench.project.push(options); });
    CHECK(error.code() == ErrorCode::SecretsFound);
    CHECK(error.exit_status() == 8);
    CHECK(error.message().find("custom_string") != std::string::npos);
    CHECK(error.message().find(id.str()) != std::string::npos);
    CHECK(error.message().find("Fix the bug") == std::string::npos);
    CHECK(bench.project.stage_of(id) == store::Stage::Committed);
    CHECK_FALSE(bench.project.disk->info(bench.dataset + "/data"));
}

namespace {

// A file without line ends that is longer than any line may be.
class OneLine final : public PartOfDisk {
public:
    explicit OneLine(fs::Disk& whole) : PartOfDisk(whole, "") {}
    std::unique_ptr<fs::ReadFile> open(const std::string&) override {
        class Bytes final : public fs::ReadFile {
        public:
            std::size_t read(char* buffer, std::size_t size) override {
                const std::size_t count = std::min(size, m_left);
                std::fill_n(buffer, count, 'x');
                m_left -= count;
                return count;
            }
            void seek(std::uint64_t) override {}

        private:
            std::size_t m_left = json::k_default_max_line + 2;
        };
        return std::make_unique<Bytes>();
    }
};

}  // namespace

TEST_CASE("a line that cannot be scanned whole stops the push") {
    InMemoryDisk memory;
    OneLine disk(memory);
    std::vector<dataset::NewShard> shards(1);
    shards[0].local_path = "/spool/shard";
    shards[0].summary.path = "data/traces_x.jsonl";
    const Error error = error_from([&] { flow::scan_spool(shards, nullptr, disk, {}, false); });
    CHECK(error.code() == ErrorCode::ScannerFailed);
    CHECK(error.exit_status() == 5);
    CHECK(error.message().find("data/traces_x.jsonl:1") == 0);
}

namespace {

// Somebody overwrites a file of the dataset at the moment of its commit.
class OverwrittenAtCommit final : public PartOfDisk {
public:
    OverwrittenAtCommit(fs::Disk& whole, std::string root, std::string file, std::string text)
        : PartOfDisk(whole, std::move(root)),
          m_whole(whole),
          m_file(std::move(file)),
          m_text(std::move(text)) {}

    std::unique_ptr<fs::Disk> beneath(const std::string& root) override {
        return std::make_unique<OverwrittenAtCommit>(m_whole, root, m_file, m_text);
    }
    bool remove(const std::string& path) override {
        const bool removed = PartOfDisk::remove(path);
        if (path.ends_with("/journal.json")) m_whole.replace(m_file, m_text);
        return removed;
    }

private:
    fs::Disk& m_whole;
    std::string m_file;
    std::string m_text;
};

}  // namespace

TEST_CASE("a commit that does not hold what was sent is no success") {
    Bench bench;
    const TraceId id = bench.project.commit("one");
    OverwrittenAtCommit disk(*bench.project.disk, "", bench.dataset + "/README.md", "somebody else's");
    flow::Ports ports{disk, bench.project.clock, bench.project.ids, bench.transport,
                      bench.project.environment};
    const Error error = error_from([&] {
        flow::push(ports, *bench.project.store, bench.project.folder.path(), bench.options(),
                   bench.project.progress);
    });
    CHECK(error.code() == ErrorCode::CorruptDataset);
    CHECK(error.message().find("README.md as it was sent") != std::string::npos);
    // It is settled by the next push, which finds the shard where it was sent.
    CHECK(bench.project.stage_of(id) == store::Stage::Committed);
    CHECK(bench.project.store->open_pushes().size() == 1);
    CHECK(bench.project.push(bench.options()).recovered == 1);
    CHECK(bench.lines() == 1);
}

TEST_CASE("the spooled shards of a push that could not be settled stay as its proof") {
    Bench bench;
    const TraceId waiting = bench.project.commit("waiting");
    store::PushIntent intent;
    intent.remote = "owner/unreachable";
    intent.parent = "head";
    intent.shard_paths = {"data/traces_20260101T000000Z_00000001.jsonl"};
    intent.traces = {waiting};
    bench.project.store->begin_push(intent);
    const std::string proof =
        bench.project.folder.file(".opentraces/spool/traces_20260101T000000Z_00000001.jsonl");
    bench.project.disk->make_directories(fs::parent(proof), 0700);
    bench.project.disk->replace(proof, bench.project.store->read_line(waiting) + "\n");
    bench.project.commit("other");
    const flow::PushResult pushed = bench.project.push(bench.dataset);
    CHECK(pushed.uploaded == 1);
    CHECK(pushed.postponed == 1);
    CHECK(bench.project.disk->info(proof));
    CHECK(bench.project.stage_of(waiting) == store::Stage::Committed);
    CHECK(bench.project.store->open_pushes().size() == 1);
}

TEST_CASE("a folder that changes while a push reads it is read again") {
    const char* const moving = GENERATE("", "data", "README.md");
    INFO(moving);
    struct Moving final : ForwardingRemote {
        Moving(hub::Remote& inner, std::string path) : ForwardingRemote(inner), path(std::move(path)) {}
        std::vector<hub::RemoteFile> list(const std::string& head, const std::string& folder) override {
            move(folder);
            return ForwardingRemote::list(head, folder);
        }
        std::string read_small(const std::string& head, const hub::RemoteFile& file) override {
            move(file.path);
            return ForwardingRemote::read_small(head, file);
        }
        void move(const std::string& read) {
            if (read == path && left-- > 0) throw Error(ErrorCode::CommitConflict, "changed");
        }
        std::string path;
        int left = 2;
    };
    NoTransport transport;
    Project first(transport);
    const std::string folder = first.folder.file("dataset");
    first.commit("theirs");
    REQUIRE(first.push(folder).uploaded == 1);
    Project project(transport, 8);
    project.commit("mine");
    flow::Ports ports = project.ports();
    const auto inner = dataset::open(ports, folder, dataset::Access::Write, project.progress);
    Moving remote(*inner, moving);
    const int before = project.clock.sleeps();
    const flow::PushResult pushed =
        flow::push_to(remote, ports, *project.store, project.folder.path(), {}, project.progress);
    CHECK(pushed.uploaded == 1);
    CHECK(project.clock.sleeps() == before + 2);
}
