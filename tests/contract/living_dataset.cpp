// What follows from a takedown in copies, what replaces an older revision, and what rescan finds.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "doubles/takedown_bench.hpp"
#include "opentraces/json/reader.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

using Ids = std::vector<TraceId>;

struct Living : TakedownBench {
    Living() : TakedownBench(GENERATE(false, true)) {}

    flow::PullResult pull() {
        flow::Ports ports = second.ports();
        flow::PullOptions options;
        options.remote = remote();
        options.folder = copy.file("copy");
        return flow::pull(ports, *second.store, options, second.progress);
    }
    std::map<std::string, std::string> copied() const {
        std::map<std::string, std::string> files;
        for (const auto& file : std::filesystem::directory_iterator(copy.file("copy") + "/data")) {
            std::ifstream in(file.path(), std::ios::binary);
            files[file.path().filename()] = {std::istreambuf_iterator<char>(in), {}};
        }
        return files;
    }
    std::string copied_lines() const {
        std::string text;
        for (const auto& [name, lines] : copied())
            text += lines;
        return text;
    }
    flow::RescanReport rescan(const std::vector<std::string>& strings, bool all = false,
                              const std::string& output = {}) {
        flow::Ports ports = second.ports();
        flow::RescanOptions options;
        options.remote = remote();
        options.scan.custom_strings = strings;
        options.all = all;
        options.output = output;
        return flow::rescan(ports, *second.store, second.folder.path(), options, second.progress);
    }

    TemporaryDirectory copy;
};

}  // namespace

TEST_CASE("living: a pull takes withdrawn traces out of the copy that is there") {
    Living bench;
    const std::string bad = bench.project.commit("bad", "About " + k_codename).str();
    const std::string good = bench.project.commit("good", "Something else").str();
    bench.push(bench.project);
    bench.project.commit("more", "Another shard");
    bench.push(bench.project);
    bench.pull();
    REQUIRE(has(bench.copied_lines(), k_codename));
    SECTION("the old shard goes, because the new one has what was left") {
        bench.remove({bad});
        const flow::PullResult pulled = bench.pull();
        CHECK(pulled.withdrawn == 1);
        CHECK(pulled.gone.empty());
        CHECK(pulled.problems.empty());
        CHECK(bench.copied_lines() == bench.lines());
        CHECK(bench.pull().withdrawn == 0);
    }
    SECTION("what the dataset does not have elsewhere stays") {
        bench.remove({bad});
        const std::string rewritten = [&] {
            for (const std::string& path : bench.files("data"))
                if (has(bench.read(path), good)) return path;
            return std::string();
        }();
        // Somebody drops the shard that has the rest.
        if (bench.on_hub)
            bench.hub.commit_files(bench.repo, {}, "alice", "Drop", "main", {rewritten});
        else
            bench.project.disk->remove(bench.remote() + "/" + rewritten);
        const flow::PullResult pulled = bench.pull();
        CHECK(pulled.withdrawn == 1);
        CHECK(pulled.gone.size() == 1);
        CHECK_FALSE(has(bench.copied_lines(), k_codename));
        CHECK(has(bench.copied_lines(), "Something else"));
        CHECK(bench.pull().problems.empty());
    }
    SECTION("what was changed by hand is not touched, and named") {
        std::string name;
        for (const auto& [file, text] : bench.copied())
            if (has(text, bad)) name = file;
        std::ofstream(bench.copy.file("copy") + "/data/" + name, std::ios::app) << "{}\n";
        bench.remove({bad});
        const flow::PullResult pulled = bench.pull();
        REQUIRE(pulled.problems.size() == 1);
        CHECK(pulled.problems[0].rule == "withdrawn_unknown");
        CHECK(has(bench.copied_lines(), k_codename));
    }
}

TEST_CASE("living: what was put back is left out of pull and import") {
    Living bench;
    const std::string bad = bench.project.commit("bad", "About " + k_codename).str();
    bench.project.commit("good", "Something else");
    bench.push(bench.project);
    const std::string shard = bench.files("data").at(0);
    const std::string text = bench.read(shard);
    bench.remove({bad});
    bench.write(shard, text);
    const flow::PullResult pulled = bench.pull();
    CHECK(pulled.withdrawn == 1);
    CHECK_FALSE(has(bench.copied_lines(), k_codename));
    flow::Ports ports = bench.second.ports();
    const flow::ImportResult imported =
        flow::import_dataset(ports, bench.remote(), bench.second.store.get(), bench.second.folder.path(), {},
                             bench.second.progress);
    CHECK(imported.skipped_reasons.at("withdrawn from the dataset") == 1);
    for (const store::TraceRow& row : bench.second.store->list({}))
        CHECK_FALSE(has(row.task, k_codename));
    CHECK(imported.parsed >= 1);
}

TEST_CASE("living: a newer revision stands beside the earlier one, or in its place") {
    Living bench;
    const TraceId first = bench.project.commit("s");
    const TraceId other = bench.project.commit("other");
    bench.push(bench.project);
    const TraceId later = bench.project.commit("s", "It went on");
    REQUIRE(later != first);
    SECTION("beside it, which is said") {
        const flow::PushResult pushed = bench.push(bench.project);
        CHECK(pushed.uploaded == 1);
        CHECK(pushed.earlier == Ids{first});
        CHECK(pushed.replaced.empty());
        CHECK(bench.index().totals().traces == 3);
    }
    SECTION("in its place, in one commit") {
        const std::size_t commits = bench.on_hub ? bench.hub.commits(bench.repo).size() : 0;
        const flow::PushResult pushed = bench.push(bench.project, true);
        CHECK(pushed.uploaded == 1);
        CHECK(pushed.earlier == Ids{first});
        CHECK(pushed.replaced == Ids{first});
        if (bench.on_hub) CHECK(bench.hub.commits(bench.repo).size() == commits + 1);
        CHECK(has(bench.read("README.md"), "| Total traces | 2 |"));
        CHECK_FALSE(has(bench.lines(), "\"trace_id\":\"" + first.str() + "\""));
        CHECK(has(bench.lines(), later.str()));
        CHECK(has(bench.lines(), other.str()));
        CHECK(bench.project.stage_of(later) == store::Stage::Pushed);
        // Nothing was taken back: the earlier one is superseded for everybody.
        CHECK(bench.files("opentraces").size() == 1);
        bench.second.commit("s");
        CHECK(bench.push(bench.second).superseded == Ids{first});
    }
    SECTION("of a shard that had nothing else") {
        const TraceId last = bench.project.commit("other", "It went on too");
        REQUIRE(last != other);
        const flow::PushResult pushed = bench.push(bench.project, true);
        CHECK(pushed.replaced.size() == 2);
        CHECK(bench.files("data").size() == 1);
    }
    SECTION("a dry run changes nothing") {
        flow::PushOptions options;
        options.remote = bench.remote();
        options.replace = true;
        options.dry_run = true;
        const std::string head = bench.head();
        CHECK(bench.project.push(options).replaced == Ids{first});
        CHECK(bench.head() == head);
    }
    CHECK(bench.problems().empty());
}

TEST_CASE("living: rescan reads what today's rules do not vouch for, once, and plans what takedown does") {
    Living bench;
    const std::string bad = bench.project.commit("bad", "About " + k_codename).str();
    bench.project.commit("good", "Something else");
    bench.push(bench.project);
    bench.project.commit("more", "Another shard");
    bench.push(bench.project);
    const flow::RescanReport vouched = bench.rescan({});
    CHECK(vouched.shards == 2);
    CHECK(vouched.vouched == 2);
    CHECK(vouched.shards_read == 0);
    CHECK(vouched.is_clean());
    const std::string plan = bench.copy.file("plan.jsonl");
    const flow::RescanReport found = bench.rescan({k_codename}, true, plan);
    CHECK(found.shards_read == 2);
    CHECK(found.traces_read == 3);
    REQUIRE(found.published.size() == 1);
    CHECK(found.published[0].trace_id == bad);
    CHECK(found.published[0].findings == std::map<std::string, std::int64_t>{{"custom_string", 2}});
    CHECK(found.bytes == 2 * k_codename.size());
    CHECK(found.shards_with_findings == 1);
    std::ifstream in(plan);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    CHECK_FALSE(has(text, k_codename));
    CHECK(std::count(text.begin(), text.end(), '\n') == 2);
    const flow::RescanReport again = bench.rescan({k_codename}, true);
    CHECK(again.remembered == 2);
    CHECK(again.shards_read == 0);
    CHECK(again.published.size() == 1);
    // Under other strings it is not known yet.
    CHECK(bench.rescan({"something that is nowhere"}, true).shards_read == 2);
    flow::TakedownOptions options;
    options.remote = bench.remote();
    options.scan.custom_strings = {k_codename};
    options.targets = flow::targets_in_plan(plan, TakedownBench::Kind::Redacted, *bench.project.disk);
    REQUIRE(options.targets.size() == 1);
    CHECK(bench.take_down(options).traces.size() == 1);
    CHECK(bench.rescan({k_codename}, true).is_clean());
    CHECK(bench.take_down(options).traces.empty());
    CHECK(bench.problems().empty());
}

TEST_CASE("living: rescan looks into the project, and a plan is read for what it is") {
    Living bench;
    const TraceId stored = bench.second.commit("mine", "About " + k_codename);
    flow::Ports ports = bench.second.ports();
    flow::RescanOptions options;
    options.published = false;
    options.scan.custom_strings = {k_codename};
    const flow::RescanReport report =
        flow::rescan(ports, *bench.second.store, bench.second.folder.path(), options, bench.second.progress);
    REQUIRE(report.stored.size() == 1);
    CHECK(report.stored[0].trace_id == stored.str());
    CHECK(report.stored[0].place == "committed");
    options.published = true;
    options.must_exist = false;
    options.remote = bench.remote();
    CHECK(flow::rescan(ports, *bench.second.store, bench.second.folder.path(), options, bench.second.progress)
              .remote.empty());
    options.must_exist = true;
    CHECK(error_from([&] {
              flow::rescan(ports, *bench.second.store, bench.second.folder.path(), options,
                           bench.second.progress);
          }).code() == ErrorCode::NotFound);
    const auto refused = [&](const std::string& text) {
        const std::string path = bench.copy.file("plan.jsonl");
        std::ofstream(path) << text;
        return error_from([&] {
                   flow::targets_in_plan(path, TakedownBench::Kind::Removed, *bench.second.disk);
               }).code() == ErrorCode::CorruptDataset;
    };
    const std::string head = "{\"kind\":\"dataset\",\"format\":\"opentraces-rescan\",\"version\":1}\n";
    CHECK(refused("no json\n"));
    CHECK(refused("{}\n"));
    CHECK(refused(head + "{\"kind\":\"trace\"}\n"));
    CHECK(refused(head + "{\"kind\":\"trace\",\"trace_id\":\"a\",\"content_hash\":\"b\"}\n"));
}
