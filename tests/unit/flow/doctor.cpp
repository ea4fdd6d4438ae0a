// Each check of the doctor, on what is right and on what is wrong.
#include "opentraces/flow/doctor.hpp"

#include <algorithm>
#include <filesystem>

#include "catch.hpp"
#include "doubles/command_bench.hpp"
#include "golden.hpp"
#include "opentraces/flow/hook_queue.hpp"

using namespace opentraces;
using namespace opentraces::testing;
namespace stdfs = std::filesystem;

namespace {

// The lines of an area, as "health words" with what to do.
std::vector<std::string> lines_of(const json::Value& answer, std::string_view area) {
    std::vector<std::string> lines;
    for (const json::Value& line : *answer["checks"].if_array()) {
        if (line["area"].string_or() != area) continue;
        lines.push_back(std::string(line["health"].string_or()) + " " +
                        std::string(line["message"].string_or()) +
                        (line["hint"].is_null() ? "" : " -> " + std::string(line["hint"].string_or())));
    }
    return lines;
}

bool says(const json::Value& answer, std::string_view area, const std::string& beginning,
          const std::string& part) {
    const auto lines = lines_of(answer, area);
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.starts_with(beginning) && line.find(part) != std::string::npos;
    });
}

json::Value doctor(CommandBench& bench, int exit, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"doctor", "--json"});
    const CommandBench::Result result = bench.run(more);
    INFO(result.out << result.err);
    CHECK(result.exit == exit);
    return result.json();
}

std::string everything_in(const std::string& folder) {
    std::string all;
    std::vector<std::string> paths;
    for (const auto& entry : stdfs::recursive_directory_iterator(folder))
        paths.push_back(entry.path().string() +
                        (entry.is_regular_file() ? std::to_string(entry.file_size()) : ""));
    std::sort(paths.begin(), paths.end());
    for (const std::string& path : paths)
        all += path + "\n";
    return all;
}

}  // namespace

TEST_CASE("doctor: what is wrong is told with its fix, and nothing is changed") {
    CommandBench bench;
    REQUIRE(bench.run({"init", "--agent", "claude-code", "--remote", "./dataset", "--start-fresh"}).exit ==
            0);
    bench.write("dataset", "a file in the way");
    const std::string before = everything_in(bench.project()) + everything_in(bench.home());
    const json::Value answer = doctor(bench, 8);
    CHECK(everything_in(bench.project()) + everything_in(bench.home()) == before);
    // The program of the hook is none of this machine.
    CHECK(says(answer, "hooks", "fail", "opentraces hooks install --project --agent claude-code"));
    CHECK(says(answer, "remotes", "fail", "dataset"));
    CHECK(says(answer, "token", "warn", "opentraces login"));
    CHECK(says(answer, "store", "ok", "every page is sound"));
    CHECK(says(answer, "clock", "ok", "not compared"));
    CHECK(answer["failed"].integer() == 2);
}

TEST_CASE("doctor: every area that is looked at has its row in the page") {
    CommandBench bench;
    REQUIRE(bench.run({"init", "--agent", "claude-code", "--start-fresh"}).exit == 0);
    const std::string page = source_text("docs/commands/doctor.md");
    const json::Value answer = doctor(bench, 8, {"--offline"});
    for (const json::Value& line : *answer["checks"].if_array()) {
        INFO(line["area"].string_or());
        CHECK(page.find("| `" + std::string(line["area"].string_or()) + "` |") != std::string::npos);
    }
}

TEST_CASE("doctor: sessions that wait in the queue are told") {
    CommandBench bench;
    REQUIRE(bench.run({"init", "--agent", "claude-code", "--no-hook", "--start-fresh"}).exit == 0);
    const auto disk = fs::posix_disk();
    flow::HookQueue(bench.project(), *disk).add("/s/one.jsonl");
    CHECK(says(doctor(bench, 0, {"--offline"}), "hooks", "warn 1 session", "-> opentraces capture"));
}

TEST_CASE("doctor: a store that is not one is a failure") {
    CommandBench bench;
    REQUIRE(bench.run({"init", "--agent", "claude-code", "--no-hook", "--start-fresh"}).exit == 0);
    bench.write(".opentraces/store.db", std::string(4096, 'x'));
    CHECK(lines_of(doctor(bench, 8, {"--offline"}), "store").front().starts_with("fail "));
}

TEST_CASE("doctor: a project that has gone is taken off the list by --repair only") {
    CommandBench bench;
    REQUIRE(bench.run({"init", "--agent", "claude-code", "--no-hook", "--start-fresh"}).exit == 0);
    stdfs::rename(bench.project() + "/.opentraces", bench.home() + "/moved");
    stdfs::rename(bench.project(), bench.project() + "-elsewhere");
    stdfs::create_directories(bench.project() + "/x");
    stdfs::remove_all(bench.project());
    const json::Value answer = doctor(bench, 0, {"--offline"});
    CHECK(says(answer, "projects", "warn", "is gone, or was moved"));
    CHECK(says(doctor(bench, 0, {"--offline", "--repair"}), "projects", "ok", "taken off the list"));
    CHECK_FALSE(says(doctor(bench, 0, {"--offline"}), "projects", "warn", "is gone"));
}

TEST_CASE("doctor: sessions that an agent deletes soon are told until they are captured") {
    CommandBench bench;
    REQUIRE(bench.run({"init", "--agent", "claude-code", "--no-hook", "--start-fresh"}).exit == 0);
    std::string folder = bench.project();
    std::replace_if(
        folder.begin(), folder.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); },
        '-');
    const stdfs::path place = bench.home() + "/.claude/projects/" + folder;
    stdfs::create_directories(place);
    const stdfs::path session = place / "c93f3533-0f6b-4a61-99bd-7b788208ad61.jsonl";
    stdfs::copy(source_folder() + "/tests/fixtures/sessions/claude-code/" + session.filename().string(),
                session);
    const auto set_age = [&](int days) {
        // The bench's clock stands at 2026-03-01T12:00:00Z.
        const auto at = std::chrono::system_clock::from_time_t(1772366400) - std::chrono::hours(24 * days);
        stdfs::last_write_time(session, std::chrono::file_clock::from_sys(at));
    };
    set_age(10);
    CHECK_FALSE(says(doctor(bench, 0, {"--offline"}), "sessions", "warn", ""));
    set_age(25);
    CHECK(says(doctor(bench, 0, {"--offline"}), "sessions", "warn", "1 of 1 session not captured"));
    stdfs::create_directories(bench.home() + "/.claude");
    bench.write("../home/.claude/settings.json", R"({"cleanupPeriodDays":90})");
    CHECK_FALSE(says(doctor(bench, 0, {"--offline"}), "sessions", "warn", ""));
    bench.write("../home/.claude/settings.json", "{}");
    CHECK(bench.run({"capture"}).exit == 0);
    CHECK_FALSE(says(doctor(bench, 0, {"--offline"}), "sessions", "warn", ""));
}

namespace {

// Answers everything with a date.
class DatedTransport final : public net::Transport {
public:
    explicit DatedTransport(std::string date) : m_date(std::move(date)) {}
    net::Response send(const net::Request& request) override {
        net::Response response;
        response.status = 401;
        response.url = request.url;
        response.headers = {{"date", m_date}};
        for (const auto& [name, value] : request.headers)
            sent_headers += name;
        return response;
    }
    std::string sent_headers;

private:
    std::string m_date;
};

struct Ground {
    explicit Ground(const std::string& date = "Sun, 01 Mar 2026 12:00:00 GMT") : transport(date) {
        environment.variables = {{"HOME", folder.path()}, {"PATH", folder.path()}};
        environment.working_directory = folder.path();
    }
    std::vector<std::string> lines(std::string_view area, flow::DoctorOptions options = {}) {
        flow::Ports ports{*disk, clock, ids, transport, environment};
        SilentProgress progress;
        std::vector<std::string> found;
        for (const flow::HealthLine& line : flow::examine(ports, {}, options, progress))
            if (line.area == area)
                found.push_back(std::string(flow::name_of(line.health)) + " " + line.words);
        return found;
    }

    TemporaryDirectory folder;
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();
    FixedClock clock{*parse_iso8601("2026-03-01T12:00:00Z")};
    SeededIds ids{1};
    DatedTransport transport;
    Environment environment;
};

}  // namespace

TEST_CASE("doctor: the clock is held against the Hub's date, without the token") {
    const std::vector<std::pair<std::string, std::string>> rows{
        {"Sun, 01 Mar 2026 12:00:30 GMT", "ok 30 seconds"},
        {"Sun, 01 Mar 2026 11:53:00 GMT", "warn 420 seconds"},
        {"Sun, 01 Mar 2026 13:00:00 GMT", "fail 3600 seconds"},
        {"soon", "ok not compared"},
    };
    for (const auto& [date, expected] : rows) {
        INFO(date);
        Ground ground(date);
        ground.environment.variables["HF_TOKEN"] =
            "hf"
            "_sampletokenofatest";
        const auto lines = ground.lines("clock");
        REQUIRE(lines.size() == 1);
        CHECK(lines.front().starts_with(expected));
    }
    Ground offline("Sun, 01 Mar 2026 13:00:00 GMT");
    CHECK(offline.lines("clock", {.repair = false, .offline = true, .free_bytes = {}})
              .front()
              .starts_with("ok"));
}

TEST_CASE("doctor: little room is a warning, none a failure") {
    const std::vector<std::pair<std::uint64_t, std::string>> rows{
        {2'000'000'000, "ok "}, {999'000'000, "warn 999 MB"}, {99'000'000, "fail 99 MB"}};
    for (const auto& [bytes, expected] : rows) {
        Ground ground;
        flow::DoctorOptions options;
        options.offline = true;
        options.free_bytes = [bytes = bytes](const std::string&) {
            return std::optional<std::uint64_t>(bytes);
        };
        CHECK(ground.lines("disk", options).front().starts_with(expected));
    }
}

TEST_CASE("doctor: a token that is refused is a failure, another program of the name a warning") {
    Ground ground;
    CHECK(ground.lines("token").front().starts_with("warn no token"));
    ground.environment.variables["HF_TOKEN"] =
        "hf"
        "_sampletokenofatest";
    CHECK(ground.lines("token").front().find("refuses the token from HF_TOKEN") != std::string::npos);
    CHECK(ground.lines("program").back().starts_with("warn PATH does not lead"));
    for (const char* name : {"opentraces", "mine"}) {
        ground.disk->replace(ground.folder.file(name), "#!/bin/sh\n", 0755);
        ground.disk->set_mode(ground.folder.file(name), 0755);
    }
    ground.environment.executable = ground.folder.file("mine");
    CHECK(ground.lines("program").back().starts_with("warn PATH leads to another"));
    ground.environment.executable = ground.folder.file("opentraces");
    CHECK(ground.lines("program").size() == 1);
}
