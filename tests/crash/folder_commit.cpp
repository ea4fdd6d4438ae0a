// A dataset folder under every disk fault: before or after a commit, never between.
#include <unistd.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "doubles/error_from.hpp"
#include "doubles/faulty_disk.hpp"
#include "doubles/in_memory_disk.hpp"
#include "doubles/push_bench.hpp"
#include "hub/folder_remote.hpp"
#include "opentraces/core/digest.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

using Files = std::map<std::string, std::string>;

constexpr TimePoint k_now{std::chrono::milliseconds(1'767'225'600'000)};

constexpr const char* k_first = "data/traces_one.jsonl";
constexpr const char* k_second = "data/traces_two.jsonl";

struct Folder {
    explicit Folder(std::unique_ptr<fs::Disk> its_disk = fs::posix_disk()) : disk(std::move(its_disk)) {
        disk->make_directories(folder.path(), 0700);
        disk->replace(spool, std::string(1000, 's'));
        hub::CommitRequest request = change("one", k_first, "quality.json");
        request.parent = writer(*disk)->ensure(hub::Visibility::Private).head;
        writer(*disk)->commit(request, {});
    }
    std::unique_ptr<hub::Remote> writer(fs::Disk& through) { return open(through, "writer"); }
    // The same folder, opened by another user.
    std::unique_ptr<hub::Remote> other(fs::Disk& through) { return open(through, "other"); }
    std::unique_ptr<hub::Remote> open(fs::Disk& through, const std::string& user) {
        return hub::folder_remote(path, {through, clock, ids, folder.file(user),
                                         [this](std::string_view note) { notes.emplace_back(note); }});
    }
    hub::CommitRequest change(const std::string& card, const std::string& shard_path,
                              const std::string& other_path) const {
        hub::CommitRequest request;
        hub::FileChange readme;
        readme.path = "README.md";
        readme.content = card;
        hub::FileChange shard;
        shard.path = shard_path;
        shard.local_path = spool;
        shard.size = 1000;
        shard.sha256 = sha256_hex(std::string(1000, 's'));
        hub::FileChange extra;
        extra.path = other_path;
        extra.content = other_path;
        request.summary = card;
        request.changes = {shard, readme, extra};
        return request;
    }
    // Replaces the card, brings two files and removes one.
    hub::CommitRequest second() {
        hub::CommitRequest request = change("two", k_second, "dataset_infos.json");
        hub::FileChange removal;
        removal.path = "quality.json";
        removal.remove = true;
        request.changes.push_back(removal);
        request.parent = other(*disk)->info().head;
        return request;
    }
    Files files(hub::Remote& remote) {
        Files found;
        const std::string head = remote.info().head;
        for (const char* listed : {"", "data"})
            for (const hub::RemoteFile& file : remote.list(head, listed))
                if (!file.folder) found[file.path] = remote.read_small(head, file);
        return found;
    }
    Files files() { return files(*other(*disk)); }
    bool exists(const std::string& name) {
        return disk->info(path + "/" + std::string(hub::k_folder_state) + "/" + name).has_value();
    }
    std::string journal() const { return path + "/" + std::string(hub::k_folder_state) + "/journal.json"; }

    TemporaryDirectory folder;
    std::unique_ptr<fs::Disk> disk;
    FixedClock clock{k_now};
    SeededIds ids{3};
    std::string path = folder.file("dataset");
    std::string spool = folder.file("spool");
    std::vector<std::string> notes;
};

bool is_second(const Files& files) {
    return files.size() == 4 && files.at("README.md") == "two" && files.count("quality.json") == 0 &&
           files.at(k_second).size() == 1000 && files.at("dataset_infos.json") == "dataset_infos.json";
}

// False: the fault lies behind the last change, the commit went through.
bool try_commit(Folder& folder, std::size_t n, FaultyDisk::Fault fault) {
    FaultyDisk faulty(*folder.disk);
    const hub::CommitRequest request = folder.second();
    try {
        const auto remote = folder.writer(faulty);
        remote->info();
        faulty.at(n, fault);
        remote->commit(request, {});
        return false;
    } catch (const Error&) {
        return true;
    } catch (const Stop&) {
        return true;
    }
}

// The folder of a push that was stopped while its files were being moved.
void interrupt(Folder& folder) {
    for (std::size_t n = 0; n < 200; ++n) {
        FaultyDisk faulty(*folder.disk);
        const hub::CommitRequest request = folder.second();
        const auto remote = folder.writer(faulty);
        remote->info();
        faulty.at(n, FaultyDisk::Fault::StopAfter);
        try {
            remote->commit(request, {});
        } catch (const Stop&) {
        }
        if (folder.exists("journal.json") && faulty.changes().back().starts_with("rename")) return;
    }
    FAIL("no step of the commit was met");
}

std::map<std::string, std::string> tree(Folder& folder, const std::string& path) {
    std::map<std::string, std::string> found;
    for (const fs::FileInfo& info : folder.disk->list(path)) {
        if (info.is_directory())
            found.merge(tree(folder, info.path));
        else
            found[info.path] = folder.disk->read_all(info.path);
    }
    return found;
}

}  // namespace

TEST_CASE("a folder's commit is all or nothing under every disk fault, for every reader") {
    const auto fault = GENERATE(FaultyDisk::Fault::NoSpace, FaultyDisk::Fault::Broken,
                                FaultyDisk::Fault::StopBefore, FaultyDisk::Fault::StopAfter);
    bool failed = true;
    bool was_after = false;
    for (std::size_t n = 0; failed; ++n) {
        Folder folder;
        const Files before = folder.files();
        failed = try_commit(folder, n, fault);
        INFO("fault at change " << n);
        // Others see one or the other, whatever lies in the folder.
        const Files seen = folder.files();
        CHECK((seen == before || is_second(seen)));
        if (!failed) CHECK(is_second(seen));
        if (fault == FaultyDisk::Fault::NoSpace && failed) {
            CHECK(seen == before);
            CHECK_FALSE(folder.exists("journal.json"));
        }
        was_after = was_after || (failed && is_second(seen));
        // The next commit of the same writer starts from what was seen.
        const auto again = folder.writer(*folder.disk);
        hub::CommitRequest next = folder.change("three", "data/traces_three.jsonl", "quality.json");
        next.parent = again->info().head;
        CHECK(folder.files(*again) == seen);
        CHECK(again->commit(next, {}).status == hub::CommitStatus::Done);
        CHECK(folder.files().at("README.md") == "three");
        CHECK(folder.files().count(k_second) == (is_second(seen) ? 1 : 0));
        CHECK_FALSE(folder.exists("journal.json"));
        CHECK_FALSE(folder.exists("staging"));
        REQUIRE(n < 200);
    }
    CHECK((was_after || fault != FaultyDisk::Fault::StopAfter));
}

TEST_CASE("a folder's commit is before or after a power cut, whichever of its names are lost") {
    // The second time, the commit begins with undoing an earlier one that was stopped.
    const bool undoes = GENERATE(false, true);
    std::size_t lost = 0;
    for (unsigned seed = 0; seed < 8; ++seed) {
        std::minstd_rand random(seed);
        bool failed = true;
        for (std::size_t n = 0; failed; ++n) {
            INFO("power cut at change " << n << ", seed " << seed);
            auto memory = std::make_unique<InMemoryDisk>();
            InMemoryDisk& disk = *memory;
            Folder folder(std::move(memory));
            const Files before = folder.files();
            if (undoes) {
                interrupt(folder);
                disk.cut_power([] { return false; });
            }
            failed = try_commit(folder, n, FaultyDisk::Fault::StopBefore);
            disk.cut_power([&] {
                const bool is_lost = random() % 2 == 0;
                lost += is_lost ? 1 : 0;
                return is_lost;
            });
            const Files seen = folder.files();
            CHECK((seen == before || is_second(seen)));
            if (!failed) CHECK(is_second(seen));
            const auto again = folder.writer(*folder.disk);
            hub::CommitRequest next = folder.change("three", "data/traces_three.jsonl", "quality.json");
            next.parent = again->info().head;
            CHECK(again->commit(next, {}).status == hub::CommitStatus::Done);
            CHECK(folder.files().count(k_second) == (is_second(seen) ? 1 : 0));
            REQUIRE(n < 200);
        }
    }
    CHECK(lost > 100);
}

TEST_CASE("a push that is interrupted while it undoes another one still undoes it") {
    bool failed = true;
    for (std::size_t n = 0; failed; ++n) {
        Folder folder;
        const Files before = folder.files();
        interrupt(folder);
        failed = try_commit(folder, n, FaultyDisk::Fault::StopAfter);
        INFO("stopped at change " << n);
        const Files seen = folder.files();
        CHECK((seen == before || is_second(seen)));
        folder.notes.clear();
        const auto again = folder.writer(*folder.disk);
        hub::CommitRequest next = folder.change("three", "data/traces_three.jsonl", "quality.json");
        next.parent = again->info().head;
        CHECK(again->commit(next, {}).status == hub::CommitStatus::Done);
        REQUIRE(n < 200);
    }
}

TEST_CASE("what a hand changes while a commit is staged is not overwritten") {
    Folder folder;
    const std::string path = GENERATE("README.md", "dataset_infos.json");
    hub::CommitRequest request = folder.second();
    const auto remote = folder.writer(*folder.disk);
    // The shard is copied first; the other files come after it.
    const hub::CommitOutcome outcome = remote->commit(
        request, [&](const hub::UploadProgress&) { folder.disk->replace(folder.path + "/" + path, "mine"); });
    CHECK(outcome.status == hub::CommitStatus::ParentMoved);
    CHECK(folder.files().at(path) == "mine");
    CHECK(folder.files().count(k_second) == 0);
    CHECK_FALSE(folder.exists("staging"));
}

TEST_CASE("reading a folder changes nothing in it, whatever lies there") {
    Folder folder;
    const bool interrupted = GENERATE(false, true);
    if (interrupted) interrupt(folder);
    const auto before = tree(folder, folder.path);
    for (const bool own : {true, false}) {
        FaultyDisk counting(*folder.disk);
        const auto remote = own ? folder.writer(counting) : folder.other(counting);
        folder.files(*remote);
        remote->find(remote->info().head, {"README.md"});
        for (const std::string& change : counting.changes())
            CHECK(change.find(folder.path) == std::string::npos);
    }
    CHECK(tree(folder, folder.path) == before);
    CHECK(folder.notes.empty() != interrupted);
}

TEST_CASE("reading a folder needs no space and no user's folder") {
    Folder folder;
    FaultyDisk full(*folder.disk);
    full.at(0, FaultyDisk::Fault::Broken);
    const Files files = folder.files(*folder.open(full, "fresh"));
    CHECK(files == folder.files());
    const auto nobody = hub::folder_remote(folder.path, {*folder.disk, folder.clock, folder.ids, {}, {}});
    CHECK(folder.files(*nobody) == files);
    hub::CommitRequest request = folder.second();
    CHECK(error_from([&] { nobody->commit(request, {}); }).code() == ErrorCode::ConfigInvalid);
    CHECK(folder.files() == files);
}

TEST_CASE("an interrupted push is undone by its own writer only") {
    Folder folder;
    interrupt(folder);
    const auto before = tree(folder, folder.path);
    const auto other = folder.other(*folder.disk);
    hub::CommitRequest request = folder.change("theirs", "data/traces_theirs.jsonl", "dataset_infos.json");
    request.parent = other->info().head;
    const Error error = error_from([&] { other->commit(request, {}); });
    CHECK(error.code() == ErrorCode::CorruptDataset);
    CHECK(error.message().find("another writer") != std::string::npos);
    CHECK(error.hint().find("journal.json") != std::string::npos);
    CHECK(tree(folder, folder.path) == before);

    const auto own = folder.writer(*folder.disk);
    request.parent = own->info().head;
    CHECK(own->commit(request, {}).status == hub::CommitStatus::Done);
    CHECK(folder.files().count(k_second) == 0);
}

TEST_CASE("a journal whose file belongs to another user is not this writer's") {
    if (::geteuid() != 0) return;  // only root can give files away
    Folder folder;
    interrupt(folder);
    REQUIRE(::chown(folder.journal().c_str(), 12345, 12345) == 0);
    const auto before = tree(folder, folder.path);
    const auto own = folder.writer(*folder.disk);
    hub::CommitRequest request = folder.change("three", "data/traces_three.jsonl", "dataset_infos.json");
    request.parent = own->info().head;
    const Error error = error_from([&] { own->commit(request, {}); });
    CHECK(error.code() == ErrorCode::CorruptDataset);
    CHECK(error.message().find("user id 12345") != std::string::npos);
    CHECK(tree(folder, folder.path) == before);
}

TEST_CASE("a journal that is not as it was written stops every writer, and nothing is touched") {
    Folder folder;
    interrupt(folder);
    std::string text = folder.disk->read_all(folder.journal());
    const auto swap = [&](const std::string& from, const std::string& to) {
        REQUIRE(text.find(from) != std::string::npos);
        text.replace(text.find(from), from.size(), to);
    };
    SECTION("cut") {
        text.resize(text.size() / 2);
    }
    SECTION("of an earlier version") {
        text = R"({"parent":"","summary":"","steps":[{"path":"README.md","staged":"0"}]})";
    }
    SECTION("leads out of the folder") {
        swap("README.md", "../READ.md");
    }
    SECTION("is about another of our files") {
        swap("README.md", "README.before-reset.md");
    }
    SECTION("is about a file that is none of ours") {
        swap("README.md", "LICENSE");
    }
    SECTION("has another digest") {
        swap(sha256_hex("two"), std::string(64, '0'));
    }
    SECTION("has a staged file from elsewhere") {
        swap("\"kept\":\"1\"", "\"kept\":\"../1\"");
    }
    folder.disk->replace(folder.journal(), text);
    const auto before = tree(folder, folder.path);
    const auto own = folder.writer(*folder.disk);
    hub::CommitRequest request = folder.change("three", "data/traces_three.jsonl", "dataset_infos.json");
    request.parent = own->info().head;
    CHECK(error_from([&] { own->commit(request, {}); }).code() == ErrorCode::CorruptDataset);
    CHECK(tree(folder, folder.path) == before);
    CHECK(folder.files().count("README.md") == 1);
}

TEST_CASE("files that were changed since a push was interrupted are not overwritten") {
    Folder folder;
    interrupt(folder);
    SECTION("a new shard") {
        folder.disk->replace(folder.path + "/" + k_second, "mine");
    }
    SECTION("the copy of what was before") {
        const std::string staging = folder.path + "/" + std::string(hub::k_folder_state) + "/staging";
        for (const fs::FileInfo& info : folder.disk->list(staging))
            folder.disk->replace(info.path, "mine");
        folder.disk->replace(folder.path + "/README.md", "two");
    }
    const auto before = tree(folder, folder.path);
    const auto own = folder.writer(*folder.disk);
    hub::CommitRequest request = folder.change("three", "data/traces_three.jsonl", "dataset_infos.json");
    request.parent = own->info().head;
    CHECK(error_from([&] { own->commit(request, {}); }).code() == ErrorCode::CorruptDataset);
    CHECK(tree(folder, folder.path) == before);
}

TEST_CASE("the user's secret that marks journals is made once, and for nobody else to read") {
    Folder folder;
    const std::string key = folder.folder.file("writer") + "/writer.key";
    CHECK(folder.disk->info(key)->mode == 0600);
    const std::string text = folder.disk->read_all(key);
    CHECK(text.size() == 65);
    hub::CommitRequest request = folder.second();
    folder.writer(*folder.disk)->commit(request, {});
    CHECK(folder.disk->read_all(key) == text);
}

TEST_CASE("a push into a folder survives every disk fault") {
    const auto fault =
        GENERATE(FaultyDisk::Fault::NoSpace, FaultyDisk::Fault::StopBefore, FaultyDisk::Fault::StopAfter);
    bool failed = true;
    NoTransport transport;
    for (std::size_t n = 0; failed; ++n) {
        Project project(transport);
        project.commit("one");
        project.commit("two");
        const std::string dataset = project.folder.file("dataset");
        FaultyDisk faulty(*project.disk);
        faulty.at(n, fault);
        failed = false;
        flow::PushOptions options;
        options.remote = dataset;
        try {
            flow::Ports ports{faulty, project.clock, project.ids, transport, project.environment};
            flow::push(ports, *project.store, project.folder.path(), options, project.progress);
        } catch (const Error&) {
            failed = true;
        } catch (const Stop&) {
            failed = true;
        }
        project.reopen();
        INFO("fault at change " << n);
        project.push(dataset);
        CHECK(project.count(store::Stage::Pushed) == 2);
        CHECK(project.store->open_pushes().empty());
        std::int64_t lines = 0;
        for (const fs::FileInfo& info : project.disk->list(dataset + "/data")) {
            const std::string text = project.disk->read_all(info.path);
            lines += std::count(text.begin(), text.end(), '\n');
        }
        CHECK(lines == 2);
        REQUIRE(n < 300);
    }
}
