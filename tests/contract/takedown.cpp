// Traces taken back from a dataset, on a Hub and in a folder: all of it in one commit, and they stay away.
#include "doubles/takedown_bench.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

using Ids = std::vector<TraceId>;

struct Published : TakedownBench {
    Published() : TakedownBench(GENERATE(false, true)) {
        first = project.commit("first", "The first").str();
        bad = project.commit("bad", "About " + k_codename).str();
        push(project);
        other = project.commit("other", "Another shard").str();
        push(project);
        REQUIRE(problems().empty());
    }
    std::string first;
    std::string bad;
    std::string other;
};

}  // namespace

TEST_CASE("takedown: a trace is removed in one commit, and everything else stays") {
    Published bench;
    const std::vector<std::string> before = bench.files("data");
    const std::string kept = bench.read(before[1]);
    const std::string line = bench.read(before[0]).substr(0, bench.read(before[0]).find('\n') + 1);
    const std::size_t commits = bench.on_hub ? bench.hub.commits(bench.repo).size() : 0;
    flow::TakedownOptions options = bench.options({bench.bad}, Published::Kind::Removed);
    options.reason = "a customer's name";
    const flow::TakedownReport report = bench.take_down(options);
    REQUIRE(report.traces.size() == 1);
    CHECK(report.traces[0].trace_id == bench.bad);
    CHECK(report.traces[0].shard == before[0]);
    CHECK(report.shards_rewritten == 1);
    CHECK(report.shards_removed == 0);
    CHECK_FALSE(report.commit.empty());
    if (bench.on_hub) CHECK(bench.hub.commits(bench.repo).size() == commits + 1);

    const std::vector<std::string> after = bench.files("data");
    REQUIRE(after.size() == 2);
    CHECK(std::find(after.begin(), after.end(), before[0]) == after.end());
    CHECK(bench.lines().size() == kept.size() + line.size());
    CHECK(has(bench.lines(), kept));
    CHECK(has(bench.lines(), line));
    CHECK_FALSE(has(bench.lines(), k_codename));
    const shard::Withdrawals withdrawn = bench.withdrawn();
    REQUIRE(withdrawn.all().size() == 1);
    CHECK(withdrawn.all()[0].trace_id == bench.bad);
    CHECK(withdrawn.all()[0].content_hash == report.traces[0].content_hash);
    CHECK(withdrawn.all()[0].reason == "a customer's name");
    CHECK_FALSE(has(withdrawn.text(), k_codename));
    CHECK(has(bench.read("README.md"), "| Total traces | 2 |"));
    CHECK(has(bench.read("README.md"), "| Withdrawn | 1 trace "));
    CHECK(bench.problems().empty());
}

TEST_CASE("takedown: what was removed is not pushed again, by anybody, in no text and no revision") {
    Published bench;
    bench.remove({bench.bad});
    const TraceId same = bench.second.commit("bad", "About " + k_codename);
    flow::PushResult pushed = bench.push(bench.second);
    CHECK(pushed.withdrawn == Ids{same});
    CHECK(pushed.uploaded == 0);
    CHECK(pushed.duplicates == 0);
    CHECK(pushed.commit.empty());
    CHECK(bench.second.stage_of(same) == store::Stage::Committed);
    // The session went on: what it said before is in it.
    const TraceId longer = bench.project.commit("bad", "Even more");
    REQUIRE(longer.str() != bench.bad);
    CHECK(bench.push(bench.project).withdrawn == Ids{longer});
    const TraceId fine = bench.second.commit("fine", "Another session");
    pushed = bench.push(bench.second);
    CHECK(pushed.uploaded == 1);
    CHECK(pushed.withdrawn == Ids{same});
    CHECK(bench.second.stage_of(fine) == store::Stage::Pushed);
    CHECK(bench.withdrawn().all().size() == 1);
    CHECK(bench.problems().empty());
}

TEST_CASE("takedown: a trace is redacted, and only its old text stays away") {
    Published bench;
    const std::string old_text = bench.read(bench.files("data")[0]);
    const flow::TakedownReport report = bench.redact({bench.bad});
    REQUIRE(report.traces.size() == 1);
    CHECK(report.traces[0].redactions.size() == 1);
    CHECK_FALSE(has(bench.lines(), k_codename));
    CHECK(has(bench.lines(), "About [REDACTED"));
    CHECK(has(bench.lines(), bench.bad));
    CHECK(bench.withdrawn().all()[0].kind == Published::Kind::Redacted);
    CHECK(has(bench.read("README.md"), "| Total traces | 3 |"));
    CHECK(bench.problems().empty());
    SECTION("again there is nothing to do") {
        const std::string head = bench.head();
        const flow::TakedownReport again = bench.redact({bench.bad});
        CHECK(again.traces.empty());
        CHECK(again.unchanged == std::vector<std::string>{bench.bad});
        CHECK(again.commit.empty());
        CHECK(bench.head() == head);
    }
    SECTION("the old text is not sent") {
        const TraceId same = bench.second.commit("bad", "About " + k_codename);
        CHECK(bench.push(bench.second).withdrawn == Ids{same});
    }
    SECTION("it can be removed afterwards") {
        CHECK(bench.remove({bench.bad}).traces.size() == 1);
        CHECK_FALSE(has(bench.lines(), bench.bad));
        CHECK(bench.withdrawn().all().size() == 2);
        CHECK(bench.problems().empty());
    }
}

TEST_CASE("takedown: a shard of which nothing is left goes, down to an empty dataset that takes new traces") {
    Published bench;
    CHECK(bench.remove({bench.other}).shards_removed == 1);
    CHECK(bench.files("data").size() == 1);
    CHECK(bench.problems().empty());
    CHECK(bench.remove({bench.first, bench.bad}).shards_removed == 1);
    CHECK(bench.files("data").empty());
    CHECK(has(bench.read("README.md"), "| Total traces | 0 |"));
    CHECK(bench.problems().empty());
    bench.second.commit("new", "After all that");
    CHECK(bench.push(bench.second).uploaded == 1);
    CHECK(bench.withdrawn().all().size() == 3);
    CHECK(bench.problems().empty());
}

TEST_CASE("takedown: what is nowhere, or not alone, is refused and nothing is changed") {
    Published bench;
    const std::string head = bench.head();
    const std::string unknown = "ffffffff-0000-5000-8000-000000000000";
    CHECK(error_from([&] { bench.remove({bench.first, unknown}); }).code() == ErrorCode::NotFound);
    std::string longest;
    CHECK(error_from([&] { bench.remove({"abc"}); }).code() ==
          ErrorCode::NotFound);  // too short for a beginning
    flow::TakedownOptions planned = bench.options({unknown}, Published::Kind::Removed);
    planned.targets[0].may_be_gone = true;
    CHECK(bench.take_down(planned).traces.empty());
    flow::TakedownOptions other_text = bench.options({bench.first}, Published::Kind::Removed);
    other_text.targets[0].content_hash = std::string(64, 'a');
    CHECK(bench.take_down(other_text).traces.empty());
    CHECK(bench.head() == head);
    SECTION("a beginning is enough where it is the only one") {
        CHECK(bench.remove({bench.first.substr(0, 13)}).traces.at(0).trace_id == bench.first);
        const flow::TakedownReport again = bench.remove({bench.first.substr(0, 13)});
        CHECK(again.traces.empty());
        CHECK(again.already == std::vector<std::string>{bench.first});
    }
    SECTION("a dry run says what would be done") {
        flow::TakedownOptions options = bench.options({bench.bad}, Published::Kind::Removed);
        options.dry_run = true;
        CHECK(bench.take_down(options).traces.size() == 1);
        CHECK(bench.head() == head);
    }
    SECTION("a list that cannot be read stops takedown and push") {
        bench.remove({bench.bad});
        const std::string good = bench.read(std::string(shard::k_withdrawn_path));
        bench.write(std::string(shard::k_withdrawn_path), good + "no json\n");
        bench.second.commit("more");
        CHECK(error_from([&] { bench.push(bench.second); }).code() == ErrorCode::CorruptDataset);
        CHECK(error_from([&] { bench.remove({bench.first}); }).code() == ErrorCode::CorruptDataset);
        CHECK(bench.problems().size() == 2);  // withdrawn_damaged, and the card that counts them
    }
}

TEST_CASE("takedown: what somebody puts back is named by verify, and taken out again") {
    Published bench;
    const std::string shard = bench.files("data")[0];
    const std::string text = bench.read(shard);
    bench.remove({bench.bad});
    bench.write(shard, text);
    const std::set<std::string> problems = bench.problems();
    CHECK(std::any_of(problems.begin(), problems.end(),
                      [](const std::string& problem) { return problem.starts_with("withdrawn: "); }));
    CHECK(bench.remove({bench.bad}).traces.size() == 1);
    CHECK_FALSE(has(bench.lines(), k_codename));
    flow::TakedownOptions options;
    options.remote = bench.remote();
    options.duplicates = true;
    CHECK(bench.take_down(options).doubled == 1);
    CHECK(bench.problems().empty());
}

TEST_CASE("takedown: duplicates go, by text and by id, and nothing is withdrawn") {
    Published bench;
    const std::string text = bench.read(bench.files("data")[0]);
    bench.write("data/traces_29990101T000000Z_0badcafe.jsonl", text);
    CHECK_FALSE(bench.problems().empty());
    flow::TakedownOptions options;
    options.remote = bench.remote();
    options.duplicates = true;
    CHECK(bench.take_down(options).doubled == 2);
    CHECK(bench.problems().empty());
    CHECK(bench.files("data").size() == 2);
    CHECK(bench.files("opentraces").size() == 1);
    CHECK(bench.take_down(options).commit.empty());
}

TEST_CASE("takedown: the scores are those of what is left, or said to be older") {
    Published bench;
    flow::PushOptions options;
    options.remote = bench.remote();
    bench.project.commit("scored");
    SECTION("of all shards") {
        options.assess = true;
        bench.project.push(options);
        REQUIRE(has(bench.read("quality.json"), "\"trace_count\": 4"));
        CHECK_FALSE(bench.remove({bench.bad}).scores_are_older);
        CHECK(has(bench.read("quality.json"), "\"trace_count\": 3"));
    }
    SECTION("of none but the published") {
        bench.write("quality.json", R"({"scorer_version":"0.2.0","scoring_mode":"deterministic",
            "assessed_at":"2026-01-01T00:00:00+00:00","trace_count":3,"persona_scores":{},
            "overall_utility":50.0,"gate_status":"passing","gate_failures":[]})");
        CHECK(bench.remove({bench.bad}).scores_are_older);
    }
    CHECK(bench.problems().empty());
}
