#include "hub/folder_remote.hpp"

#include <functional>
#include <map>

#include "doubles/error_from.hpp"
#include "doubles/part_of_disk.hpp"
#include "doubles/push_bench.hpp"
#include "opentraces/core/digest.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

constexpr const char* k_shard = "data/traces_a.jsonl";
constexpr TimePoint k_now{std::chrono::milliseconds(1'767'225'600'000)};

// Something happens whenever somebody looks at it.
class BusyClock final : public Clock {
public:
    explicit BusyClock(std::function<void(int)> happens) : m_happens(std::move(happens)) {}
    TimePoint now() override {
        m_happens(++m_looks);
        return k_now;
    }
    void sleep(std::chrono::milliseconds) override { ++sleeps; }
    int sleeps = 0;

private:
    std::function<void(int)> m_happens;
    int m_looks = 0;
};

struct Bench {
    Bench() {
        disk->make_directories(path + "/data", 0755);
        disk->replace(path + "/README.md", "card");
        disk->replace(path + "/" + k_shard, "{}\n");
    }
    std::unique_ptr<hub::Remote> open() { return open(clock); }
    std::unique_ptr<hub::Remote> open(Clock& with) {
        return hub::folder_remote(
            path, {*disk, with, ids, user, [this](std::string_view note) { notes.emplace_back(note); }});
    }
    hub::CommitRequest request(const std::string& parent) {
        hub::CommitRequest request;
        request.parent = parent;
        request.summary = "Change";
        request.changes.emplace_back();
        request.changes[0].path = "README.md";
        request.changes[0].content = "new card";
        return request;
    }
    std::string memory() {
        const auto found = disk->list(user + "/folders");
        REQUIRE(found.size() == 1);
        return found[0].path;
    }

    TemporaryDirectory folder;
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();
    QuickClock clock{k_now + std::chrono::hours(24 * 365 * 50)};
    SeededIds ids{1};
    std::string path = folder.file("dataset");
    std::string user = folder.file("user");
    std::vector<std::string> notes;
};

}  // namespace

TEST_CASE("dataset folder: a writer waits a minute for another one, a reader not at all") {
    Bench bench;
    bench.disk->make_directories(bench.path + "/.opentraces-dataset", 0755);
    const auto held = bench.disk->lock(bench.path + "/.opentraces-dataset/lock");
    const auto remote = bench.open();
    const std::string head = remote->info().head;
    CHECK(bench.clock.sleeps() == 0);
    CHECK(remote->read_small(head, remote->find(head, {"README.md"}).at(0)) == "card");
    CHECK(error_from([&] { remote->commit(bench.request(head), {}); }).code() == ErrorCode::Locked);
    CHECK(bench.clock.sleeps() > 1000);
    CHECK(bench.disk->read_all(bench.path + "/README.md") == "card");
}

TEST_CASE("dataset folder: it is read when it stands still") {
    Bench bench;
    int changes = 3;
    BusyClock clock([&](int look) {
        if (look <= changes) bench.disk->replace(bench.path + "/README.md", std::to_string(look));
    });
    const auto remote = bench.open(clock);
    SECTION("after a while") {
        const std::string head = remote->info().head;
        CHECK(remote->read_small(head, remote->find(head, {"README.md"}).at(0)) == "3");
        CHECK(clock.sleeps > 0);
    }
    SECTION("never") {
        changes = 1'000'000;
        CHECK(error_from([&] { remote->info(); }).code() == ErrorCode::CommitConflict);
        CHECK(clock.sleeps == 99);
    }
}

TEST_CASE("dataset folder: a file that changes after the head was taken is a conflict, and read anew then") {
    Bench bench;
    const auto remote = bench.open();
    const std::string head = remote->info().head;
    const hub::RemoteFile file = remote->find(head, {k_shard}).at(0);
    const std::string text = GENERATE("{ }\n", "", "[]\n");
    bench.disk->replace(bench.path + "/" + k_shard, text);
    CHECK(error_from([&] { remote->read_small(head, file); }).code() == ErrorCode::CommitConflict);
    const std::string again = bench.open()->info().head;
    CHECK(again != head);
    CHECK(error_from([&] { remote->read_small(again, file); }).code() == ErrorCode::CommitConflict);
    CHECK(remote->info().head == again);
    CHECK(remote->find(again, {k_shard}).at(0).digest == sha256_hex(text));
}

TEST_CASE("dataset folder: digests are remembered in the user's folder only") {
    Bench bench;
    const std::string head = bench.open()->info().head;
    CHECK_FALSE(bench.disk->info(bench.path + "/.opentraces-dataset"));
    std::string memory = bench.disk->read_all(bench.memory());
    CHECK(bench.disk->info(bench.memory())->mode == 0600);
    SECTION("used again") {
        const std::string digest = sha256_hex("{}\n");
        memory.replace(memory.find(digest), digest.size(), std::string(64, '0'));
        bench.disk->replace(bench.memory(), memory);
        const auto remote = bench.open();
        const std::string misled = remote->info().head;
        CHECK(misled != head);
        // Bytes are held against it, and what does not hold is forgotten.
        const hub::RemoteFile file = remote->find(misled, {k_shard}).at(0);
        CHECK(error_from([&] { remote->read_small(misled, file); }).code() == ErrorCode::CommitConflict);
        CHECK(remote->info().head == head);
        CHECK(bench.open()->info().head == head);
    }
    SECTION("not used where it is damaged") {
        const std::size_t line = memory.rfind('\n', memory.size() - 2) + 1;
        bench.disk->replace(
            bench.memory(),
            GENERATE_COPY(std::string(), "another head\n" + memory.substr(line), memory.substr(0, line + 10),
                          memory.substr(0, line) + "x\t1\tx\n", memory.substr(0, memory.size() - 5)));
        CHECK(bench.open()->info().head == head);
    }
}

TEST_CASE("dataset folder: a name that cannot be remembered is read every time") {
    Bench bench;
    bench.disk->replace(bench.path + "/a\tb\nc", "1");
    const std::string head = bench.open()->info().head;
    CHECK(bench.disk->read_all(bench.memory()).find("a\tb") == std::string::npos);
    CHECK(bench.open()->info().head == head);
}

TEST_CASE("dataset folder: a file keeps its permissions when it is replaced") {
    Bench bench;
    bench.disk->set_mode(bench.path + "/README.md", 0664);
    const auto remote = bench.open();
    remote->commit(bench.request(remote->info().head), {});
    CHECK(bench.disk->read_all(bench.path + "/README.md") == "new card");
    CHECK(bench.disk->info(bench.path + "/README.md")->mode == 0664);
}

TEST_CASE("dataset folder: a folder in the place of a file is not replaced") {
    Bench bench;
    bench.disk->remove(bench.path + "/README.md");
    bench.disk->make_directories(bench.path + "/README.md", 0755);
    const auto remote = bench.open();
    CHECK(error_from([&] { remote->commit(bench.request(remote->info().head), {}); }).code() ==
          ErrorCode::UnsafePath);
    CHECK(bench.disk->info(bench.path + "/README.md")->is_directory());
}

TEST_CASE("dataset folder: all who may write into it may take its lock, and nobody else") {
    Bench bench;
    const auto [folder_mode, lock_mode] =
        GENERATE(std::pair{0755U, 0600U}, std::pair{0775U, 0660U}, std::pair{0777U, 0666U});
    bench.disk->make_directories(bench.path + "/.opentraces-dataset", 0755);
    bench.disk->set_mode(bench.path + "/.opentraces-dataset", folder_mode);
    const auto remote = bench.open();
    remote->commit(bench.request(remote->info().head), {});
    CHECK(bench.disk->info(bench.path + "/.opentraces-dataset/lock")->mode == lock_mode);
    bench.disk->set_mode(bench.path + "/.opentraces-dataset/lock", 0600);
    hub::CommitRequest again = bench.request(remote->info().head);
    again.changes[0].content = "another";
    remote->commit(again, {});
    CHECK(bench.disk->info(bench.path + "/.opentraces-dataset/lock")->mode == lock_mode);
}

namespace {

// Notes the permissions that files in the staging folder are made with, and those that they have when the
// journal is written.
class StagingWatch final : public PartOfDisk {
public:
    StagingWatch(fs::Disk& whole, std::string root, std::map<std::string, unsigned>& made,
                 std::map<std::string, unsigned>& staged)
        : PartOfDisk(whole, std::move(root)), m_whole(whole), m_made(made), m_staged(staged) {}

    std::unique_ptr<fs::Disk> beneath(const std::string& root) override {
        return std::make_unique<StagingWatch>(m_whole, root, m_made, m_staged);
    }
    std::unique_ptr<fs::NewFile> create(const std::string& path, unsigned mode) override {
        if (path.find("/staging/") != std::string::npos) m_made[fs::file_name(path)] = mode;
        if (path.ends_with("/journal.json"))
            for (const fs::FileInfo& file : list(fs::join(fs::parent(path), "staging")))
                m_staged[fs::file_name(file.path)] = file.mode;
        return PartOfDisk::create(path, mode);
    }

private:
    fs::Disk& m_whole;
    std::map<std::string, unsigned>& m_made;
    std::map<std::string, unsigned>& m_staged;
};

}  // namespace

TEST_CASE("dataset folder: copies of a private file are private from their first byte") {
    Bench bench;
    bench.disk->set_mode(bench.path + "/README.md", 0600);
    std::map<std::string, unsigned> made;
    std::map<std::string, unsigned> staged;
    StagingWatch disk(*bench.disk, "", made, staged);
    const auto remote = hub::folder_remote(bench.path, {disk, bench.clock, bench.ids, bench.user, {}});
    remote->commit(bench.request(remote->info().head), {});
    // 0 is the copy of what was there, 1 what takes its place.
    CHECK(made == std::map<std::string, unsigned>{{"0", 0600}, {"1", 0600}});
    CHECK(staged == made);
    CHECK(bench.disk->info(bench.path + "/README.md")->mode == 0600);
}

TEST_CASE("dataset folder: only files of a dataset are committed") {
    Bench bench;
    const auto remote = bench.open();
    hub::CommitRequest request = bench.request(remote->info().head);
    request.changes[0].path = GENERATE(".bashrc", "../outside", "data/rows.jsonl", "data/traces_../x.jsonl",
                                       ".opentraces-dataset/lock");
    CHECK(error_from([&] { remote->commit(request, {}); }).code() == ErrorCode::UploadFailed);
    CHECK(bench.disk->read_all(bench.path + "/README.md") == "card");
}

TEST_CASE("dataset folder: an old head is not answered from a new state") {
    Bench bench;
    const auto remote = bench.open();
    const std::string head = remote->info().head;
    bench.disk->replace(bench.path + "/README.md", "another card");
    REQUIRE(remote->info().head != head);
    CHECK(error_from([&] { remote->list(head, ""); }).code() == ErrorCode::CommitConflict);
    CHECK(error_from([&] { remote->find(head, {"README.md"}); }).code() == ErrorCode::CommitConflict);
}

TEST_CASE("dataset folder: without a folder of the user nothing is committed") {
    Bench bench;
    const auto remote =
        hub::folder_remote(bench.path, {*bench.disk, bench.clock, bench.ids, std::nullopt, {}});
    const std::string head = remote->info().head;
    const Error error = error_from([&] { remote->commit(bench.request(head), {}); });
    CHECK(error.code() == ErrorCode::ConfigInvalid);
    CHECK(error.hint().find("HOME") != std::string::npos);
    CHECK(bench.disk->read_all(bench.path + "/README.md") == "card");
}
