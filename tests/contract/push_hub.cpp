// The push against the Hub's protocol, over real HTTP.
#include <thread>

#include "doubles/error_from.hpp"
#include "doubles/hub_bench.hpp"
#include "opentraces/card/card.hpp"
#include "opentraces/core/digest.hpp"

using namespace opentraces;
using namespace opentraces::testing;
using hub_emulator::FaultKind;

TEST_CASE("a push to a new Hub dataset is one commit in a private repository") {
    HubBench bench;
    const TraceId id = bench.project.commit("one");
    const flow::PushResult pushed = bench.project.push(bench.repo);
    CHECK(pushed.uploaded == 1);
    CHECK(pushed.remote == "alice/traces");
    CHECK(pushed.visibility == hub::Visibility::Private);
    CHECK(bench.hub.repo(bench.repo).is_private);
    CHECK(pushed.url == bench.hub.hub_url() + "/datasets/alice/traces");
    CHECK(pushed.commit == bench.hub.head(bench.repo));
    CHECK(bench.hub.commits(bench.repo).size() == 2);
    REQUIRE(pushed.shards.size() == 1);
    CHECK(sha256_hex(bench.hub.file(bench.repo, pushed.shards[0].path)) == pushed.shards[0].sha256);
    CHECK(bench.hub.has_file(bench.repo, "README.md"));
    CHECK(bench.hub.has_file(bench.repo, shard::index_path(1)));
    CHECK(bench.project.stage_of(id) == store::Stage::Pushed);
    CHECK(bench.hub.credential_leaks() == 0);
}

TEST_CASE("without a name the dataset is {username}/opentraces") {
    HubBench bench;
    bench.project.commit("one");
    CHECK(bench.project.push("").remote == "alice/opentraces");
    bench.project.commit("two");
    CHECK(error_from([&] { bench.project.push("other"); }).code() == ErrorCode::InvalidRepoId);
    CHECK_FALSE(bench.hub.has_repo("alice/other"));
}

TEST_CASE("large shards go to storage, one attributes line is added once") {
    hub_emulator::Options options;
    options.lfs_threshold = 100;
    options.multipart_threshold = 3000;
    options.chunk_size = 1000;
    HubBench bench(options);
    bench.project.commit("one");
    const flow::PushResult first = bench.project.push(bench.repo);
    bench.project.commit_many("more", 3);
    const flow::PushResult second = bench.project.push(bench.repo);
    for (const auto& pushed : {first, second}) {
        CHECK(sha256_hex(bench.hub.file(bench.repo, pushed.shards[0].path)) == pushed.shards[0].sha256);
        CHECK_FALSE(bench.hub.commits(bench.repo)[0].files.at(pushed.shards[0].path).lfs_sha256.empty());
    }
    const std::string attributes = bench.hub.file(bench.repo, ".gitattributes");
    const std::string line = "data/**/*.jsonl filter=lfs diff=lfs merge=lfs -text\n";
    REQUIRE(attributes.find(line) != std::string::npos);
    CHECK(attributes.find(line) == attributes.rfind(line));
    CHECK(attributes.find("traces_") == std::string::npos);
    CHECK(bench.hub.credential_leaks() == 0);
    CHECK(bench.project.progress.finished);
}

TEST_CASE("a second push reads nothing that the first one wrote") {
    HubBench bench;
    bench.project.commit("one");
    bench.project.push(bench.repo);
    bench.project.commit("two");
    bench.hub.clear_log();
    const flow::PushResult pushed = bench.project.push(bench.repo);
    CHECK(pushed.uploaded == 1);
    CHECK(bench.asked("GET", "/resolve/") == 0);
    for (const auto& request : bench.hub.requests())
        INFO(request.method << " " << request.target);
    CHECK(bench.hub.requests().size() <= 6);
    CHECK(recount(bench.hub, bench.repo, pushed.commit).traces == 2);
}

TEST_CASE("a moved parent is read again, and the foreign trace is not doubled") {
    HubBench bench;
    bench.project.commit("one");
    bench.project.push(bench.repo);
    Project other(*bench.transport, 8);
    bench.log_in(other, "hf_alice");
    other.commit("two");
    other.commit("three");
    hub_emulator::Fault slip;
    slip.kind = FaultKind::k_commit_slips_in;
    slip.path_parts = {"/commit/"};
    slip.method = "POST";
    slip.files = {{"note.txt", "hello"}};
    slip.callback = [&] {
        bench.hub.clear_faults();
        bench.project.commit("two");
        bench.project.push(bench.repo);
    };
    bench.hub.add_fault(slip);
    const flow::PushResult pushed = other.push(bench.repo);
    CHECK(pushed.attempts == 2);
    CHECK(pushed.uploaded == 1);
    CHECK(pushed.duplicates == 1);
    const Recount counted = recount(bench.hub, bench.repo, bench.hub.head(bench.repo));
    CHECK(counted.traces == 3);
    CHECK(counted.doubled == 0);
    CHECK(bench.hub.has_file(bench.repo, "note.txt"));
}

TEST_CASE("a commit whose answer is lost is found, not sent again") {
    HubBench bench;
    bench.project.commit("one");
    SECTION("the connection is cut") {
        bench.fault(FaultKind::k_drop_after, "POST", "/commit/");
    }
    SECTION("the gateway fails") {
        bench.fault(FaultKind::k_error_after, "POST", "/commit/", 1, 1, 504);
    }
    SECTION("the answer is cut") {
        bench.fault(FaultKind::k_truncate_answer, "POST", "/commit/");
    }
    const flow::PushResult pushed = bench.project.push(bench.repo);
    CHECK(pushed.uploaded == 1);
    CHECK(pushed.commit == bench.hub.head(bench.repo));
    CHECK(bench.hub.commits(bench.repo).size() == 2);
    CHECK(bench.asked("POST", "/commit/") == 1);
}

TEST_CASE("a push that dies after its commit is finished by the next one") {
    HubBench bench;
    const TraceId id = bench.project.commit("one");
    bench.fault(FaultKind::k_drop_after, "POST", "/commit/", 1, -1);
    bench.fault(FaultKind::k_status, "GET", "/api/datasets/alice/traces", 5, -1, 502);
    const Error error = error_from([&] { bench.project.push(bench.repo); });
    CHECK(error.code() == ErrorCode::NetworkFailed);
    CHECK(error.message().find("not known whether") != std::string::npos);
    CHECK(bench.project.stage_of(id) == store::Stage::Committed);
    bench.hub.clear_faults();
    const flow::PushResult pushed = bench.project.push(bench.repo);
    CHECK(pushed.recovered == 1);
    CHECK(pushed.uploaded == 0);
    CHECK(bench.project.stage_of(id) == store::Stage::Pushed);
    CHECK(bench.hub.commits(bench.repo).size() == 2);
}

TEST_CASE("expired storage addresses are renewed") {
    hub_emulator::Options options;
    options.lfs_threshold = 100;
    SECTION("basic") {}
    SECTION("multipart") {
        options.multipart_threshold = 1000;
        options.chunk_size = 500;
    }
    HubBench bench(options);
    bench.project.commit("one");
    hub_emulator::Fault expired;
    expired.kind = FaultKind::k_presigned_expired;
    expired.origin = hub_emulator::Origin::k_storage;
    bench.hub.add_fault(expired);
    const flow::PushResult pushed = bench.project.push(bench.repo);
    CHECK(sha256_hex(bench.hub.file(bench.repo, pushed.shards[0].path)) == pushed.shards[0].sha256);
    CHECK(bench.asked("POST", "/objects/batch") == 2);
}

TEST_CASE("visibility is what was asked for, or the push stops") {
    HubBench bench;
    const TraceId id = bench.project.commit("one");
    flow::PushOptions options = bench.options();
    SECTION("a public dataset is made private before anything is uploaded") {
        bench.hub.add_repo(bench.repo);
        options.visibility = hub::Visibility::Private;
        CHECK(bench.project.push(options).visibility == hub::Visibility::Private);
        CHECK(bench.hub.repo(bench.repo).is_private);
        const auto log = bench.hub.requests();
        const auto set =
            std::find_if(log.begin(), log.end(), [](const auto& r) { return r.method == "PUT"; });
        const auto sent = std::find_if(log.begin(), log.end(), [](const auto& r) {
            return r.target.find("/preupload/") != std::string::npos;
        });
        CHECK(set < sent);
    }
    SECTION("a dataset more public than asked for stops the push") {
        bench.hub.add_repo(bench.repo);
        const Error error = error_from([&] { bench.project.push(options); });
        CHECK(error.code() == ErrorCode::VisibilityMismatch);
        CHECK(error.hint().find("--public") != std::string::npos);
        CHECK(bench.project.stage_of(id) == store::Stage::Committed);
        CHECK(bench.asked("POST", "/preupload/") == 0);
    }
    SECTION("--publish asks whoever has to be asked, and changes nothing without a yes") {
        bench.project.push(options);
        options.publish = true;
        options.dry_run = GENERATE(false, true);
        options.before_public = [](const std::string&) {
            throw Error(ErrorCode::ConfirmationRequired, "nobody can be asked");
        };
        CHECK(error_from([&] { bench.project.push(options); }).code() == ErrorCode::ConfirmationRequired);
        CHECK(bench.hub.repo(bench.repo).is_private);
    }
    SECTION("--public for a private dataset is refused with a hint") {
        hub_emulator::RepoOptions repo;
        repo.is_private = true;
        bench.hub.add_repo(bench.repo, repo);
        options.visibility = hub::Visibility::Public;
        const Error error = error_from([&] { bench.project.push(options); });
        CHECK(error.code() == ErrorCode::VisibilityMismatch);
        CHECK(error.hint().find("--publish") != std::string::npos);
    }
    SECTION("a new public dataset") {
        options.visibility = hub::Visibility::Public;
        CHECK(bench.project.push(options).visibility == hub::Visibility::Public);
    }
    SECTION("--publish changes the visibility and nothing else") {
        bench.project.push(options);
        bench.project.commit("two");
        options.publish = true;
        const flow::PushResult result = bench.project.push(options);
        CHECK(result.visibility == hub::Visibility::Public);
        CHECK(result.uploaded == 0);
        CHECK(bench.hub.commits(bench.repo).size() == 2);
        CHECK(bench.project.count(store::Stage::Committed) == 1);
    }
    SECTION("gating is in force before the upload") {
        options.gated = hub::Gating::Manual;
        CHECK(bench.project.push(options).gating == hub::Gating::Manual);
        CHECK(bench.hub.repo(bench.repo).gated == "manual");
    }
    SECTION("gating alone works") {
        bench.project.push(options);
        options.gated = hub::Gating::Auto;
        const flow::PushResult result = bench.project.push(options);
        CHECK(result.gating == hub::Gating::Auto);
        CHECK(result.uploaded == 0);
    }
}

TEST_CASE("a pull request brings traces to somebody else's dataset") {
    HubBench bench;
    bench.hub.add_user("bob", "hf_bob");
    Project bob(*bench.transport, 8);
    bench.log_in(bob, "hf_bob");
    bob.commit("theirs");
    flow::PushOptions options;
    options.remote = "bob/traces";
    options.visibility = hub::Visibility::Public;
    bob.push(options);
    const TraceId mine = bench.project.commit("mine");
    options.create_pull_request = true;
    const flow::PushResult pushed = bench.project.push(options);
    CHECK(pushed.uploaded == 1);
    CHECK(pushed.pull_request_url == bench.hub.hub_url() + "/datasets/bob/traces/discussions/1");
    CHECK(bench.hub.commits("bob/traces").size() == 2);
    CHECK(bench.hub.head("bob/traces", "refs/pr/1") == pushed.commit);
    CHECK(recount(bench.hub, "bob/traces", bench.hub.head("bob/traces")).traces == 1);
    CHECK(bench.project.stage_of(mine) == store::Stage::Committed);  // offered, not pushed
}

TEST_CASE("a renamed dataset is followed to its new name") {
    HubBench bench;
    bench.project.commit("one");
    bench.project.push(bench.repo);
    bench.hub.rename_repo(bench.repo, "alice/renamed");
    bench.project.commit("two");
    const flow::PushResult pushed = bench.project.push(bench.repo);
    CHECK(pushed.remote == "alice/renamed");
    CHECK(recount(bench.hub, "alice/renamed", pushed.commit).traces == 2);
}

TEST_CASE("two pushers at once end with both shards and true totals") {
    HubBench bench;
    bench.project.commit("start");
    bench.project.push(bench.repo);
    Project other(*bench.transport, 8);
    bench.log_in(other, "hf_alice");
    bench.project.commit_many("a", 3);
    bench.project.commit("shared");
    other.commit_many("b", 3);
    other.commit("shared");
    std::thread thread([&] { other.push(bench.repo); });
    bench.project.push(bench.repo);
    thread.join();
    const Recount counted = recount(bench.hub, bench.repo, bench.hub.head(bench.repo));
    CHECK(counted.traces == 8);
    CHECK(counted.doubled == 0);
    CHECK(counted.shards == 3);
}
