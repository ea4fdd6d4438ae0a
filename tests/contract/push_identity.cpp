// One session is one trace in a dataset, whoever sends it and however often.
#include "doubles/either_bench.hpp"
#include "doubles/error_from.hpp"
#include "doubles/index_texts.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

// Two homes with keys of their own, and a dataset, in a folder or on a Hub.
struct Homes : EitherBench {
    explicit Homes(bool on_hub) : EitherBench(on_hub) {
        log_in(second, "hf_alice");
        project.scrub.pseudonym_key = "first";
        second.scrub.pseudonym_key = "second";
    }

    flow::PushResult push(Project& who) { return who.push(remote()); }
    std::int64_t traces() const { return index().totals().traces; }

    Project second{*transport, 8};
};

using Ids = std::vector<TraceId>;

}  // namespace

TEST_CASE("identity: a session from two homes is in a dataset once") {
    Homes homes(GENERATE(false, true));
    homes.project.commit("same", k_text_with_name);
    REQUIRE(homes.push(homes.project).uploaded == 1);
    SECTION("under another key it reads differently, and that is said") {
        const TraceId id = homes.second.commit("same", k_text_with_name);
        const flow::PushResult pushed = homes.push(homes.second);
        CHECK(pushed.uploaded == 0);
        CHECK(pushed.duplicates == 1);
        CHECK(pushed.other_text == Ids{id});
        CHECK(pushed.superseded.empty());
        CHECK(pushed.commit.empty());
        CHECK(homes.second.stage_of(id) == store::Stage::Pushed);
    }
    SECTION("under the same key it is the same") {
        homes.second.scrub = homes.project.scrub;
        homes.second.commit("same", k_text_with_name);
        const flow::PushResult pushed = homes.push(homes.second);
        CHECK(pushed.duplicates == 1);
        CHECK(pushed.other_text.empty());
    }
    SECTION("others go with the same push") {
        const TraceId id = homes.second.commit("same", k_text_with_name);
        homes.second.commit("other", k_text_with_name);
        const flow::PushResult pushed = homes.push(homes.second);
        CHECK(pushed.uploaded == 1);
        CHECK(pushed.other_text == Ids{id});
        CHECK(homes.traces() == 2);
        return;
    }
    CHECK(homes.traces() == 1);
}

TEST_CASE("identity: a later revision is sent, an earlier one is not") {
    Homes homes(GENERATE(false, true));
    Project& first = homes.project;
    Project& second = homes.second;
    const std::string elsewhere = homes.place.file("elsewhere");
    first.commit("s");
    homes.push(first);
    SECTION("sent, naming what it supersedes") {
        const TraceId before = second.commit("s");
        second.push(elsewhere);
        const TraceId later = second.commit("s", "It went on");
        REQUIRE(later != before);
        const flow::PushResult pushed = homes.push(second);
        CHECK(pushed.uploaded == 1);
        CHECK(pushed.duplicates == 0);
        CHECK(homes.traces() == 2);
        CHECK(homes.read(pushed.shards.at(0).path).find("\"opentraces_supersedes\":\"" + before.str()) !=
              std::string::npos);
    }
    SECTION("superseded") {
        first.commit("s", "It went on");
        homes.push(first);
        const TraceId id = second.commit("s", k_text_with_name);
        const flow::PushResult pushed = homes.push(second);
        CHECK(pushed.uploaded == 0);
        CHECK(pushed.duplicates == 1);
        CHECK(pushed.other_text.empty());
        CHECK(pushed.superseded == Ids{id});
        CHECK(second.stage_of(id) == store::Stage::Pushed);
        CHECK(homes.traces() == 2);
    }
    SECTION("superseded by one that skipped some") {
        first.commit("s", "It went on");
        first.push(elsewhere);
        first.commit("s", "Even more");
        homes.push(first);
        second.commit("s");
        second.push(homes.place.file("third"));
        const TraceId id = second.commit("s", "It went on");
        const flow::PushResult pushed = homes.push(second);
        CHECK(pushed.superseded == Ids{id});
        CHECK(homes.traces() == 2);
    }
}

TEST_CASE("identity: an index without ids is completed once, in the commit of the push") {
    Homes homes(GENERATE(false, true));
    homes.project.commit("one", k_text_with_name);
    homes.push(homes.project);
    homes.project.commit("two", k_text_with_name);
    homes.push(homes.project);
    const std::string old_index = without_ids(homes.read(shard::index_path(1)));
    REQUIRE(old_index.find("\"ids\"") == std::string::npos);
    homes.write(shard::index_path(1), old_index);

    homes.second.commit("one", k_text_with_name);
    homes.second.commit("mine");
    homes.hub.clear_log();
    const flow::PushResult pushed = homes.push(homes.second);
    CHECK(pushed.uploaded == 1);
    CHECK(pushed.other_text.size() == 1);
    CHECK(homes.second.progress.warnings.empty());
    if (homes.on_hub) CHECK(homes.asked("GET", "/data/traces_") == 2);

    const std::string text = homes.read(shard::index_path(1));
    CHECK(text.starts_with(old_index));
    const shard::Index index = homes.index();
    REQUIRE(index.entries().size() == 3);
    for (const shard::IndexEntry* entry : index.entries()) {
        CHECK(entry->summary.has_ids());
        CHECK(entry->scan.has_value());
    }

    Project third(*homes.transport, 9);
    homes.log_in(third, "hf_alice");
    third.commit("theirs");
    homes.hub.clear_log();
    CHECK(homes.push(third).uploaded == 1);
    CHECK(homes.asked("GET", "/data/traces_") == 0);
}

TEST_CASE("identity: what an older version has remembered of shards, without ids, is not enough") {
    Homes homes(GENERATE(false, true));
    homes.project.commit("one", k_text_with_name);
    homes.push(homes.project);
    shard::IndexEntry old = *homes.index().entries().at(0);
    old.summary.ids = {};
    for (const std::string& digest : {old.summary.sha256, old.summary.git_blob})
        homes.second.store->cache("shard", digest, shard::to_text(old));
    homes.write(shard::index_path(1), without_ids(homes.read(shard::index_path(1))));
    const TraceId id = homes.second.commit("one", k_text_with_name);
    CHECK(homes.push(homes.second).other_text == Ids{id});
    CHECK(homes.traces() == 1);
}

TEST_CASE("identity: what an index without ids lacks is read once, also when nothing is sent") {
    Homes homes(true);
    homes.project.commit("one", k_text_with_name);
    homes.push(homes.project);
    homes.write(shard::index_path(1), without_ids(homes.read(shard::index_path(1))));
    for (const std::size_t reads : {1, 0}) {
        const std::string session = reads == 1 ? "one" : "two";
        homes.second.commit(session, k_text_with_name);
        homes.hub.clear_log();
        CHECK(homes.push(homes.second).uploaded == (reads == 1 ? 0 : 1));
        CHECK(homes.asked("GET", "/data/traces_") == reads);
    }
}

TEST_CASE("identity: a shard never takes the name of another") {
    Homes homes(GENERATE(false, true));
    homes.project.commit("one");
    homes.second.commit("two");
    homes.project.ids = SeededIds(1);
    homes.second.ids = SeededIds(1);
    REQUIRE(homes.push(homes.project).uploaded == 1);
    const flow::PushResult pushed = homes.push(homes.second);
    CHECK(pushed.uploaded == 1);
    CHECK(homes.traces() == 2);
    CHECK(homes.index().entries().size() == 2);
}
