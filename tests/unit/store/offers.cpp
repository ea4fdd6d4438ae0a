// Pull requests, marks of people, and failures, as the store keeps them.
#include "opentraces/trace/codec.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

Offer offer_to(const std::string& remote, std::int64_t number = 3) {
    Offer offer;
    offer.remote = remote;
    offer.number = number;
    offer.url = "https://hub/datasets/" + remote + "/discussions/3";
    return offer;
}

struct OfferBench : StoreBench {
    OfferBench() {
        id = stage("s1");
        store->commit({id}, "m", ids);
        store->finish_offer(begin({id}, "bob/data@refs/pr/3"), offer_to("bob/data"));
    }
    TraceId id;
};

}  // namespace

TEST_CASE("offers: what is offered is not pushed, and nobody moves or changes it") {
    OfferBench bench;
    CHECK(bench.stage_of(bench.id) == Stage::Committed);
    CHECK(bench.store->pushes().empty());
    CHECK(bench.store->open_pushes().empty());
    const auto offers = bench.store->offers();
    REQUIRE(offers.size() == 1);
    CHECK(offers[0].remote == "bob/data");
    CHECK(offers[0].number == 3);
    CHECK(offers[0].state == OfferState::Open);
    CHECK(offers[0].traces == std::vector<TraceId>{bench.id});
    const Error refused = error_of([&] { bench.store->reset({bench.id}); });
    CHECK(refused.code() == ErrorCode::InvalidState);
    CHECK(refused.message().find("discussions/3") != std::string::npos);
    const std::string line = bench.store->read_line(bench.id);
    const TraceId later = bench.stage("s1", "More");
    CHECK(later != bench.id);
    CHECK(bench.store->read_line(bench.id) == line);
    // The later version can be committed; the offered one stays, because it may be merged at any time.
    CHECK(bench.store->commit({later}, "m", bench.ids).replaced.empty());
    CHECK(bench.stage_of(bench.id) == Stage::Committed);
}

TEST_CASE("offers: merged is pushed, closed is free again, once") {
    OfferBench bench;
    const Offer offer = bench.store->offers().front();
    const bool merged = GENERATE(true, false);
    bench.store->settle_offer(offer, merged ? OfferState::Merged : OfferState::Closed);
    CHECK(bench.store->offers().front().state == (merged ? OfferState::Merged : OfferState::Closed));
    CHECK(error_of([&] { bench.store->settle_offer(offer, OfferState::Closed); }).code() ==
          ErrorCode::InvalidState);
    if (merged) {
        CHECK(bench.stage_of(bench.id) == Stage::Pushed);
        CHECK(bench.store->pushed_to("bob/data") == std::vector<TraceId>{bench.id});
        CHECK(bench.store->pushes().front().commit_url == offer.url);
    } else {
        CHECK(bench.stage_of(bench.id) == Stage::Committed);
        bench.store->reset({bench.id});
        bench.store->discard({bench.id});
        CHECK(bench.store->offers().front().traces.empty());
    }
}

TEST_CASE("offers: what the dataset had already is pushed to it") {
    StoreBench bench;
    const TraceId fresh = bench.stage("s1");
    const TraceId known = bench.stage("s2");
    bench.store->commit({fresh, known}, "m", bench.ids);
    PushIntent intent;
    intent.remote = "bob/data@refs/pr/3";
    intent.traces = {fresh};
    intent.duplicates = {known};
    bench.store->finish_offer(bench.store->begin_push(intent), offer_to("bob/data"));
    CHECK(bench.stage_of(fresh) == Stage::Committed);
    CHECK(bench.stage_of(known) == Stage::Pushed);
    CHECK(bench.store->pushed_to("bob/data") == std::vector<TraceId>{known});
}

TEST_CASE("reviewed: a mark holds until the text is another one") {
    StoreBench bench;
    const TraceId id = bench.stage("s1", text_with_token());
    Filter marked;
    marked.needs_review = true;
    CHECK(bench.store->find(id.str()).needs_review);
    CHECK(bench.store->count(marked) == 1);
    bench.store->mark_reviewed({id, id});
    CHECK_FALSE(bench.store->find(id.str()).needs_review);
    CHECK(bench.store->find(id.str()).reviewed);
    CHECK(bench.store->list(marked).empty());
    // Committing does not change the text, nor does capturing it again.
    bench.stage("s1", text_with_token());
    bench.store->commit({id}, "m", bench.ids);
    bench.store->reset({id});
    CHECK(bench.store->find(id.str()).reviewed);
    bench.stage("s1", text_with_token() + " and more");
    CHECK(bench.store->find(id.str()).needs_review);
    CHECK_FALSE(bench.store->find(id.str()).reviewed);
    CHECK(error_of([&] { bench.store->mark_reviewed({TraceId("none")}); }).code() == ErrorCode::NotFound);
}

TEST_CASE("reviewed: the mark stays when what the trace supersedes is settled") {
    StoreBench bench;
    const TraceId first = bench.stage("s1");
    bench.store->commit({first}, "m", bench.ids);
    const TraceId second = bench.stage("s1", text_with_token());
    bench.store->mark_reviewed({second});
    bench.push({first});
    bench.store->commit({second}, "m", bench.ids);
    CHECK(bench.store->find(second.str()).supersedes == first);
    CHECK(bench.store->find(second.str()).reviewed);
}

TEST_CASE("commits: found by their ids, and renamed until they are pushed") {
    StoreBench bench;
    const TraceId one = bench.stage("s1");
    const TraceId two = bench.stage("s2");
    const CommitGroup group = bench.store->commit({one, two}, "work", bench.ids);
    CHECK(bench.store->find_commit(group.id.str())->traces == group.traces);
    CHECK(bench.store->find_commit(group.id.str().substr(0, 5))->id == group.id);
    CHECK_FALSE(bench.store->find_commit(group.id.str().substr(0, 3)));
    CHECK_FALSE(bench.store->find_commit("-"));
    CHECK(bench.store->amend(group.id, "better").message == "better");
    CHECK(bench.store->commit_groups().front().message == "better");
    const PushIntent intent = bench.begin({one});
    CHECK(error_of([&] { bench.store->amend(group.id, "no"); }).code() == ErrorCode::InvalidState);
    bench.store->finish_push(intent, {});
    CHECK(error_of([&] { bench.store->amend(group.id, "no"); }).code() == ErrorCode::InvalidState);
    CHECK(error_of([&] { bench.store->amend(CommitId("ffffffffffff"), "no"); }).code() ==
          ErrorCode::NotFound);
    // It stays to be seen, and says which of its traces went with which push.
    CHECK(bench.store->commit_groups().front().traces.size() == 2);
    CHECK(bench.store->pushes().front().trace_ids == std::vector<TraceId>{one});
}

TEST_CASE("push failures: the last one of each remote, until it ends well") {
    StoreBench bench;
    bench.store->note_push_failure({"me/data", "NETWORK_FAILED", "no network", {}});
    bench.clock.sleep(std::chrono::seconds(1));
    bench.store->note_push_failure({"me/other", "LOCKED", "busy", {}});
    bench.store->note_push_failure({"me/data", "INVALID_TOKEN", "refused", {}});
    bench.reopen();
    auto failures = bench.store->push_failures();
    REQUIRE(failures.size() == 2);
    CHECK(failures[0].remote == "me/data");
    CHECK(failures[0].code == "INVALID_TOKEN");
    CHECK(failures[0].at == bench.clock.now());
    bench.store->clear_push_failure("me/data");
    CHECK(bench.store->push_failures().size() == 1);
}
