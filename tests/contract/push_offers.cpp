// Pull requests to other people's datasets: offered, and what becomes of it.
#include "doubles/error_from.hpp"
#include "doubles/hub_bench.hpp"
#include "opentraces/flow/offers.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

struct OfferBench : HubBench {
    OfferBench() {
        hub.add_user("bob", "hf_bob");
        hub.add_repo("bob/traces");
        mine = project.commit("mine");
        options.remote = "bob/traces";
        options.visibility = hub::Visibility::Public;
        options.create_pull_request = true;
    }
    flow::PushResult offer() { return project.push(options); }
    std::vector<flow::OfferNews> ask() {
        flow::Ports ports = project.ports();
        return flow::ask_offers(ports, project.store->offers(), project.progress);
    }

    TraceId mine;
    flow::PushOptions options;
};

}  // namespace

TEST_CASE("offers: what is offered is not pushed and not sent again while the request is open") {
    OfferBench bench;
    const flow::PushResult offered = bench.offer();
    CHECK(offered.uploaded == 1);
    CHECK(offered.pull_request_url == bench.hub.hub_url() + "/datasets/bob/traces/discussions/1");
    CHECK(bench.project.stage_of(bench.mine) == store::Stage::Committed);
    const flow::PushResult again = bench.offer();
    CHECK(again.uploaded == 0);
    CHECK(again.offered == 1);
    CHECK(bench.asked("POST", "/discussions") == 1);
    // What is new goes into a request of its own.
    bench.project.commit("more");
    CHECK(bench.offer().uploaded == 1);
    CHECK(bench.asked("POST", "/discussions") == 2);
}

TEST_CASE("offers: a merged one is pushed, and not sent again") {
    OfferBench bench;
    bench.offer();
    bench.hub.merge_pull_request("bob/traces", 1);
    const flow::PushResult again = bench.offer();
    CHECK(again.uploaded == 0);
    CHECK(again.offered == 0);
    CHECK(bench.project.stage_of(bench.mine) == store::Stage::Pushed);
    CHECK(bench.project.store->pushed_to("bob/traces") == std::vector<TraceId>{bench.mine});
    CHECK(recount(bench.hub, "bob/traces", bench.hub.head("bob/traces")).traces == 1);
}

TEST_CASE("offers: a declined one may be sent again") {
    OfferBench bench;
    bench.offer();
    bench.hub.close_pull_request("bob/traces", 1);
    const flow::PushResult again = bench.offer();
    CHECK(again.uploaded == 1);
    CHECK(again.pull_request_url.ends_with("/discussions/2"));
    const auto offers = bench.project.store->offers();
    REQUIRE(offers.size() == 2);
    CHECK(offers[0].state == store::OfferState::Open);
    CHECK(offers[1].state == store::OfferState::Closed);
}

TEST_CASE("offers: the Hub is asked about open ones only, and nobody waits for it") {
    OfferBench bench;
    CHECK(bench.ask().empty());
    bench.offer();
    bench.hub.clear_log();
    auto news = bench.ask();
    REQUIRE(news.size() == 1);
    CHECK(news[0].known);
    CHECK(news[0].offer.state == store::OfferState::Open);
    CHECK_FALSE(news[0].is_new);

    bench.fault(hub_emulator::FaultKind::k_status, "GET", "/discussions/1", 1, -1, 503);
    const int sleeps = bench.project.clock.sleeps();
    news = bench.ask();
    CHECK_FALSE(news[0].known);
    CHECK(bench.project.clock.sleeps() == sleeps);
    bench.hub.clear_faults();

    bench.hub.merge_pull_request("bob/traces", 1);
    news = bench.ask();
    CHECK(news[0].is_new);
    CHECK(news[0].offer.state == store::OfferState::Merged);
    // Asking alone changes nothing.
    CHECK(bench.project.store->offers()[0].state == store::OfferState::Open);
    flow::settle_offers(*bench.project.store, news);
    flow::settle_offers(*bench.project.store, news);
    CHECK(bench.project.stage_of(bench.mine) == store::Stage::Pushed);
    bench.hub.clear_log();
    CHECK(bench.ask().size() == 1);
    CHECK(bench.hub.requests().empty());
}

TEST_CASE("offers: one that was interrupted after its commit is found by the next push") {
    OfferBench bench;
    bench.fault(hub_emulator::FaultKind::k_status, "POST", "/paths-info", 1, -1, 503);
    error_from([&] { bench.offer(); });
    CHECK(bench.project.store->open_pushes().size() == 1);
    bench.hub.clear_faults();
    const flow::PushResult again = bench.offer();
    CHECK(again.uploaded == 0);
    CHECK(again.offered == 1);
    REQUIRE(bench.project.store->offers().size() == 1);
    CHECK(bench.project.store->offers()[0].remote == "bob/traces");
    CHECK(bench.project.store->offers()[0].number == 1);
    CHECK(bench.asked("POST", "/discussions") == 1);
}

TEST_CASE("offers: who may not write is told of them") {
    OfferBench bench;
    bench.options.create_pull_request = false;
    const bool dry = GENERATE(false, true);
    bench.options.dry_run = dry;
    const Error error = error_from([&] { bench.offer(); });
    CHECK(error.code() == ErrorCode::PermissionDenied);
    CHECK(error.hint().find("opentraces push --create-pr") != std::string::npos);
    CHECK(bench.hub.commits("bob/traces").size() == 1);
}

TEST_CASE("a dry run to the Hub makes nothing, and is refused what the push would be refused") {
    HubBench bench;
    bench.project.commit("one");
    flow::PushOptions options = bench.options();
    options.dry_run = true;
    const flow::PushResult result = bench.project.push(options);
    REQUIRE(result.preview);
    CHECK(result.preview->creates_dataset);
    CHECK(result.preview->traces.size() == 1);
    CHECK_FALSE(bench.hub.has_repo(bench.repo));

    SECTION("a token that only reads") {
        bench.hub.add_user("alice", "hf_reader", "read");
        bench.project.environment.variables["HF_TOKEN"] = "hf_reader";
    }
    SECTION("somebody else's name") {
        options.remote = "bob/traces";
    }
    SECTION("publishing") {
        bench.hub.add_user("bob", "hf_bob");
        bench.hub.add_repo("bob/traces");
        options.remote = "bob/traces";
        options.publish = true;
    }
    CHECK(error_from([&] { bench.project.push(options); }).code() == ErrorCode::PermissionDenied);
}

TEST_CASE("publishing in a dry run publishes nothing") {
    HubBench bench;
    hub_emulator::RepoOptions made;
    made.is_private = true;
    bench.hub.add_repo(bench.repo, made);
    flow::PushOptions options = bench.options();
    options.publish = true;
    options.dry_run = true;
    bench.project.push(options);
    CHECK(bench.hub.repo(bench.repo).is_private);
}

TEST_CASE("a push to the Hub that is stopped before anything is sent leaves no dataset") {
    HubBench bench;
    bench.project.commit("one");
    flow::PushOptions options = bench.options();
    SECTION("by the last scan") {
        options.scan.custom_strings = {"Fix the bug"};
    }
    SECTION("by the gate") {
        options.assess = true;
        options.gate = true;
    }
    CHECK(error_from([&] { bench.project.push(options); }).exit_status() == 8);
    CHECK_FALSE(bench.hub.has_repo(bench.repo));
}

TEST_CASE("a new public dataset is made only after whoever has to be asked has said yes") {
    HubBench bench;
    const TraceId id = bench.project.commit("one");
    flow::PushOptions options = bench.options();
    options.configured_visibility = hub::Visibility::Public;
    std::string asked;
    options.before_public = [&](const std::string& dataset) {
        asked = dataset;
        throw Error(ErrorCode::ConfirmationRequired, "nobody can be asked");
    };
    options.dry_run = GENERATE(false, true);
    CHECK(error_from([&] { bench.project.push(options); }).code() == ErrorCode::ConfirmationRequired);
    CHECK(asked == bench.repo);
    CHECK_FALSE(bench.hub.has_repo(bench.repo));
    CHECK(bench.project.stage_of(id) == store::Stage::Committed);
}

TEST_CASE("offers: a dry run knows what was merged or declined, and writes none of it down") {
    OfferBench bench;
    bench.offer();
    const bool merged = GENERATE(true, false);
    if (merged) {
        bench.hub.merge_pull_request("bob/traces", 1);
    } else {
        bench.hub.close_pull_request("bob/traces", 1);
    }
    bench.options.dry_run = true;
    const flow::PushResult dry = bench.offer();
    CHECK(dry.offered == 0);
    CHECK((dry.preview && !dry.preview->traces.empty()) == !merged);
    CHECK(bench.project.store->offers()[0].state == store::OfferState::Open);
    CHECK(bench.project.stage_of(bench.mine) == store::Stage::Committed);
    bench.options.dry_run = false;
    CHECK(bench.offer().uploaded == (merged ? 0 : 1));
}
