// What every Remote must do: a repository on the Hub (through the emulator, over HTTP) and a folder.
#include "opentraces/hub/remote.hpp"

#include <algorithm>
#include <map>

#include "doubles/error_from.hpp"
#include "doubles/hub_bench.hpp"
#include "hub/folder_remote.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/hub/open_remote.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

// A large file on the Hub is one above the emulator's threshold; in a folder, one below data/.
hub_emulator::Options small_hub() {
    hub_emulator::Options options;
    options.lfs_threshold = 5000;
    options.page_size = 2;
    return options;
}

struct Place {
    explicit Place(bool on_hub) : bench(small_hub()), on_hub(on_hub) { open(); }

    void open() {
        const flow::Ports ports = bench.project.ports();
        remote =
            hub::open_remote(on_hub ? bench.repo : bench.project.folder.file("dataset"),
                             {ports.disk, ports.clock, ports.ids, ports.transport, ports.environment, {}});
    }
    hub::FileChange text(const std::string& path, const std::string& content) const {
        hub::FileChange change;
        change.path = path;
        change.content = content;
        return change;
    }
    hub::FileChange from_disk(const std::string& path, const std::string& content) {
        hub::FileChange change;
        change.path = path;
        change.local_path = bench.project.folder.file("spool-" + std::to_string(++spooled));
        change.sha256 = sha256_hex(content);
        change.size = content.size();
        bench.project.disk->replace(change.local_path, content);
        return change;
    }
    hub::FileChange removal(const std::string& path) const {
        hub::FileChange change;
        change.path = path;
        change.remove = true;
        return change;
    }
    hub::CommitOutcome commit(const std::string& parent, std::vector<hub::FileChange> changes) {
        hub::CommitRequest request;
        request.parent = parent;
        request.summary = "Change";
        request.changes = std::move(changes);
        return remote->commit(request, {});
    }
    std::string committed(const std::string& parent, std::vector<hub::FileChange> changes) {
        const hub::CommitOutcome outcome = commit(parent, std::move(changes));
        REQUIRE(outcome.status == hub::CommitStatus::Done);
        return outcome.receipt.oid;
    }
    std::map<std::string, hub::RemoteFile> list(const std::string& head, const std::string& folder) {
        std::map<std::string, hub::RemoteFile> files;
        for (const hub::RemoteFile& file : remote->list(head, folder))
            files[file.path] = file;
        return files;
    }
    std::string content(const std::string& head, const hub::RemoteFile& file) {
        std::string bytes;
        remote->read(head, file, 0, [&](std::string_view piece) { bytes += piece; });
        return bytes;
    }

    HubBench bench;
    bool on_hub;
    std::unique_ptr<hub::Remote> remote;
    int spooled = 0;
};

}  // namespace

TEST_CASE("a remote that does not exist is made once") {
    Place place(GENERATE(true, false));
    CHECK_FALSE(place.remote->info().exists);
    const hub::DatasetInfo made = place.remote->ensure(hub::Visibility::Private);
    CHECK(made.exists);
    CHECK_FALSE(made.head.empty());
    CHECK(made.name == place.remote->name());
    const hub::DatasetInfo again = place.remote->ensure(hub::Visibility::Public);
    CHECK(again.head == made.head);
    CHECK(again.visibility == made.visibility);
}

TEST_CASE("a commit brings all of its files, small, large and removed") {
    Place place(GENERATE(true, false));
    const std::string head = place.remote->ensure(hub::Visibility::Private).head;
    const std::string large(20'000, 'x');
    const std::string first =
        place.committed(head, {place.text("README.md", "card"), place.text("dataset_infos.json", "old"),
                               place.text("quality.json", ""), place.from_disk("data/traces_a.jsonl", large),
                               place.from_disk("data/traces_b.jsonl", "{}\n")});
    CHECK(first != head);
    CHECK(place.remote->info().head == first);
    const std::string second =
        place.committed(first, {place.removal("dataset_infos.json"), place.text("README.md", "card 2")});
    auto root = place.list(second, "");
    CHECK(root.count("dataset_infos.json") == 0);
    REQUIRE(root.count("README.md") == 1);
    CHECK(root["README.md"].digest == git_blob_id("card 2"));
    CHECK(root["quality.json"].size == 0);
    CHECK(root["data"].folder);
    CHECK(place.remote->read_small(second, root["README.md"]) == "card 2");
    auto data = place.list(second, "data");
    REQUIRE(data.size() == 2);
    CHECK(data["data/traces_a.jsonl"].large);
    CHECK(data["data/traces_a.jsonl"].digest == sha256_hex(large));
    CHECK(place.content(second, data["data/traces_a.jsonl"]) == large);
    CHECK(place.content(second, data["data/traces_b.jsonl"]) == "{}\n");
    CHECK(place.list(second, "nothing").empty());
}

TEST_CASE("files are found by path, missing ones are missing") {
    Place place(GENERATE(true, false));
    const std::string head = place.remote->ensure(hub::Visibility::Private).head;
    const hub::FileChange shard = place.from_disk("data/traces_a.jsonl", "{}\n");
    const std::string oid = place.committed(head, {shard});
    const auto files = place.remote->find(oid, {"data/traces_a.jsonl", "data/traces_b.jsonl"});
    REQUIRE(files.size() == 1);
    CHECK(hub::is_result_of(shard, files[0], *place.bench.project.disk));
    CHECK_FALSE(hub::is_result_of(place.from_disk("data/traces_a.jsonl", "{ \n"), files[0],
                                  *place.bench.project.disk));
    CHECK(place.remote->find(oid, {}).empty());
}

TEST_CASE("a commit on another parent than the head changes nothing") {
    Place place(GENERATE(true, false));
    const std::string head = place.remote->ensure(hub::Visibility::Private).head;
    const std::string oid = place.committed(head, {place.text("quality.json", "a")});
    const hub::CommitOutcome outcome =
        place.commit(head, {place.text("dataset_infos.json", "b"),
                            place.from_disk("data/traces_b.jsonl", std::string(20'000, 'b'))});
    CHECK(outcome.status == hub::CommitStatus::ParentMoved);
    CHECK(place.remote->info().head == oid);
    CHECK(place.list(oid, "").count("dataset_infos.json") == 0);
}

TEST_CASE("a file is read from any byte on") {
    Place place(GENERATE(true, false));
    const std::string head = place.remote->ensure(hub::Visibility::Private).head;
    std::string large;
    while (large.size() < 20'000)
        large += std::to_string(large.size());
    const std::string oid = place.committed(
        head, {place.from_disk("data/traces_a.jsonl", large), place.text("quality.json", "0123456789")});
    std::string tail;
    place.remote->read(oid, place.remote->find(oid, {"data/traces_a.jsonl"})[0], 7000,
                       [&](std::string_view bytes) { tail += bytes; });
    CHECK(tail == large.substr(7000));
    tail.clear();
    place.remote->read(oid, place.remote->find(oid, {"quality.json"})[0], 4,
                       [&](std::string_view bytes) { tail += bytes; });
    CHECK(tail == "456789");
}

TEST_CASE("every page of a long listing arrives") {
    Place place(GENERATE(true, false));
    const std::string head = place.remote->ensure(hub::Visibility::Private).head;
    std::vector<hub::FileChange> changes;
    for (int i = 0; i < 7; ++i)
        changes.push_back(place.text("data/traces_" + std::to_string(i) + ".jsonl", "{}\n"));
    CHECK(place.list(place.committed(head, changes), "data").size() == 7);
}

TEST_CASE("uploads are reported") {
    Place place(GENERATE(true, false));
    const std::string head = place.remote->ensure(hub::Visibility::Private).head;
    hub::CommitRequest request;
    request.parent = head;
    request.summary = "Change";
    request.changes = {place.from_disk("data/traces_a.jsonl", std::string(300'000, 'x'))};
    std::uint64_t last = 0;
    place.remote->commit(request, [&](const hub::UploadProgress& done) {
        CHECK(done.path == "data/traces_a.jsonl");
        CHECK(done.total == 300'000);
        CHECK(done.sent >= last);
        last = done.sent;
    });
    CHECK(last == 300'000);
}

TEST_CASE("a hand that changes the dataset moves its head") {
    Place place(GENERATE(true, false));
    const std::string head = place.remote->ensure(hub::Visibility::Private).head;
    if (place.on_hub)
        place.bench.hub.commit_files(place.bench.repo, {{"README.md", "mine"}});
    else
        place.bench.project.disk->replace(place.remote->name() + "/README.md", "mine");
    CHECK(place.remote->info().head != head);
    CHECK(place.commit(head, {place.text("quality.json", "a")}).status == hub::CommitStatus::ParentMoved);
}

TEST_CASE("paths that are not of a dataset are refused") {
    Place place(GENERATE(true, false));
    const std::string path =
        GENERATE("../a.txt", "LICENSE", ".git/config", "data/traces_a (1).jsonl", "opentraces/index.jsonl");
    const std::string head = place.remote->ensure(hub::Visibility::Private).head;
    const Error error = error_from([&] { place.commit(head, {place.text(path, "a")}); });
    CHECK(error.code() == ErrorCode::UploadFailed);
    CHECK(place.remote->info().head == head);
}

TEST_CASE("a pull request is open until somebody decides") {
    Place place(GENERATE(true, false));
    place.remote->ensure(hub::Visibility::Public);
    CHECK(error_from([&] { place.remote->pull_request_state(1); }).code() == ErrorCode::NotFound);
    if (!place.on_hub) return;
    const hub::PullRequest first = place.remote->open_pull_request("Some traces", "");
    const hub::PullRequest second = place.remote->open_pull_request("More traces", "");
    CHECK(first.number == 1);
    CHECK(place.remote->pull_request_state(first.number) == hub::PullRequestState::Open);
    place.bench.hub.merge_pull_request(place.bench.repo, 1);
    place.bench.hub.close_pull_request(place.bench.repo, 2);
    CHECK(place.remote->pull_request_state(first.number) == hub::PullRequestState::Merged);
    CHECK(place.remote->pull_request_state(second.number) == hub::PullRequestState::Closed);
}

TEST_CASE("who may write is told so without anything being changed") {
    Place place(GENERATE(true, false));
    place.remote->check_write_access(place.remote->info());
    CHECK_FALSE(place.remote->info().exists);
    const hub::DatasetInfo made = place.remote->ensure(hub::Visibility::Private);
    place.remote->check_write_access(made);
    CHECK(place.remote->info().head == made.head);
    if (!place.on_hub) return;
    place.bench.hub.add_user("alice", "hf_reader", "read");
    place.bench.project.environment.variables["HF_TOKEN"] = "hf_reader";
    place.open();
    CHECK(error_from([&] { place.remote->check_write_access(made); }).code() == ErrorCode::PermissionDenied);
}
