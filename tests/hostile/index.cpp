// An index that somebody else has written: read, never obeyed. In a folder and on a Hub.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "doubles/either_bench.hpp"
#include "doubles/error_from.hpp"
#include "doubles/index_texts.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/flow/verify.hpp"
#include "opentraces/trace/codec.hpp"
#include "shard/index_line.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

// A dataset with somebody's shard in it, and a project that pushes there.
struct Bench : EitherBench {
    explicit Bench(bool on_hub) : EitherBench(on_hub) {
        log_in(stranger, "hf_alice");
        stranger.commit("theirs");
        shard = stranger.push(remote()).shards.at(0).path;
    }

    void forge(const std::function<void(shard::IndexEntry&)>& change) {
        write(shard::index_path(1), rewritten_index(read(shard::index_path(1)), change));
    }
    // Requests for the content of shards since the log was cleared.
    std::size_t shard_reads() const { return asked("GET", "/data/traces_"); }
    std::vector<std::string> problems() {
        flow::Ports ports = project.ports();
        flow::VerifyOptions options;
        options.remote = remote();
        std::vector<std::string> kinds;
        for (const Diagnostic& problem :
             flow::verify_dataset(ports, *project.store, project.folder.path(), options, project.progress)
                 .problems)
            kinds.push_back(problem.rule);
        return kinds;
    }

    Project stranger{*transport, 8};
    std::string shard;
};

ContentHash hash_of(Project& project, const TraceId& id) {
    return project.store->find(id.str()).content_hash;
}

// One more trace than the shard has, by hash and id.
void claim(shard::IndexEntry& entry, const ContentHash& hash, const TraceId& id) {
    entry.summary.hashes.add(hash);
    entry.summary.ids.add(shard::trace_key(id.str()));
    ++entry.summary.stats.traces;
}

ContentHash any_hash() {
    return ContentHash(std::string(64, 'a'));
}

bool warned_of(const Project& project, const std::string& shard) {
    const auto& warnings = project.progress.warnings;
    return std::any_of(warnings.begin(), warnings.end(),
                       [&](const std::string& text) { return text.find(shard) != std::string::npos; });
}

}  // namespace

TEST_CASE("hostile: an index line that claims a trace does not keep it from being sent") {
    Bench bench(GENERATE(false, true));
    const TraceId id = bench.project.commit("mine");
    const TraceId other = bench.project.commit("other");
    SECTION("by its text") {
        bench.forge([&](shard::IndexEntry& entry) {
            claim(entry, hash_of(bench.project, id), trace_id_for("x", "y", 0));
        });
    }
    SECTION("by its id") {
        bench.forge([&](shard::IndexEntry& entry) { claim(entry, any_hash(), id); });
    }
    SECTION("by a later revision") {
        bench.forge([&](shard::IndexEntry& entry) {
            claim(entry, any_hash(), trace_id_for("claude-code", "mine", 3));
        });
    }
    SECTION("in place of what the shard has") {
        bench.forge([&](shard::IndexEntry& entry) {
            const shard::DatasetStats stats = entry.summary.stats;
            entry.summary.hashes = {};
            entry.summary.ids = {};
            claim(entry, hash_of(bench.project, id), id);
            entry.summary.stats = stats;
        });
    }
    const flow::PushResult pushed = bench.project.push(bench.remote());
    CHECK(pushed.uploaded == 2);
    CHECK(pushed.duplicates == 0);
    CHECK(warned_of(bench.project, bench.shard));
    CHECK(bench.project.stage_of(id) == store::Stage::Pushed);
    CHECK(bench.project.stage_of(other) == store::Stage::Pushed);
    const shard::Index index = bench.index();
    CHECK(index.totals().traces == 3);
    CHECK_FALSE(index.find(bench.shard)->scan.has_value());  // whoever lied about it vouches for nothing
    CHECK(bench.problems().empty());
}

TEST_CASE("hostile: only shards that would keep a trace from being sent are read, once") {
    Bench bench(true);
    bench.stranger.commit("a");
    bench.stranger.commit("b");
    bench.stranger.push(bench.remote());
    struct Round {
        std::string session;
        std::size_t reads;
    };
    for (const Round& round : {Round{"fresh", 0}, Round{"a", 1}, Round{"b", 0}, Round{"theirs", 1}}) {
        INFO(round.session);
        bench.project.commit(round.session);
        bench.hub.clear_log();
        CHECK(bench.project.push(bench.remote()).duplicates == (round.session == "fresh" ? 0 : 1));
        CHECK(bench.shard_reads() == round.reads);
    }
    CHECK(bench.project.progress.warnings.empty());
}

TEST_CASE("hostile: what was read of a shard is remembered by its digest, not by its name") {
    Bench bench(GENERATE(false, true));
    bench.project.commit("theirs");
    REQUIRE(bench.project.push(bench.remote()).duplicates == 1);
    // The shard is replaced by another of the same name, and the index says the old things of it.
    Project other(*bench.transport, 11);
    const TraceId id = other.commit("another");
    bench.write(bench.shard, other.store->read_line(id) + "\n");
    const std::string text = bench.read(bench.shard);
    bench.forge([&](shard::IndexEntry& entry) {
        entry.summary.sha256 = sha256_hex(text);
        entry.summary.git_blob = git_blob_id(text);
        entry.summary.size = text.size();
    });
    Project third(*bench.transport, 12);
    bench.log_in(third, "hf_alice");
    third.commit("theirs");
    CHECK(third.push(bench.remote()).uploaded == 1);
    CHECK(warned_of(third, bench.shard));
}

TEST_CASE("hostile: an index line that hides a trace doubles it at worst, and verify names it") {
    Bench bench(GENERATE(false, true));
    bench.stranger.commit("second");
    bench.stranger.commit("third");
    const std::string shard = bench.stranger.push(bench.remote()).shards.at(0).path;
    bench.forge([&](shard::IndexEntry& entry) {
        if (entry.summary.path != shard) return;
        entry.summary.hashes = shard::HashList::from_bytes(entry.summary.hashes.bytes().substr(0, 32));
        entry.summary.ids = shard::TraceKeys::from_bytes(entry.summary.ids.bytes().substr(0, 16));
        entry.summary.stats.traces = 1;
        entry.summary.stats.traces_with_cost = 1;
        entry.summary.stats.traces_scanned = 1;
    });
    const std::vector<std::string> before = bench.problems();
    CHECK(std::count(before.begin(), before.end(), "index_wrong") == 1);
    const bool noticed = GENERATE(false, true);
    bench.project.commit("third");
    if (noticed) bench.project.commit("second");  // makes the push look into that shard
    bench.project.push(bench.remote());
    CHECK(bench.project.count(store::Stage::Committed) == 0);
    const std::vector<std::string> after = bench.problems();
    CHECK(std::count(after.begin(), after.end(), "duplicate") == (noticed ? 0 : 1));
}

namespace {

std::string sealed(const json::Object& object) {
    return shard::seal(object).text + "\n";
}

// The lines of an index whose only shard line is `change`d as JSON, and sealed again.
std::string with_line(const std::string& index, const std::function<void(json::Object&)>& change) {
    const std::size_t end = index.find('\n') + 1;
    const std::size_t line_end = index.find('\n', end);
    shard::OpenedLine line = shard::open_seal(index.substr(end, line_end - end), "line");
    change(line.object);
    return index.substr(0, end) + sealed(line.object);
}

// The same with its text changed.
std::string with_text(const std::string& index, const std::string& from, const std::string& to) {
    std::string text = index.substr(0, index.rfind(",\"check\"")) + "}";
    text.replace(text.rfind(from), from.size(), to);
    const std::size_t line = text.rfind('\n') + 1;
    const std::string check = sha256_hex(std::string_view(text).substr(line));
    text.pop_back();
    return text + ",\"check\":\"" + check + "\"}\n";
}

json::Object& stats_of(json::Object& line) {
    return *line.find("stats")->if_object();
}

struct BadIndex {
    std::string name;
    std::string text;
};

std::vector<BadIndex> bad_indexes(const std::string& good) {
    const auto line = [&](const std::function<void(json::Object&)>& change) {
        return with_line(good, change);
    };
    const std::string first = good.substr(0, good.find('\n') + 1);
    const std::string nested = std::string(100'000, '[') + std::string(100'000, ']');
    return {
        {"empty", ""},
        {"no line end", good.substr(0, good.size() - 1)},
        {"not JSON", "hello\n"},
        {"wrong chain", first + first},
        {"line twice", good + good.substr(first.size())},
        {"nothing but nesting", nested + "\n"},
        {"nesting within a line", with_text(good, "\"scores\":null", "\"scores\":" + nested)},
        {"number of digits without end",
         with_text(good, "\"bytes\":", "\"bytes\":" + std::string(100'000, '9'))},
        {"path outside of data",
         line([](json::Object& object) { object.set("shard", "data/traces_/../../x.jsonl"); })},
        {"absolute path", line([](json::Object& object) { object.set("shard", "/data/traces_x.jsonl"); })},
        {"negative size", line([](json::Object& object) { object.set("bytes", -1); })},
        {"size beyond 64 bits", line([](json::Object& object) { object.set("bytes", json::Value(1e300)); })},
        {"negative number of traces", line([](json::Object& object) { stats_of(object).set("traces", -1); })},
        {"number of traces that nobody names",
         line([](json::Object& object) { stats_of(object).set("traces", 4'000'000'000'000'000'000); })},
        {"sum beyond any sum",
         line([](json::Object& object) { stats_of(object).set("input_tokens", 9'223'372'036'854'775'807); })},
        {"more successes than traces",
         line([](json::Object& object) { stats_of(object).set("successes", 1'000'000); })},
        {"negative successes", line([](json::Object& object) { stats_of(object).set("successes", -1); })},
        {"time beyond the calendar",
         line([](json::Object& object) { stats_of(object).set("last_ms", 9'000'000'000'000'000'000); })},
        {"time that runs backwards",
         line([](json::Object& object) { stats_of(object).set("first_ms", 253'000'000'000'000); })},
        {"negative count of a model", line([](json::Object& object) {
             json::Object models;
             models.set("m", -7);
             stats_of(object).set("models", std::move(models));
         })},
        {"hashes of half a digest",
         line([](json::Object& object) { object.set("hashes", "AAAAAAAAAAAAAAAAAAAAAA=="); })},
        {"ids of half an id", line([](json::Object& object) { object.set("ids", "AAAAAAAAAAA="); })},
        {"more ids than traces",
         line([](json::Object& object) { object.set("ids", base64(std::string(32, 'x'))); })},
        {"ids that are no text", line([](json::Object& object) { object.set("ids", 7); })},
        {"ids that are not base64", line([](json::Object& object) { object.set("ids", "!!!!"); })},
    };
}

}  // namespace

TEST_CASE("hostile: an index that cannot be is refused, and nothing is sent or marked") {
    Bench bench(GENERATE(false, true));
    const TraceId id = bench.project.commit("mine");
    const std::string good = bench.read(shard::index_path(1));
    for (const BadIndex& bad : bad_indexes(good)) {
        INFO(bad.name);
        bench.write(shard::index_path(1), bad.text);
        const Error error = error_from([&] { bench.project.push(bench.remote()); });
        CHECK(error.code() == ErrorCode::CorruptDataset);
        CHECK(error.message().find(shard::index_path(1)) == 0);
        CHECK(bench.project.stage_of(id) == store::Stage::Committed);
        const std::vector<std::string> problems = bench.problems();
        CHECK(std::count(problems.begin(), problems.end(), "index_damaged") == 1);
    }
    bench.write(shard::index_path(1), good);
    CHECK(bench.project.push(bench.remote()).uploaded == 1);
}

TEST_CASE("hostile: lines of shards that do not exist, and several of one shard, change nothing") {
    Bench bench(GENERATE(false, true));
    shard::Index index = bench.index();
    const shard::IndexEntry good = *index.find(bench.shard);
    const TraceId id = bench.project.commit("mine");
    shard::IndexEntry ghost = good;
    ghost.summary.path = "data/traces_ghost.jsonl";
    claim(ghost, hash_of(bench.project, id), id);
    index.append(ghost);
    shard::IndexEntry forged = good;
    claim(forged, hash_of(bench.project, id), id);
    index.append(forged);  // the later line counts ...
    bench.write(shard::index_path(1), index.changed_files().at(0).content);
    CHECK(bench.project.push(bench.remote()).uploaded == 1);  // ... until its shard is read
    CHECK(bench.index().totals().traces >= 2);
    CHECK(bench.index().find(bench.shard)->summary == good.summary);
    const std::vector<std::string> problems = bench.problems();
    CHECK(problems == std::vector<std::string>{"index_gone"});
}

TEST_CASE("hostile: sums at their limits stay numbers") {
    Bench bench(GENERATE(false, true));
    bench.stranger.commit("second");
    bench.stranger.push(bench.remote());
    bench.forge([](shard::IndexEntry& entry) {
        entry.summary.stats.input_tokens = shard::k_max_sum;
        entry.summary.stats.output_tokens = shard::k_max_sum;
        entry.summary.stats.cost = -shard::k_max_sum;
        entry.summary.stats.languages["c++"] = shard::k_max_sum;
    });
    bench.project.commit("mine");
    CHECK(bench.project.push(bench.remote()).uploaded == 1);
    CHECK(bench.index().totals().input_tokens == shard::k_max_sum);
    CHECK(bench.read("README.md").find("8,000,000,000,000,000,000") != std::string::npos);
}
