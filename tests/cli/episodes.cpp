// Long sessions in parts, from the outside: captured so, exported so, by a hook and by hand.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>

#include "catch.hpp"
#include "opentraces/json/reader.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;

namespace {

// A Claude Code session of some tasks, each begun with /clear.
class SessionFile {
public:
    explicit SessionFile(int tasks) {
        for (int task = 1; task <= tasks; ++task) {
            const std::string name = std::to_string(task);
            if (task > 1) user(R"("<command-name>/clear</command-name>\n<command-args></command-args>")");
            user("\"Task " + name + "\"");
            assistant(R"({"type":"tool_use","id":"t)" + name +
                      R"(","name":"Bash","input":{"command":"cat notes.txt"}})");
            user(R"([{"type":"tool_result","tool_use_id":"t)" + name + R"(","content":"ok"}])");
            assistant(R"({"type":"text","text":"Done )" + name + "\"}");
        }
    }
    const std::string& text() const { return m_text; }

private:
    void user(const std::string& content) { line("user", R"({"role":"user","content":)" + content + "}"); }
    void assistant(const std::string& block) {
        line("assistant", R"({"id":"msg_)" + std::to_string(m_lines) +
                              R"(","role":"assistant","model":"claude-opus-4-5-20251101","content":[)" +
                              block + R"(],"usage":{"input_tokens":100,"output_tokens":7}})");
    }
    void line(const std::string& type, const std::string& message) {
        const std::string before = m_lines == 0 ? "null" : "\"u" + std::to_string(m_lines - 1) + "\"";
        char time[32];
        std::snprintf(time, sizeof time, "2026-03-01T10:%02d:00.000Z", m_lines);
        m_text += R"({"type":")" + type + R"(","uuid":"u)" + std::to_string(m_lines) + R"(","parentUuid":)" +
                  before + R"(,"sessionId":"s1","timestamp":")" + time +
                  R"(","cwd":"/home/me/app","version":"2.1.7","message":)" + message + "}\n";
        ++m_lines;
    }

    int m_lines = 0;
    std::string m_text;
};

std::multiset<std::string> tasks_in(const json::Value& listing) {
    std::multiset<std::string> tasks;
    for (const json::Value& trace : *listing["traces"].if_array())
        tasks.insert(std::string(trace["task"].string_or()));
    return tasks;
}

using Tasks = std::multiset<std::string>;

}  // namespace

TEST_CASE("capture.episodes: each task of a session is a trace, by hand, by the queue and again") {
    Workbench bench;
    const auto session = bench.path("s1.jsonl");
    bench.write(session, SessionFile(2).text());
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", session});
    CHECK(tasks_in(bench.expect(0, {"list", "--json"}).json()) == Tasks{"Task 1"});
    bench.expect(0, {"config", "set", "capture.episodes", "true"});
    // In the inbox only: its parts take its place.
    CHECK(bench.expect(0, {"capture", session, "--json"}).json()["captured"].integer() == 2);
    CHECK(tasks_in(bench.expect(0, {"list", "--json"}).json()) == Tasks{"Task 1", "Task 2"});
    CHECK(bench.expect(0, {"capture", session, "--json"}).json()["unchanged"].integer() == 2);
    bench.expect(0, {"commit", "--all"});
    bench.write(session, SessionFile(3).text());
    bench.expect(0, {"capture", "--queued", session});
    CHECK(tasks_in(bench.expect(0, {"list", "--json", "--stage", "inbox"}).json()) == Tasks{"Task 3"});
    CHECK(tasks_in(bench.expect(0, {"list", "--json", "--stage", "committed"}).json()) ==
          Tasks{"Task 1", "Task 2"});
    CHECK(bench.expect(0, {"recapture", "--all", "--json"}).json()["failed"].integer() == 0);
    CHECK(tasks_in(bench.expect(0, {"list", "--json", "--stage", "inbox"}).json()).count("Task 3") == 1);
}

TEST_CASE("capture.episodes: a session that was pushed as a whole stays whole") {
    Workbench bench;
    const auto session = bench.path("s1.jsonl");
    bench.write(session, SessionFile(2).text());
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", session});
    bench.expect(0, {"commit", "--all"});
    bench.expect(0, {"push", "--repo", "./dataset"});
    bench.expect(0, {"config", "set", "capture.episodes", "true"});
    bench.expect(0, {"capture", session});
    CHECK(tasks_in(bench.expect(0, {"list", "--json", "--stage", "inbox"}).json()).empty());
    bench.write(session, SessionFile(3).text());
    bench.expect(0, {"capture", session});
    CHECK(tasks_in(bench.expect(0, {"list", "--json", "--stage", "inbox"}).json()) == Tasks{"Task 1"});
}

TEST_CASE("export --split-by episode: from files, the project and a dataset alike") {
    Workbench bench;
    const auto session = bench.path("s1.jsonl");
    bench.write(session, SessionFile(2).text());
    bench.expect(0, {"init", "--no-hook"});
    bench.expect(0, {"capture", session});
    bench.expect(0, {"commit", "--all"});
    bench.expect(0, {"push", "--repo", "./dataset"});
    const std::vector<std::string> split{"export", "--format", "chat", "--split-by", "episode"};
    const auto with = [&split](const std::vector<std::string>& more) {
        std::vector<std::string> all = split;
        all.insert(all.end(), more.begin(), more.end());
        return all;
    };
    const RunResult stored = bench.expect(0, split);
    CHECK(std::count(stored.out.begin(), stored.out.end(), '\n') == 2);
    CHECK(stored.err.find("2 of 2 episodes of 1 record as chat: 2 documents") != std::string::npos);
    CHECK(bench.expect(0, with({"--repo", "./dataset"})).out == stored.out);
    const auto records = bench.path("records.jsonl");
    bench.write(records, bench.expect(0, {"parse", session}).out);
    CHECK(bench.expect(0, with({"--input", records})).out == stored.out);
    bench.write(records, bench.expect(0, {"parse", "--episodes", session}).out);
    CHECK(bench.expect(0, with({"--input", records})).out == stored.out);
    const json::Value answer = bench.expect(0, with({"-o", bench.path("out.jsonl"), "--json"})).json();
    CHECK(answer["records"].integer() == 1);
    CHECK(answer["episodes"].integer() == 2);
    CHECK(answer["written"].integer() == 2);
    // A file for each, where the output is a folder.
    bench.expect(0, {"export", "--format", "atif", "--split-by", "episode", "-o", bench.path("out/")});
    CHECK(std::filesystem::exists(bench.path("out/s1_episode-2.trajectory.json")));
    CHECK(bench.expect(0, {"export", "--format", "atif", "--json", "-o", bench.path("a.json")})
              .json()["episodes"]
              .is_null());
    const RunResult refused = bench.run({"export", "--format", "chat", "--split-by", "session"});
    CHECK(refused.exit == 2);
    CHECK(refused.err.find("trace, episode") != std::string::npos);
}

TEST_CASE("parse: the user's own setting divides sessions too") {
    Workbench bench;
    bench.write(bench.path("s1.jsonl"), SessionFile(2).text());
    CHECK(bench.expect(0, {"parse", "--json", bench.path("s1.jsonl")}).err.find("\"written\":1") !=
          std::string::npos);
    bench.expect(0, {"config", "set", "--user", "capture.episodes", "true"});
    CHECK(bench.expect(0, {"parse", "--json", bench.path("s1.jsonl")}).err.find("\"written\":2") !=
          std::string::npos);
}
