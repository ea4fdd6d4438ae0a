// The inbox over all projects.
#include <filesystem>
#include <fstream>
#include <set>

#include "catch.hpp"
#include "doubles/trace_bench.hpp"
#include "where.hpp"

using namespace opentraces;
using testing::BufferTerminal;

namespace {

class EverywhereBench : public testing::TraceBench {
public:
    EverywhereBench() {
        stage({.session = "first", .ended = "2026-02-01T10:00:00Z", .cost = 1.0});
        stage({.session = "third", .ended = "2026-02-03T10:00:00Z", .cost = std::nullopt});
        make("web");
        const auto disk = fs::posix_disk();
        FixedClock clock{*parse_iso8601("2026-03-01T11:00:00Z")};
        trace::TraceRecord record = testing::sample_record("second");
        record.timestamp_end = "2026-02-02T10:00:00Z";
        record.metrics.estimated_cost_usd = 2.0;
        store::Store::open(at("web"), *disk, clock)->stage(security::scrub(std::move(record), {}), "/s");
    }

    std::string at(const std::string& name) const { return home() + "/" + name; }

    void make(const std::string& name) {
        std::filesystem::create_directories(at(name));
        REQUIRE(run({"-C", at(name), "init", "--agent", "claude-code", "--no-hook"}).exit == 0);
    }

    std::vector<std::string> sessions(std::vector<std::string> words) {
        words.insert(words.begin(), {"-C", "/", "list", "--json"});
        const json::Value answer = run(words).json();
        std::vector<std::string> found;
        for (const json::Value& trace : *answer["traces"].if_array())
            found.emplace_back(trace["session_id"].string_or());
        return found;
    }
};

using Sessions = std::vector<std::string>;

}  // namespace

TEST_CASE("everywhere: traces of all projects in one order, with the project of each") {
    EverywhereBench bench;
    CHECK(bench.sessions({"--everywhere"}) == Sessions{"third", "second", "first"});
    CHECK(bench.sessions({"--everywhere", "--sort", "oldest"}) == Sessions{"first", "second", "third"});
    CHECK(bench.sessions({"--everywhere", "--sort", "cost"}) == Sessions{"second", "first", "third"});
    CHECK(bench.sessions({"--everywhere", "--limit", "2"}) == Sessions{"third", "second"});
    CHECK(bench.sessions({"--project", "web", "--project", "project", "--until", "2026-02-02"}) ==
          Sessions{"second", "first"});
    const json::Value answer = bench.run({"list", "--everywhere", "--json", "--limit", "1"}).json();
    CHECK(answer["total"].integer() == 3);
    CHECK(answer["traces"].at(0)["project"].string_or() == bench.project());
    BufferTerminal terminal({}, true);
    const std::string table = bench.run_at(terminal, {"list", "--everywhere"}).out;
    CHECK(table.find("PROJECT") != std::string::npos);
    CHECK(table.find("  web  ") != std::string::npos);
}

TEST_CASE(
    "everywhere: projects that have gone, are not trusted or are broken are named, and keep no other back") {
    EverywhereBench bench;
    for (const char* name : {"gone", "copied", "broken"})
        bench.make(name);
    std::filesystem::remove_all(bench.at("gone"));
    std::ofstream(bench.at("copied") + "/.opentraces/secret") << std::string(64, '0') << "\n";
    std::ofstream(bench.at("broken") + "/.opentraces/store.db") << std::string(4096, 'x');
    const auto result = bench.run({"list", "--everywhere", "--json"});
    CHECK(result.exit == 0);
    const json::Value answer = result.json();
    CHECK(answer["total"].integer() == 3);
    std::set<std::string> codes;
    for (const json::Value& left : *answer["projects_left_out"].if_array())
        codes.insert(fs::file_name(left["path"].string_or()) + " " + std::string(left["code"].string_or()));
    CHECK(codes ==
          std::set<std::string>{"gone NOT_FOUND", "copied UNTRUSTED_PROJECT", "broken CORRUPT_STORE"});
    CHECK(result.err.find("project left out: ") != std::string::npos);
    // A file that is no registration is one more of them.
    std::ofstream(bench.home() + "/.opentraces/projects/0000000000000000.json") << "{";
    const json::Value more = bench.run({"list", "--everywhere", "--json"}).json();
    CHECK(more["total"].integer() == 3);
    CHECK(more["projects_left_out"].if_array()->size() == 4);
}

TEST_CASE("everywhere: capture --all takes every project and every agent, one broken project stops nothing") {
    EverywhereBench bench;
    bench.make("broken");
    bench.make("excluded");
    std::ofstream(bench.at("broken") + "/.opentraces/store.db") << std::string(4096, 'x');
    REQUIRE(bench.run({"-C", bench.at("excluded"), "config", "set", "excluded", "true"}).exit == 0);
    // A session of Claude Code in the place that it has for the project.
    std::string slug = bench.at("web");
    for (char& c : slug)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '-';
    const std::string place = bench.home() + "/.claude/projects/" + slug;
    std::filesystem::create_directories(place);
    std::filesystem::copy_file(
        testing::source_folder() +
            "/tests/fixtures/sessions/claude-code/c93f3533-0f6b-4a61-99bd-7b788208ad61.jsonl",
        place + "/c93f3533-0f6b-4a61-99bd-7b788208ad61.jsonl");
    const auto result = bench.run({"-C", "/", "capture", "--all", "--json"});
    INFO(result.out << result.err);
    CHECK(result.exit == 5);
    const json::Value answer = result.json();
    CHECK(answer["status"].string_or() == "error");
    CHECK(answer["captured"].integer() == 1);
    CHECK(answer["projects"].if_array()->size() == 3);
    CHECK(answer["projects_left_out"].if_array()->size() == 1);
    std::size_t excluded = 0;
    for (const json::Value& project : *answer["projects"].if_array())
        excluded += project["excluded"].bool_or(false) ? 1 : 0;
    CHECK(excluded == 1);
    CHECK(bench.sessions({"--everywhere"}).size() == 4);
    std::filesystem::remove_all(bench.at("broken"));
    const auto again = bench.run({"-C", "/", "capture", "--all"});
    CHECK(again.exit == 0);  // that a project has gone is no failure
    CHECK(again.out.find("web: 0 traces captured, 0 updated, 1 unchanged\n") != std::string::npos);
}

TEST_CASE("everywhere: without a project there is nothing to capture, and that is said") {
    testing::CommandBench bench;
    CHECK(bench.run({"capture", "--all"}).out.starts_with("There are no projects."));
    CHECK(bench.run({"list", "--everywhere"}).out == "No trace matches.\n");
}
