// A dataset folder under every disk fault: before or after a commit, never between.
#include <algorithm>
#include <map>

#include "doubles/error_from.hpp"
#include "doubles/faulty_disk.hpp"
#include "doubles/push_bench.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/hub/folder_remote.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

using Files = std::map<std::string, std::string>;

constexpr TimePoint k_now{std::chrono::milliseconds(1'767'225'600'000)};

struct Folder {
    Folder() {
        disk->replace(spool, std::string(1000, 's'));
        hub::CommitRequest request = change("one", "old");
        request.parent = hub::folder_remote(path, *disk, clock)->ensure(hub::Visibility::Private).head;
        hub::folder_remote(path, *disk, clock)->commit(request, {});
    }
    hub::CommitRequest change(const std::string& card, const std::string& other) const {
        hub::CommitRequest request;
        hub::FileChange readme;
        readme.path = "README.md";
        readme.content = card;
        hub::FileChange shard;
        shard.path = "data/" + card + ".jsonl";
        shard.local_path = spool;
        shard.size = 1000;
        shard.sha256 = sha256_hex(std::string(1000, 's'));
        hub::FileChange extra;
        extra.path = other;
        extra.content = other;
        request.summary = card;
        request.changes = {shard, readme, extra};
        return request;
    }
    Files files() {
        Files found;
        const auto remote = hub::folder_remote(path, *disk, clock);
        const std::string head = remote->info().head;
        for (const char* folder : {"", "data"})
            for (const hub::RemoteFile& file : remote->list(head, folder))
                if (!file.folder) found[file.path] = remote->read_small(head, file);
        return found;
    }
    std::string head() { return hub::folder_remote(path, *disk, clock)->info().head; }

    TemporaryDirectory folder;
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();
    FixedClock clock{k_now};
    std::string path = folder.file("dataset");
    std::string spool = folder.file("spool");
};

// False: the fault lies behind the last change, the commit went through.
bool try_commit(Folder& folder, std::size_t n, FaultyDisk::Fault fault) {
    FaultyDisk faulty(*folder.disk);
    hub::CommitRequest request = folder.change("two", "new");
    hub::FileChange removal;
    removal.path = "old";
    removal.remove = true;
    request.changes.push_back(removal);
    request.parent = folder.head();
    try {
        const auto remote = hub::folder_remote(folder.path, faulty, folder.clock);
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

}  // namespace

TEST_CASE("a folder's commit is all or nothing under every disk fault") {
    const auto fault =
        GENERATE(FaultyDisk::Fault::NoSpace, FaultyDisk::Fault::StopBefore, FaultyDisk::Fault::StopAfter);
    bool failed = true;
    bool was_before = false;
    bool was_after = false;
    for (std::size_t n = 0; failed; ++n) {
        Folder folder;
        const Files before = folder.files();
        failed = try_commit(folder, n, fault);
        const Files after = folder.files();
        INFO("fault at change " << n);
        const bool untouched = after == before;
        const bool complete = after.size() == 4 && after.at("README.md") == "two" &&
                              after.count("old") == 0 && after.at("data/two.jsonl").size() == 1000 &&
                              after.at("new") == "new";
        CHECK((untouched || complete));
        if (!failed) CHECK(complete);
        was_before = was_before || untouched;
        was_after = was_after || (failed && complete);
        REQUIRE(n < 200);
    }
    CHECK(was_before);
    CHECK((was_after || fault == FaultyDisk::Fault::StopBefore));
}

TEST_CASE("a journal that cannot be read stops everything") {
    Folder folder;
    const std::string journal = folder.path + "/" + std::string(hub::k_folder_state) + "/journal.json";
    SECTION("not JSON") {
        folder.disk->replace(journal, "{\"steps\":[");
    }
    SECTION("leaves the folder") {
        folder.disk->replace(journal, "{\"steps\":[{\"path\":\"../x\",\"staged\":\"0\"}]}");
    }
    CHECK(error_from([&] { folder.head(); }).code() == ErrorCode::CorruptDataset);
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
