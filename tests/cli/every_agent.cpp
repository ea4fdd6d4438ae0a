// Every agent of the registration list, from where it keeps its sessions by default to a dataset in a folder;
// and what a reader does not understand, for every one of them.
#include <fmt/format.h>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

#include "catch.hpp"
#include "doubles/written_database.hpp"
#include "opentraces/capture/agent.hpp"
#include "where.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;

namespace {

namespace stdfs = std::filesystem;

stdfs::path fixtures_of(const capture::Agent& agent) {
    return stdfs::path(testing::source_folder()) / "tests/fixtures/sessions" / agent.name;
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

// The folders in which the sessions of the fixtures began, longest first.
std::set<std::string, std::greater<>> projects_in(const capture::Agent& agent) {
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    const capture::Agent* const only[] = {&agent};
    std::set<std::string, std::greater<>> projects;
    for (const capture::Found& found : capture::discover(fixtures_of(agent), only, sources).sessions)
        if (found.session.project.starts_with('/')) projects.insert(found.session.project);
    return projects;
}

// A folder of its own for the project, if it has one; else the first that all projects share. Nullopt where
// sessions are in files of a name of their own.
std::optional<stdfs::path> default_place(const capture::Agent& agent, const Workbench& bench) {
    Environment environment;
    environment.variables = {{"HOME", bench.home()}};
    std::vector<capture::Place> places = agent.places(bench.project(), environment);
    std::erase_if(places,
                  [](const capture::Place& place) { return stdfs::path(place.path).has_extension(); });
    for (const capture::Place& place : places)
        if (!place.shared) return place.path;
    return places.empty() ? std::optional<stdfs::path>() : places.front().path;
}

// All fixtures of the agent, as if their sessions had begun in the project.
void place_fixtures(const capture::Agent& agent, const Workbench& bench, const stdfs::path& place) {
    const std::set<std::string, std::greater<>> projects = projects_in(agent);
    for (const auto& entry : stdfs::recursive_directory_iterator(fixtures_of(agent))) {
        if (!entry.is_regular_file()) continue;
        std::string text = Workbench::read(entry.path());
        for (const std::string& project : projects)
            replace_all(text, project, bench.project());
        bench.write(place / stdfs::relative(entry.path(), fixtures_of(agent)), text);
    }
}

void place_opencode(const capture::Agent& agent, const Workbench& bench) {
    const stdfs::path folder = bench.home() / ".local/share/opencode";
    stdfs::create_directories(folder);
    stdfs::copy_file(fixtures_of(agent) / "opencode.db", folder / "opencode.db");
    testing::WrittenDatabase(folder / "opencode.db")
        .execute("UPDATE session SET directory = '" + bench.project().string() + "'");
}

// The events of the fixture as a conversation's folder: the state that says where it began is beside them.
void place_openhands(const capture::Agent& agent, const Workbench& bench) {
    const stdfs::path folder = bench.home() / ".openhands/conversations/03d5b5c0";
    bench.write(folder / "base_state.json", R"({"id":"03d5b5c0","agent":{},"workspace":{"working_dir":")" +
                                                bench.project().string() + "\"}}");
    std::istringstream lines(Workbench::read(fixtures_of(agent) / "events.jsonl"));
    std::string line;
    for (int number = 0; std::getline(lines, line); ++number)
        bench.write(folder / "events" / fmt::format("event-{:05}-{}.json", number, number), line);
}

using Placing = std::function<void(const capture::Agent&, const Workbench&)>;

// Agents of whose default place the fixtures are no copy.
const std::map<std::string_view, Placing> k_placings{
    {"opencode", place_opencode},
    {"openhands", place_openhands},
};

void place(const capture::Agent& agent, const Workbench& bench) {
    const auto special = k_placings.find(agent.name);
    if (special != k_placings.end()) return special->second(agent, bench);
    if (const auto folder = default_place(agent, bench)) place_fixtures(agent, bench, *folder);
}

// Of an agent whose fixtures say nothing of where they began, or whose sessions are in files of fixed names.
bool has_own_test(const std::string& name) {
    return Workbench::read(stdfs::path(testing::source_folder()) / "tests/cli/agents.cpp")
               .find("\"--agent\", \"" + name + "\"") != std::string::npos;
}

}  // namespace

TEST_CASE("every agent: from its default place to a dataset in a folder") {
    for (const capture::Agent* agent : capture::agents()) {
        const std::string name(agent->name);
        INFO(name);
        Workbench bench;
        place(*agent, bench);
        bench.expect(
            0, {"init", "--agent", name, "--no-hook", "--start-fresh", "--private", "--remote", "./dataset"});
        const json::Value status = bench.expect(0, {"status", "--json"}).json();
        const json::Value captured = bench.run({"capture", "--json"}).json();
        const std::int64_t traces = captured["captured"].integer().value_or(0);
        if (traces == 0) {
            CHECK(has_own_test(name));
            continue;
        }
        CHECK(status["uncaptured"].at(0)["agent"].string_or() == name);
        const json::Value listed = bench.expect(0, {"list", "--json"}).json();
        CHECK(listed["total"].integer() == traces);
        for (const json::Value& trace : *listed["traces"].if_array())
            CHECK(trace["agent"].string_or() == name);
        bench.expect(0, {"commit", "--all", "--include-needs-review"});
        CHECK(bench.expect(0, {"push", "--json"}).json()["uploaded"].integer() == traces);
        CHECK(bench.expect(0, {"verify", "./dataset", "--json"}).json()["trace_count"].integer() == traces);
        const json::Value again = bench.run({"capture", "--json"}).json();
        CHECK(again["captured"].integer() == 0);
        CHECK(again["updated"].integer() == 0);
        CHECK(bench.expect(0, {"status", "--json"}).json()["uncaptured"].if_array()->empty());
    }
}

namespace {

bool is_trace_with_drift(const capture::Agent& agent, const stdfs::path& file) {
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    if (!agent.recognises(file, sources)) return false;
    for (const capture::SessionRef& session : agent.list(file, sources)) {
        const capture::ParsedSession parsed = agent.read(session, sources);
        if (parsed.record && parsed.report.unknown_lines() > 0) return true;
    }
    return false;
}

// A value, or in Kiro's rows a name.
const std::regex k_kind(
    R"re("(?:type|role|kind|event|say|ask)"\s*:\s*"([A-Za-z_.:/-]+)"|"(Prompt|ToolUse|Response)"\s*:)re");

// Prose has none.
bool has_kinds(const capture::Agent& agent) {
    for (const auto& entry : stdfs::recursive_directory_iterator(fixtures_of(agent)))
        if (entry.is_regular_file() && std::regex_search(Workbench::read(entry.path()), k_kind)) return true;
    return false;
}

// The fixture with one of its kinds made one that nobody knows, of the same length, so that databases stay
// whole; in the file of `bench` that it answers.
std::optional<stdfs::path> drifted(const capture::Agent& agent, const Workbench& bench,
                                   const stdfs::path& fixture) {
    constexpr int k_tries = 60;
    const std::string text = Workbench::read(fixture);
    const stdfs::path file = bench.path("drift") / stdfs::relative(fixture, fixtures_of(agent));
    int tries = 0;
    for (std::sregex_iterator at(text.begin(), text.end(), k_kind), end; at != end && tries < k_tries;
         ++at, ++tries) {
        const std::size_t group = (*at)[1].matched ? 1 : 2;
        const auto length = static_cast<std::size_t>(at->length(group));
        std::string changed = text;
        changed.replace(static_cast<std::size_t>(at->position(group)), length, std::string(length, 'x'));
        bench.write(file, changed);
        if (is_trace_with_drift(agent, file)) return file;
    }
    return std::nullopt;
}

std::optional<stdfs::path> drifted(const capture::Agent& agent, const Workbench& bench) {
    place_fixtures(agent, bench, bench.path("drift"));
    for (const auto& entry : stdfs::recursive_directory_iterator(fixtures_of(agent))) {
        if (!entry.is_regular_file() || entry.path().filename() == "README.md") continue;
        if (const auto file = drifted(agent, bench, entry.path())) return file;
    }
    return std::nullopt;
}

}  // namespace

TEST_CASE("every agent: a line of a kind that nobody knows is counted, named, and status 8 with --strict") {
    for (const capture::Agent* agent : capture::agents()) {
        INFO(std::string(agent->name));
        Workbench bench;
        const std::optional<stdfs::path> file = drifted(*agent, bench);
        CHECK(file.has_value() == has_kinds(*agent));
        if (!file) continue;
        const std::vector<std::string> words{"parse", "--agent", std::string(agent->name), *file};
        const RunResult parsed = bench.expect(0, words);
        CHECK(parsed.err.find("not understood: ") != std::string::npos);
        CHECK_FALSE(parsed.out.empty());
        bench.expect(8, {"parse", "--strict", "--agent", std::string(agent->name), *file});
    }
}
