// Plans of a dataset, and what their commits make of it. On a dataset folder.
#include "opentraces/dataset/plan.hpp"

#include <algorithm>
#include <set>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/forwarding_remote.hpp"
#include "doubles/push_bench.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/dataset/commit.hpp"

using namespace opentraces;
using namespace opentraces::testing;
using dataset::Attempt;

namespace {

// Counts what is asked, and tells what it is told to.
struct WatchedRemote final : ForwardingRemote {
    using ForwardingRemote::ForwardingRemote;
    std::vector<hub::RemoteFile> list(const std::string& head, const std::string& folder) override {
        ++lists;
        return ForwardingRemote::list(head, folder);
    }
    std::vector<hub::RemoteFile> find(const std::string& head,
                                      const std::vector<std::string>& paths) override {
        std::vector<hub::RemoteFile> files = ForwardingRemote::find(head, paths);
        std::erase_if(files, [&](const hub::RemoteFile& file) { return file.path == hidden; });
        return files;
    }
    std::string read_small(const std::string& head, const hub::RemoteFile& file) override {
        read.insert(file.path);
        return ForwardingRemote::read_small(head, file);
    }
    hub::CommitOutcome commit(const hub::CommitRequest& request,
                              const std::function<void(const hub::UploadProgress&)>& progress) override {
        ++commits;
        if (moves > 0 && moves-- > 0) return {hub::CommitStatus::ParentMoved, {}};
        return ForwardingRemote::commit(request, progress);
    }
    std::vector<std::string> card_problems(const std::string&) override { return problems; }

    int lists = 0;
    int commits = 0;
    int moves = 0;  // commits that somebody else is before
    std::set<std::string> read;
    std::string hidden;
    std::vector<std::string> problems;
};

struct Bench {
    Bench() {
        for (const char* prefix : {"a", "b"}) {
            project.commit_many(prefix, 2);
            REQUIRE(project.push(folder).uploaded == 2);
            project.clock.sleep(std::chrono::seconds(1));
        }
    }
    dataset::Proposal as_it_is(const hub::DatasetInfo& info) {
        dataset::Proposal proposal;
        proposal.state = dataset.reader().read(info.head);
        proposal.plan.summary = "Change it";
        proposal.plan.index = proposal.state.index;
        return proposal;
    }
    dataset::Proposal scored(const hub::DatasetInfo& info) {
        dataset::Proposal proposal = as_it_is(info);
        proposal.plan.scores = quality::QualitySummary{};
        return proposal;
    }
    dataset::Rewritten rewrite_scores() {
        return rewrite(dataset, [&](const hub::DatasetInfo& info) { return scored(info); });
    }

    NoTransport transport;
    Project project{transport};
    std::string folder = project.folder.file("dataset");
    hub::Ports ports = project.ports();
    std::unique_ptr<hub::Remote> inner =
        dataset::open(ports, folder, dataset::Access::Write, project.progress);
    WatchedRemote remote{*inner};
    dataset::Dataset dataset{dataset::in_project(ports, *project.store, project.folder.path()), remote,
                             project.progress};
};

}  // namespace

TEST_CASE("dataset plan: nothing to change is no commit") {
    Bench bench;
    const auto written =
        rewrite(bench.dataset, [&](const hub::DatasetInfo& info) { return bench.as_it_is(info); });
    CHECK(written.receipt.oid.empty());
    CHECK(written.card.before == written.card.after);
    CHECK(bench.remote.commits == 0);
}

TEST_CASE("dataset plan: a shard that goes leaves a whole index and a true card") {
    Bench bench;
    std::string gone;
    const auto written = rewrite(bench.dataset, [&](const hub::DatasetInfo& info) {
        dataset::Proposal proposal = bench.as_it_is(info);
        shard::Index rest;
        for (const shard::IndexEntry* entry : proposal.state.index.entries()) {
            if (gone.empty() || gone == entry->summary.path)
                gone = entry->summary.path;
            else
                rest.append(*entry);
        }
        proposal.plan.index = std::move(rest);
        proposal.plan.whole_index = true;
        proposal.plan.removals = {gone};
        return proposal;
    });
    REQUIRE_FALSE(written.receipt.oid.empty());
    const std::string head = bench.dataset.existing().head;
    const dataset::State after = bench.dataset.reader().read(head);
    CHECK(after.data.size() == 1);
    CHECK(after.contradicted.empty());
    CHECK(after.index.totals().traces == 2);
    CHECK(after.index.entries().size() == 1);
    CHECK(written.card.after.find("| Total traces | 2 |") != std::string::npos);
    CHECK(bench.dataset.reader().root_file(after, "README.md") == written.card.after);
}

TEST_CASE("dataset plan: a dataset with traces of a later schema is read, and never changed") {
    Bench bench;
    const std::string later =
        R"({"schema_version":"0.6.0","trace_id":"t","session_id":"s","agent":{"name":"a"},"patches":[]})";
    bench.project.disk->replace(bench.folder + "/data/traces_20260101T000000Z_0000000f.jsonl", later + "\n");
    const dataset::State before = bench.dataset.reader().read(bench.dataset.existing().head);
    CHECK(before.index.totals().traces == 5);
    CHECK(error_from([&] { bench.rewrite_scores(); }).code() == ErrorCode::NewerSchema);
    bench.project.commit_many("c", 1);
    const Error refused = error_from([&] { bench.project.push(bench.folder); });
    CHECK(refused.code() == ErrorCode::NewerSchema);
    CHECK(std::string(refused.what()).find("0.6.0") != std::string::npos);
    CHECK(bench.dataset.existing().head == before.head);
    CHECK(bench.project.count(store::Stage::Committed) == 1);
}

TEST_CASE("dataset plan: published scores are not read when there are new ones") {
    Bench bench;
    REQUIRE_FALSE(bench.rewrite_scores().receipt.oid.empty());
    // Whoever has never seen the dataset.
    Project other(bench.transport, 8);
    hub::Ports ports = other.ports();
    dataset::Dataset fresh(dataset::in_project(ports, *other.store, other.folder.path()), bench.remote,
                           other.progress);
    const hub::DatasetInfo info = fresh.existing();
    dataset::Proposal proposal;
    proposal.state = fresh.reader().read(info.head);
    proposal.plan.index = proposal.state.index;
    proposal.plan.scores = quality::QualitySummary{};
    bench.remote.read.clear();
    changes_of(proposal.plan, fresh, proposal.state, info);
    CHECK_FALSE(bench.remote.read.contains("quality.json"));
    proposal.plan.scores.reset();
    changes_of(proposal.plan, fresh, proposal.state, info);
    CHECK(bench.remote.read.contains("quality.json"));
}

TEST_CASE("dataset commit: what it does not hold is an error") {
    Bench bench;
    bench.remote.hidden = "quality.json";
    const Error error = error_from([&] { bench.rewrite_scores(); });
    CHECK(error.code() == ErrorCode::CorruptDataset);
    CHECK(error.message().find("does not hold quality.json as it was sent") != std::string::npos);
}

TEST_CASE("dataset commit: a card that the remote refuses is not sent") {
    Bench bench;
    bench.remote.problems = {"license is unknown"};
    const Error error = error_from([&] { bench.rewrite_scores(); });
    CHECK(error.code() == ErrorCode::CardMalformed);
    CHECK(bench.remote.commits == 0);
}

TEST_CASE("dataset commit: others who are first are waited for, ten times") {
    Bench bench;
    const int before = bench.project.clock.sleeps();
    bench.remote.moves = 3;
    CHECK_FALSE(bench.rewrite_scores().receipt.oid.empty());
    CHECK(bench.remote.commits == 4);
    CHECK(bench.project.clock.sleeps() == before + 3);
    bench.remote.moves = 1000;
    bench.remote.commits = 0;
    CHECK(error_from([&] { bench.rewrite_scores(); }).code() == ErrorCode::CommitConflict);
    CHECK(bench.remote.commits == 10);
}

TEST_CASE("dataset: an attempt of one's own is not waited for") {
    Bench bench;
    const int before = bench.project.clock.sleeps();
    int attempts = 0;
    bench.dataset.repeat([&] { return ++attempts < 5 ? Attempt::Again : Attempt::Done; });
    CHECK(attempts == 5);
    CHECK(bench.project.clock.sleeps() == before);
}

TEST_CASE("dataset: what changes while it is read is read again, other errors come through") {
    Bench bench;
    int looks = 0;
    bench.dataset.read([&] {
        if (++looks < 3) throw Error(ErrorCode::CommitConflict, "moved");
    });
    CHECK(looks == 3);
    CHECK(error_from([&] {
              bench.dataset.read([] { throw Error(ErrorCode::CorruptDataset, "broken"); });
          }).code() == ErrorCode::CorruptDataset);
    CHECK(error_from([&] {
              bench.dataset.read([] { throw Error(ErrorCode::CommitConflict, "moved"); });
          }).code() == ErrorCode::CommitConflict);
}

TEST_CASE("dataset: a file that is known by its git id is not read again") {
    Bench bench;
    hub::FileChange change;
    change.path = "data/x.jsonl";
    change.local_path = bench.project.folder.file("not there");
    change.size = 3;
    change.git_blob = git_blob_id("abc");
    hub::RemoteFile file;
    file.path = change.path;
    file.size = 3;
    file.digest = git_blob_id("abc");
    CHECK(dataset::is_there(change, {file}, *bench.project.disk));
    file.digest = git_blob_id("abd");
    CHECK_FALSE(dataset::is_there(change, {file}, *bench.project.disk));
    CHECK_FALSE(dataset::is_there(change, {}, *bench.project.disk));
    change.remove = true;
    CHECK_FALSE(dataset::is_there(change, {file}, *bench.project.disk));
    CHECK(dataset::is_there(change, {}, *bench.project.disk));
}
