// When a session is read again. The agent is a row of this test.
#include "opentraces/flow/capture.hpp"

#include <array>
#include <set>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/in_memory_disk.hpp"
#include "doubles/traces.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/store/project.hpp"
#include "unit/store/workbench.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

int g_read = 0;
std::vector<enrich::ModelUsage> g_usage;
capture::ParseVerdict g_verdict = capture::ParseVerdict::Trace;

capture::ParsedSession read_one(const capture::SessionRef& session, capture::Sources&) {
    ++g_read;
    capture::ParsedSession parsed;
    parsed.verdict = g_verdict;
    parsed.reason = "because";
    if (g_verdict == capture::ParseVerdict::Trace)
        parsed.record = sample_record(session.locator, "Fix it", "probe");
    parsed.evidence.usage = g_usage;
    return parsed;
}

struct Reading {
    StoreBench bench;
    capture::Agent agent;
    capture::SessionRef session{"probe", "/sessions/one", {}, "f1"};
    flow::CaptureOptions options;
    flow::SilentProgress progress;
    flow::CaptureResult last;

    Reading() {
        agent.name = "probe";
        agent.version = "1";
        agent.read = read_one;
        g_verdict = capture::ParseVerdict::Trace;
    }
    // How often the session was read.
    int reads() {
        g_read = 0;
        last = flow::capture({{&agent, session}}, *bench.store, options, *bench.disk, progress);
        return g_read;
    }
};

}  // namespace

TEST_CASE("capture: a session that has not changed is not read again") {
    Reading reading;
    CHECK(reading.reads() == 1);
    CHECK(reading.last.captured == 1);
    CHECK(reading.reads() == 0);
    CHECK(reading.last.unchanged == 1);
    reading.options.reparse = true;
    CHECK(reading.reads() == 1);
}

TEST_CASE("capture: a session is read again when anything of it, its reader or the scrubbing is another") {
    Reading reading;
    CHECK(reading.reads() == 1);
    reading.session.fingerprint = "f2";
    CHECK(reading.reads() == 1);
    CHECK(reading.reads() == 0);
    reading.agent.version = "2";
    CHECK(reading.reads() == 1);
    CHECK(reading.reads() == 0);
    reading.options.scrub.custom_strings = {"internal-name"};
    CHECK(reading.reads() == 1);
    CHECK(reading.reads() == 0);
    reading.options.scrub.user_name = "jane";
    CHECK(reading.reads() == 1);
    reading.options.scrub.pseudonym_key = "another";
    CHECK(reading.reads() == 1);
    CHECK(reading.reads() == 0);
}

TEST_CASE("capture: other prices are a reason to read a session again, and what it costs by them") {
    Reading reading;
    g_usage = {{"claude-opus-5", 1, 1'000'000, 0, 0, 0, 0}};
    CHECK(reading.reads() == 1);
    const auto cost = [&] { return reading.bench.store->list({}).at(0).cost_usd; };
    const auto use = [&](const std::string& price) {
        const std::string text = "model\tinput\toutput\nclaude-opus-5\t" + price + "\t2\n";
        reading.options.prices = std::make_shared<const flow::OwnPrices>(
            flow::OwnPrices{enrich::PriceTable::over_standard(text, "own.tsv"), sha256_hex(text)});
    };
    use("1");
    CHECK(reading.reads() == 1);
    CHECK(reading.last.updated == 1);
    CHECK(cost() == 1);
    CHECK(reading.reads() == 0);
    use("3");
    CHECK(reading.reads() == 1);
    CHECK(cost() == 3);
    reading.options.prices = nullptr;
    CHECK(reading.reads() == 1);
    g_usage = {};
}

TEST_CASE("capture: a session whose trace file is gone or cut is read again, which brings it back") {
    Reading reading;
    CHECK(reading.reads() == 1);
    const TraceId id = reading.bench.store->list({}).front().id;
    const std::string line = reading.bench.store->read_line(id);
    const std::string path = reading.bench.store->trace_path(id);
    reading.bench.disk->remove(path);
    CHECK(reading.reads() == 1);
    CHECK(reading.bench.store->read_line(id) == line);
    reading.bench.disk->replace(path, line.substr(0, line.size() / 2));
    CHECK(reading.reads() == 1);
    CHECK(reading.bench.store->read_line(id) == line);
    CHECK(reading.reads() == 0);
}

TEST_CASE("capture: the same place of another agent is another session") {
    Reading reading;
    CHECK(reading.reads() == 1);
    reading.agent.name = "other";
    CHECK(reading.reads() == 1);
}

TEST_CASE("capture: what was left out is not read again, what was refused is") {
    Reading reading;
    g_verdict = capture::ParseVerdict::Filtered;
    CHECK(reading.reads() == 1);
    CHECK(reading.reads() == 0);
    CHECK(reading.last.filtered == 1);
    reading.session.fingerprint = "f2";
    g_verdict = capture::ParseVerdict::Refused;
    CHECK(reading.reads() == 1);
    CHECK(reading.reads() == 1);
    CHECK(reading.last.failed.total() == 1);
}

TEST_CASE("capture: without a fingerprint a session is read each time") {
    Reading reading;
    reading.session.fingerprint.clear();
    CHECK(reading.reads() == 1);
    CHECK(reading.reads() == 1);
}

TEST_CASE("capture: a discarded trace is captured again although its session has not changed") {
    Reading reading;
    CHECK(reading.reads() == 1);
    reading.bench.store->discard(reading.last.traces);
    CHECK(reading.reads() == 1);
    CHECK(reading.last.captured == 1);
}

TEST_CASE("capture: a new project captures the sessions of every agent") {
    const auto agents = flow::chosen_agents(store::ProjectConfig{}.agents);
    CHECK(agents.size() == capture::agents().size());
    CHECK(flow::agents_said({}) == "any agent");
    CHECK(flow::agents_said({"codex", "pi"}) == "codex, pi");
}

TEST_CASE("capture: sessions of all agents that have some of the project are found, unless some are named") {
    const std::string fixtures = testing::source_folder() + "/tests/fixtures/sessions/";
    testing::InMemoryDisk disk;
    const auto copy = [&](const std::string& from, const std::string& to) {
        disk.make_directories(fs::parent(to), 0700);
        disk.replace(to, fs::posix_disk()->read_all(fixtures + from));
    };
    copy("claude-code/short.jsonl", "/home/me/.claude/projects/-home-me-app/s.jsonl");
    copy("continue/continue-cli-session-simple.json", "/home/me/.continue/sessions/s.json");
    disk.replace("/home/me/.continue/sessions/s.json", [&] {
        std::string text = disk.read_all("/home/me/.continue/sessions/s.json");
        const std::string folder = "/Users/svarlamov/projects/testing-git";
        for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder))
            text.replace(at, folder.size(), "/home/me/app");
        return text;
    }());
    disk.make_directories("/home/me/app", 0700);
    Environment environment;
    environment.variables = {{"HOME", "/home/me"}};
    capture::Sources sources(disk);
    const auto names_of = [&](const std::vector<std::string>& chosen) {
        std::set<std::string> names;
        for (const auto& found :
             capture::discover_project("/home/me/app", flow::chosen_agents(chosen), environment, sources)
                 .sessions)
            names.insert(std::string(found.agent->name));
        return names;
    };
    CHECK(names_of({}) == std::set<std::string>{"claude-code", "continue"});
    CHECK(names_of({"continue"}) == std::set<std::string>{"continue"});
}

TEST_CASE("capture: without a home, only agents are looked at whose own variable says where") {
    testing::InMemoryDisk disk;
    disk.make_directories("/p/app", 0700);
    Environment environment;
    capture::Sources sources(disk);
    const auto look = [&] {
        return capture::discover_project("/p/app", capture::agents(), environment, sources);
    };
    environment.variables = {{"CLAUDE_CONFIG_DIR", "/c"}};
    CHECK(look().sessions.empty());
    const std::array only{capture::find_agent("codex")};
    CHECK(error_from([&] { capture::discover_project("/p/app", only, environment, sources); }).code() ==
          ErrorCode::ConfigInvalid);
}
