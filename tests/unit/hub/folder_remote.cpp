#include "opentraces/hub/folder_remote.hpp"

#include <functional>

#include "doubles/error_from.hpp"
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
    SECTION("not used when it is damaged") {
        bench.disk->replace(bench.memory(),
                            GENERATE("", "[]", "{\"files\":[]}", "{\"files\":{\"README.md\":1}}"));
        CHECK(bench.open()->info().head == head);
    }
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
