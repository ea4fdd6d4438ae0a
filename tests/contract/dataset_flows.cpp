// What looks after a dataset between pushes: card, index rebuild, verify. On a dataset folder.
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/index_texts.hpp"
#include "doubles/push_bench.hpp"
#include "opentraces/flow/card.hpp"
#include "opentraces/flow/index_rebuild.hpp"
#include "opentraces/flow/pull.hpp"
#include "opentraces/flow/verify.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/shard/index.hpp"
#include "sanitized.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

struct Dataset {
    NoTransport transport;
    Project project{transport};
    TemporaryDirectory folder;
    std::string remote = folder.file("dataset");

    std::filesystem::path path(const std::string& name) const { return std::filesystem::path(remote) / name; }
    std::string read(const std::string& name) const {
        std::ifstream in(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories(path(name).parent_path());
        std::ofstream(path(name), std::ios::binary) << text;
    }
    std::string shard(std::size_t number = 0) const {
        std::set<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(path("data")))
            names.insert("data/" + entry.path().filename().string());
        return *std::next(names.begin(), static_cast<std::ptrdiff_t>(number));
    }

    void push(const std::string& prefix, int count) {
        project.commit_many(prefix, count);
        REQUIRE(project.push(remote).uploaded == count);
        project.clock.sleep(std::chrono::seconds(1));
    }
    flow::CardReport card(bool write = false, bool reset = false, const card::CardSettings& settings = {}) {
        flow::Ports ports = project.ports();
        const flow::CardOptions options{remote, settings, {}, reset};
        return (write ? flow::write_card : flow::read_card)(ports, *project.store, project.folder.path(),
                                                            options, project.progress);
    }
    flow::IndexRebuildReport rebuild() {
        flow::Ports ports = project.ports();
        return flow::rebuild_index(ports, *project.store, project.folder.path(), {remote, {}, {}},
                                   project.progress);
    }
    flow::VerifyReport verify() {
        flow::Ports ports = project.ports();
        flow::VerifyOptions options;
        options.remote = remote;
        return flow::verify_dataset(ports, *project.store, project.folder.path(), options, project.progress);
    }
    std::set<std::string> problems() {
        std::set<std::string> kinds;
        for (const Diagnostic& problem : verify().problems)
            kinds.insert(problem.rule);
        return kinds;
    }
};

using Kinds = std::set<std::string>;

// Temporary folders in memory where there is such a place: hundreds of pushes are thousands of waits for a
// disk.
class MemoryFolders {
public:
    MemoryFolders() {
        if (const char* before = std::getenv("TMPDIR")) m_before = before;
        if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 1);
    }
    MemoryFolders(const MemoryFolders&) = delete;
    MemoryFolders& operator=(const MemoryFolders&) = delete;
    ~MemoryFolders() {
        if (m_before.empty())
            ::unsetenv("TMPDIR");
        else
            ::setenv("TMPDIR", m_before.c_str(), 1);
    }

private:
    std::string m_before;
};

}  // namespace

TEST_CASE("dataset: a pushed one has no problems and a true card") {
    Dataset dataset;
    dataset.push("a", 3);
    dataset.push("b", 2);
    const flow::VerifyReport report = dataset.verify();
    CHECK(report.problems.empty());
    CHECK(report.shards == 2);
    CHECK(report.traces == 5);
    // One line tells how far it is, not a line for each shard.
    CHECK(dataset.project.progress.worked["verifying"] == std::pair{report.bytes, report.bytes});
    for (const std::string& note : dataset.project.progress.notes)
        CHECK_FALSE(note.starts_with("reading"));
    const flow::CardReport card = dataset.card();
    CHECK_FALSE(card.check.stale);
    CHECK(card.before == card.after);
    CHECK(dataset.card(true).commit.empty());
    CHECK(dataset.rebuild().commit.empty());
    CHECK(dataset.rebuild().damage.empty());
}

TEST_CASE("dataset: a pull tells how far it is, in bytes of the shards that were not here") {
    Dataset dataset;
    dataset.push("a", 3);
    dataset.push("b", 2);
    flow::Ports ports = dataset.project.ports();
    flow::PullOptions options;
    options.remote = dataset.remote;
    options.folder = dataset.folder.file("pulled");
    dataset.project.progress.notes.clear();
    const flow::PullResult pulled =
        flow::pull(ports, *dataset.project.store, options, dataset.project.progress);
    CHECK(dataset.project.progress.worked["pulling"] == std::pair{pulled.transferred, pulled.transferred});
    CHECK(dataset.project.progress.notes.empty());
}

TEST_CASE("dataset: a stale card is named and written, people's words stay") {
    Dataset dataset;
    dataset.push("a", 2);
    std::string text = dataset.read("README.md");
    text.replace(text.find("| Total traces | 2 |"), 20, "| Total traces | 9 |");
    text += "\nMy words.\n";
    dataset.write("README.md", text);
    const flow::CardReport stale = dataset.card();
    CHECK(stale.check.reasons == std::vector<std::string>{"\"Total traces\" is 9, should be 2"});
    CHECK(dataset.read("README.md") == text);
    CHECK(dataset.problems() == Kinds{"card_stale"});

    const flow::CardReport written = dataset.card(true);
    CHECK_FALSE(written.commit.empty());
    CHECK(dataset.read("README.md") == written.after);
    CHECK(dataset.read("README.md").find("\nMy words.\n") != std::string::npos);
    CHECK(dataset.problems().empty());

    card::CardSettings settings;
    settings.license = "isc";
    dataset.card(true, false, settings);
    settings.license = "mit";
    CHECK_FALSE(dataset.card(false, false, settings).check.stale);
    dataset.card(true, false, settings);
    CHECK(dataset.read("README.md").find("license: mit\n") != std::string::npos);
}

TEST_CASE("dataset: a card that cannot be merged is left alone until it is reset") {
    Dataset dataset;
    dataset.push("a", 2);
    const std::string broken = "---\nlicense: [\n---\n# Mine\n";
    dataset.write("README.md", broken);
    CHECK(error_from([&] { dataset.card(); }).code() == ErrorCode::CardMalformed);
    CHECK(error_from([&] { dataset.card(true); }).code() == ErrorCode::CardMalformed);
    CHECK(dataset.read("README.md") == broken);
    CHECK(dataset.problems() == Kinds{"card_malformed"});
    dataset.card(true, true);
    CHECK(dataset.read("README.before-reset.md") == broken);
    CHECK(dataset.problems().empty());
}

TEST_CASE("dataset: shards of other tools are learned, and the card counts them") {
    Dataset dataset;
    dataset.push("a", 2);
    Dataset other;
    other.push("b", 3);
    dataset.write("data/traces_0001.jsonl", other.read(other.shard()));
    CHECK(dataset.problems() == Kinds{"index_missing", "card_stale"});
    CHECK(dataset.card().check.stale);
    dataset.card(true);
    CHECK(dataset.problems().empty());
    CHECK(dataset.verify().traces == 5);
}

TEST_CASE("dataset: a damaged index stops a push and is rebuilt with its receipts") {
    Dataset dataset;
    dataset.push("a", 2);
    dataset.push("b", 1);
    const std::string path = shard::index_path(1);
    std::string text = dataset.read(path);
    text[text.find("\"bytes\":") + 8] ^= 1;
    dataset.write(path, text);
    dataset.project.commit("c");
    const Error error = error_from([&] { dataset.project.push(dataset.remote); });
    CHECK(error.code() == ErrorCode::CorruptDataset);
    CHECK(error.message().find(path + ":2: ") == 0);
    CHECK(dataset.problems() == Kinds{"index_damaged"});

    const flow::IndexRebuildReport report = dataset.rebuild();
    CHECK(report.damage.size() == 1);
    CHECK(report.shards == 2);
    CHECK(report.traces == 3);
    CHECK(report.receipts == 1);
    CHECK_FALSE(report.commit.empty());
    CHECK(dataset.problems().empty());
    CHECK(dataset.project.push(dataset.remote).uploaded == 1);
    CHECK(dataset.problems().empty());
}

TEST_CASE("dataset: a lost index is written again, and surplus files of an old one go") {
    Dataset dataset;
    dataset.push("a", 2);
    const std::string good = dataset.read(shard::index_path(1));
    dataset.write(shard::index_path(2), good);
    CHECK(dataset.problems() == Kinds{"index_damaged"});
    dataset.rebuild();
    CHECK_FALSE(std::filesystem::exists(dataset.path(shard::index_path(2))));
    CHECK(dataset.read(shard::index_path(1)) == good);
    std::filesystem::remove_all(dataset.path("opentraces"));
    CHECK(dataset.problems() == Kinds{"index_missing"});
    dataset.rebuild();
    CHECK(dataset.problems().empty());
}

TEST_CASE("dataset: what changed behind the index is found") {
    Dataset dataset;
    dataset.push("a", 2);
    dataset.push("b", 2);
    const std::string first = dataset.read(dataset.shard(0));
    const std::string line = first.substr(0, first.find('\n') + 1);
    dataset.write(dataset.shard(1), dataset.read(dataset.shard(1)) + line);
    CHECK(dataset.problems() == Kinds{"index_wrong", "duplicate", "card_stale"});

    std::string forged = line;
    forged.replace(forged.find("\"content_hash\":\"") + 16, 64, std::string(64, 'a'));
    dataset.write(dataset.shard(1), forged);
    CHECK(dataset.problems() == Kinds{"index_wrong", "hash_wrong", "duplicate_id", "card_stale"});

    dataset.write(dataset.shard(1), "{}\n");
    const flow::VerifyReport report = dataset.verify();
    REQUIRE_FALSE(report.problems.empty());
    CHECK(std::any_of(report.problems.begin(), report.problems.end(),
                      [](const auto& problem) { return problem.rule == "shard_unreadable"; }));
    CHECK(error_from([&] { dataset.rebuild(); }).code() == ErrorCode::CorruptDataset);

    std::filesystem::remove(dataset.path(dataset.shard(1)));
    CHECK(dataset.problems() == Kinds{"index_gone", "card_stale"});
    dataset.rebuild();
    CHECK(dataset.problems().empty());
}

TEST_CASE("dataset: a trace id that is there twice is found, with both places") {
    Dataset dataset;
    dataset.project.scrub.pseudonym_key = "first";
    dataset.project.commit("a", k_text_with_name);
    dataset.project.commit("b", k_text_with_name);
    REQUIRE(dataset.project.push(dataset.remote).uploaded == 2);
    const std::string first = dataset.shard();
    const std::string own = dataset.read(first);
    Dataset other;
    other.project.scrub.pseudonym_key = "second";
    other.project.commit("b", k_text_with_name);
    REQUIRE(other.project.push(other.remote).uploaded == 1);
    const std::string theirs = other.read(other.shard());
    const auto found = [&] {
        std::vector<std::string> details;
        for (const Diagnostic& problem : dataset.verify().problems)
            if (problem.rule == "duplicate_id") details.push_back(problem.source + ": " + problem.words);
        return details;
    };
    CHECK(found().empty());
    SECTION("in two shards") {
        dataset.write("data/traces_later.jsonl", theirs);
        const std::string later = "data/traces_later.jsonl";
        const std::vector<std::string> either{
            later + ": trace 1 has the trace id of trace 2 of " + first,
            first + ": trace 2 has the trace id of trace 1 of " + later,
        };
        REQUIRE(found().size() == 1);
        CHECK(std::count(either.begin(), either.end(), found().front()) == 1);
        CHECK(dataset.problems() == Kinds{"index_missing", "card_stale", "duplicate_id"});
        dataset.rebuild();
        CHECK(dataset.problems() == Kinds{"duplicate_id"});
        CHECK(dataset.verify().traces == 3);
    }
    SECTION("in one shard") {
        dataset.write(first, own + theirs);
        REQUIRE(found().size() == 1);
        CHECK(found().front().find("of " + first) != std::string::npos);
    }
    SECTION("the same trace twice is named once, as a duplicate") {
        dataset.write(first, own + own.substr(own.find('\n') + 1));
        CHECK(found().empty());
        CHECK(dataset.problems() == Kinds{"index_wrong", "card_stale", "duplicate"});
    }
}

TEST_CASE("dataset: an index of an older version is no problem, and rebuilding it completes it") {
    Dataset dataset;
    dataset.push("a", 2);
    dataset.push("b", 1);
    const std::string path = shard::index_path(1);
    const std::string good = dataset.read(path);
    dataset.write(path, without_ids(good));
    CHECK(dataset.problems().empty());
    CHECK(dataset.card(true).commit.empty());
    const flow::IndexRebuildReport report = dataset.rebuild();
    CHECK(report.damage.size() == 2);
    CHECK(report.receipts == 2);
    CHECK(dataset.read(path) == good);
}

TEST_CASE(
    "dataset: what an index of an older version does not know of its traces is not said, and not zero") {
    Dataset dataset;
    const auto push = [&](const std::string& session) {
        trace::TraceRecord record = sample_record(session);
        record.metadata =
            *json::parse(R"({"opentraces_cost":{"lower_bound":true},"opentraces_active_s":5400,)"
                         R"("opentraces_truncated":{"observations":3}})")
                 .if_object();
        dataset.project.commit_record(std::move(record));
        REQUIRE(dataset.project.push(dataset.remote).uploaded == 1);
        dataset.project.clock.sleep(std::chrono::seconds(1));
    };
    const auto says = [&](const std::string& part) {
        INFO(dataset.read("README.md"));
        CHECK(dataset.read("README.md").find(part) != std::string::npos);
    };
    push("a");
    says(
        "| Total cost | ≥ $0.25 (estimated, over 1 of 1 trace; a lower bound: in 1 trace the last count of "
        "tokens is not in the log) |");
    says("| Active time | 1 h 30 min (without waiting for people, over 1 of 1 trace) |");
    says("| Cut texts | 3 in 1 trace (each says how many characters are gone) |");
    says(
        R"("cost_lower_bound_traces":1,"total_active_s":5400,"active_time_traces":1,"cut_texts":3,"cut_traces":1})");
    CHECK(dataset.problems().empty());

    const std::string path = shard::index_path(1);
    const std::string good = dataset.read(path);
    dataset.write(path, without_marks(good));
    dataset.card(true);
    CHECK(dataset.problems().empty());
    says("| Total cost | $0.25 (estimated, over 1 of 1 trace) |");
    CHECK(dataset.read("README.md").find("Active time") == std::string::npos);
    CHECK(dataset.read("README.md").find("Cut texts") == std::string::npos);

    push("b");
    CHECK(dataset.problems().empty());
    says(
        "over 2 of 2 traces; a lower bound: in 1 trace the last count of tokens is not in the log; not known "
        "of 1 trace) |");
    says("| Active time | 1 h 30 min (without waiting for people, over 1 of 2 traces) |");
    says("| Cut texts | 3 in 1 trace (each says how many characters are gone; not known of 1 trace) |");

    CHECK(dataset.rebuild().damage.empty());
    CHECK(dataset.read(path).starts_with(good));
    says(
        "| Total cost | ≥ $0.50 (estimated, over 2 of 2 traces; a lower bound: in 2 traces the last count of "
        "tokens is not in the log) |");
    CHECK(dataset.problems().empty());
}

TEST_CASE("dataset: a secret that got in is found by its line") {
    Dataset dataset;
    dataset.push("a", 1);
    std::string text = dataset.read(dataset.shard());
    const std::string word = "Fix the bug";
    text.replace(text.find(word), word.size(),
                 "ghp_"
                 "1234567890abcdefABCDEF1234567890abcd");
    dataset.write(dataset.shard(), text);
    const flow::VerifyReport report = dataset.verify();
    CHECK(std::any_of(report.problems.begin(), report.problems.end(), [](const auto& problem) {
        return problem.rule == "secret" && problem.line == 1 &&
               problem.words.find("ghp_") == std::string::npos;
    }));
}

TEST_CASE("dataset: there must be one") {
    Dataset dataset;
    CHECK(error_from([&] { dataset.card(); }).code() == ErrorCode::NotFound);
    CHECK(error_from([&] { dataset.rebuild(); }).code() == ErrorCode::NotFound);
    CHECK(error_from([&] { dataset.verify(); }).code() == ErrorCode::NotFound);
}

TEST_CASE("dataset: after every push of two clients the totals are those of a recount") {
    const MemoryFolders folders;
    Dataset first;
    NoTransport transport;
    Project second(transport, 99);
    SeededIds random(5);
    std::int64_t traces = 0;
    for (int round = 0; round < (k_sanitized ? 60 : 200); ++round) {
        Project& client = random.next_u64() % 2 == 0 ? first.project : second;
        const int count = 1 + static_cast<int>(random.next_u64() % 3);
        client.commit_many("round-" + std::to_string(round), count);
        client.push(first.remote);
        client.clock.sleep(std::chrono::seconds(1 + random.next_u64() % 100));
        traces += count;

        shard::DatasetStats recount;
        std::int64_t shards = 0;
        for (const auto& entry : std::filesystem::directory_iterator(first.path("data"))) {
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string path = "data/" + entry.path().filename().string();
            recount.merge(shard::summarise(
                              [&](char* buffer, std::size_t size) {
                                  in.read(buffer, static_cast<std::streamsize>(size));
                                  return static_cast<std::size_t>(in.gcount());
                              },
                              path)
                              .stats);
            ++shards;
        }
        REQUIRE(recount.traces == traces);
        card::CardInput input;
        input.repo = "./dataset";
        input.stats = recount;
        input.shards = shards;
        REQUIRE(card::check(first.read("README.md"), input).reasons.empty());
    }
    CHECK(first.problems().empty());
}
