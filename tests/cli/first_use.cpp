// The first commands of a user, several of them at once.
#include <filesystem>
#include <thread>

#include "catch.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;

namespace {

constexpr std::size_t k_processes = 6;

std::vector<RunResult> at_once(Workbench& bench, const std::vector<std::string>& words) {
    std::vector<RunResult> results(k_processes);
    std::vector<std::thread> threads;
    for (RunResult& result : results)
        threads.emplace_back([&] { result = bench.run(words); });
    for (std::thread& thread : threads)
        thread.join();
    return results;
}

std::size_t occurrences(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

}  // namespace

TEST_CASE("several first uses at once: one project, one hook, one line, one key, one trace") {
    Workbench bench;
    bench.unset("OPENTRACES_SEED");
    std::filesystem::create_directories(bench.home() / ".claude");
    for (const RunResult& result : at_once(bench, {"init"})) {
        INFO(result.err);
        CHECK(result.exit == 0);
    }
    CHECK(Workbench::read(bench.project() / ".gitignore") == ".opentraces/\n");
    CHECK(occurrences(Workbench::read(bench.project() / ".claude/settings.json"), "command -v opentraces") ==
          1);
    std::size_t registrations = 0;
    for (const auto& file : std::filesystem::directory_iterator(bench.home() / ".opentraces/projects"))
        registrations += file.path().extension() == ".json" ? 1 : 0;
    CHECK(registrations == 1);
    bench.expect(0, {"status"});

    for (const RunResult& result : at_once(bench, {"capture", testing::fixture_session()})) {
        INFO(result.err);
        CHECK(result.exit == 0);
    }
    CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 1);
    CHECK(Workbench::read(bench.home() / ".opentraces/pseudonym.key").size() == 65);

    // One of them rejects the trace; the others hear that it was moved, or that it is rejected already.
    std::size_t done = 0;
    const json::Value listed = bench.expect(0, {"list", "--json"}).json();
    const std::string id(listed["traces"].at(0)["trace_id"].string_or());
    for (const RunResult& result : at_once(bench, {"reject", id})) {
        done += result.exit == 0 ? 1 : 0;
        CHECK((result.exit == 0 || result.exit == 7 || result.exit == 2));
    }
    CHECK(done == 1);
    for (const RunResult& result : at_once(bench, {"remove", "--yes"}))
        CHECK(result.exit != 1);
    CHECK_FALSE(std::filesystem::exists(bench.project() / ".gitignore"));
}
