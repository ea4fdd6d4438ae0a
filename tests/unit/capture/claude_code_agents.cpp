// Sub-agents in every layout.
#include "catch.hpp"
#include "fs/forwarding_disk.hpp"
#include "unit/capture/session_lines.hpp"

namespace {

using namespace opentraces;
using namespace opentraces::testing;

const std::string k_task_input = R"({"description":"look","prompt":"find it","subagent_type":"Explore"})";

std::string main_session(const std::string& details) {
    return user("u1", "", "please") + reply("a1", "u1", "m1", call("t1", "Task", k_task_input)) +
           result("r1", "a1", "t1", "found", "", details) + reply("a2", "r1", "m2", text_block("done"));
}

std::string agent_lines(const std::string& agent, const std::string& prefix, const std::string& message) {
    const std::string more = R"(,"isSidechain":true,"agentId":")" + agent + "\"";
    return user(prefix + "u", "", "find it", more) +
           reply(prefix + "a", prefix + "u", message, call(prefix + "t", "Grep", "{}"), 50, more);
}

// Counts what is read, also beneath a folder.
class CountingDisk final : public fs::ForwardingDisk {
public:
    explicit CountingDisk(fs::Disk& inner) : ForwardingDisk(inner) {}
    std::unique_ptr<fs::Disk> beneath(const std::string& root) override {
        m_below.push_back(inner().beneath(root));
        return std::make_unique<Below>(*m_below.back(), *this);
    }
    std::unique_ptr<fs::ReadFile> open(const std::string& path) override { return counted(inner(), path); }
    std::uint64_t bytes() const { return m_bytes; }
    int opened() const { return m_opened; }

private:
    class File final : public fs::ReadFile {
    public:
        File(std::unique_ptr<fs::ReadFile> inner, std::uint64_t& bytes)
            : m_inner(std::move(inner)), m_bytes(bytes) {}
        std::size_t read(char* buffer, std::size_t size) override {
            const std::size_t count = m_inner->read(buffer, size);
            m_bytes += count;
            return count;
        }
        void seek(std::uint64_t offset) override { m_inner->seek(offset); }

    private:
        std::unique_ptr<fs::ReadFile> m_inner;
        std::uint64_t& m_bytes;
    };
    class Below final : public fs::ForwardingDisk {
    public:
        Below(fs::Disk& inner, CountingDisk& counts) : ForwardingDisk(inner), m_counts(counts) {}
        std::unique_ptr<fs::ReadFile> open(const std::string& path) override {
            return m_counts.counted(inner(), path);
        }

    private:
        CountingDisk& m_counts;
    };
    std::unique_ptr<fs::ReadFile> counted(fs::Disk& disk, const std::string& path) {
        ++m_opened;
        return std::make_unique<File>(disk.open(path), m_bytes);
    }

    std::vector<std::unique_ptr<fs::Disk>> m_below;
    std::uint64_t m_bytes = 0;
    int m_opened = 0;
};

std::vector<std::int64_t> parents(const capture::ParsedSession& parsed) {
    std::vector<std::int64_t> list;
    for (const trace::Step& step : parsed.record->steps)
        list.push_back(step.parent_step ? step.parent_step->value() : 0);
    return list;
}

TEST_CASE("side-chain lines in the main file belong to the call with their prompt", "[capture]") {
    const std::string side = R"(,"isSidechain":true)";
    const std::string text =
        user("u1", "", "please") + reply("a1", "u1", "m1", call("t1", "Task", k_task_input)) +
        reply("a2", "a1", "m1", call("t2", "Task", R"({"prompt":"other"})")) + user("s1", "", "other", side) +
        user("x1", "", "find it", side) + reply("s2", "s1", "m2", text_block("from other"), 5, side) +
        reply("x2", "x1", "m3", text_block("from first"), 5, side) + result("r1", "a1", "t1", "found") +
        result("r2", "a2", "t2", "found");
    const auto parsed = parse_text(text);
    REQUIRE(parsed.record);
    CHECK(parents(parsed) == std::vector<std::int64_t>{0, 0, 2, 2, 2, 2});
    CHECK(parsed.record->steps[3].content == "from first");
    CHECK(parsed.record->steps[3].agent_role == "explore");
    CHECK(parsed.record->steps[5].content == "from other");
    CHECK(parsed.record->steps[5].agent_role == "general");
}

TEST_CASE("agent files of all layouts are linked by agent id", "[capture]") {
    for (const std::string& place :
         {std::string("/p/agent-abc.jsonl"), "/p/" + k_session + "/subagents/agent-abc.jsonl",
          "/p/" + k_session + "/subagents/workflows/run-1/agent-abc.jsonl"}) {
        INFO(place);
        InMemoryDisk disk;
        put(disk, k_session_path,
            main_session(R"(,"toolUseResult":{"agentId":"abc","totalDurationMs":900})"));
        put(disk, place, agent_lines("abc", "g", "m7"));
        const auto parsed = parse(disk);
        REQUIRE(parsed.record);
        CHECK(parents(parsed) == std::vector<std::int64_t>{0, 0, 2, 2, 0});
        CHECK(parsed.record->steps[1].subagent_trajectory_ref == "abc");
        CHECK(parsed.record->steps[1].tool_calls[0].duration_ms->value() == 900);
        CHECK(parsed.record->steps[3].agent_role == "explore");
        CHECK(parsed.record->metrics.total_output_tokens.value() == 5 + 5 + 50);
        CHECK(parsed.files.size() == 2);
    }
}

TEST_CASE("an agent file of another session in the same folder is left alone", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_session_path, main_session({}));
    put(disk, "/p/agent-abc.jsonl",
        R"({"type":"user","sessionId":"22222222-2222-4222-8222-222222222222","message":"x"})"
        "\n");
    CHECK(parse(disk).files.size() == 1);
}

TEST_CASE("a file in the place of a sub-agent counts only if its lines name the session", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_session_path, main_session({}));
    std::string other = agent_lines("abc", "g", "m7");
    for (std::size_t at = other.find(k_session); at != std::string::npos; at = other.find(k_session, at))
        other.replace(at, k_session.size(), "22222222-2222-4222-8222-222222222222");
    put(disk, "/p/" + k_session + "/subagents/agent-abc.jsonl", other);
    put(disk, "/p/" + k_session + "/subagents/agent-none.jsonl", "{\"type\":\"user\"}\n");
    const auto parsed = parse(disk);
    CHECK(parsed.files.size() == 1);
    CHECK(parsed.report.foreign_files == 2);
}

TEST_CASE("agent files beside many sessions are looked into once", "[capture]") {
    constexpr int k_sessions = 40;
    InMemoryDisk inner;
    std::uint64_t bytes = 0;
    for (int i = 0; i < k_sessions; ++i) {
        const std::string id = "2" + k_session.substr(1, 33) + (i < 10 ? "0" : "") + std::to_string(i);
        std::string main = main_session({});
        std::string agent = agent_lines("a" + std::to_string(i), "g", "m7") + std::string(20'000, ' ');
        for (std::string* text : {&main, &agent})
            for (std::size_t at = text->find(k_session); at != std::string::npos;
                 at = text->find(k_session, at))
                text->replace(at, k_session.size(), id);
        main.replace(main.find("\"u1\""), 4, "\"v" + std::to_string(i) + "\"");  // no forks of each other
        put(inner, "/p/" + id + ".jsonl", main);
        put(inner, "/p/agent-a" + std::to_string(i) + ".jsonl", agent);
        bytes += main.size() + agent.size();
    }
    CountingDisk disk(inner);
    capture::Sources sources(disk);
    for (const auto& [agent, session] : capture::discover("/p", capture::agents(), sources).sessions)
        CHECK(agent->read(session, sources).files.size() == 2);
    // Once to know what they are, once to know whose (agent files twice: is it somebody's?), once to read
    // them.
    CHECK(disk.bytes() < 3 * bytes);
    CHECK(disk.opened() <= 6 * k_sessions);
}

TEST_CASE("progress lines stand in for a missing agent file, and only then", "[capture]") {
    const std::string progress = line(
        "progress", "p1", "a1",
        R"(,"parentToolUseID":"t1","data":{"type":"agent_progress","agentId":"abc","message":{"type":"assistant","uuid":"ga","message":{"id":"m7","model":"claude-haiku-4-5","content":[{"type":"tool_use","id":"gt","name":"Grep","input":{}}],"usage":{"input_tokens":1,"output_tokens":50}}}})");
    InMemoryDisk disk;
    put(disk, k_session_path, main_session({}) + progress);
    auto parsed = parse(disk);
    REQUIRE(parsed.record);
    CHECK(parents(parsed) == std::vector<std::int64_t>{0, 0, 2, 0});
    CHECK(parsed.record->metrics.total_output_tokens.value() == 60);
    put(disk, "/p/" + k_session + "/subagents/agent-abc.jsonl", agent_lines("abc", "g", "m7"));
    parsed = parse(disk);
    CHECK(parents(parsed) == std::vector<std::int64_t>{0, 0, 2, 2, 0});
    CHECK(parsed.record->metrics.total_output_tokens.value() == 60);
}

TEST_CASE("agents of agents, and agents that call each other", "[capture]") {
    const std::string folder = "/p/" + k_session + "/subagents/";
    const auto calling = [](const std::string& own, const std::string& other) {
        const std::string more = R"(,"isSidechain":true,"agentId":")" + own + "\"";
        return user(own + "u", "", "work of " + own, more) +
               reply(own + "a", own + "u", "m-" + own, call("t-" + own, "Agent", "{}"), 5, more) +
               result(own + "r", own + "a", "t-" + own, "ok", "",
                      more + R"(,"toolUseResult":{"agentId":")" + other + "\"}");
    };
    InMemoryDisk disk;
    put(disk, k_session_path, main_session(R"(,"toolUseResult":{"agentId":"one"})"));
    put(disk, folder + "agent-one.jsonl", calling("one", "two"));
    put(disk, folder + "agent-two.jsonl", calling("two", "one"));
    const auto parsed = parse(disk);
    REQUIRE(parsed.record);
    CHECK(parents(parsed) == std::vector<std::int64_t>{0, 0, 2, 2, 4, 4, 0});
}

TEST_CASE("helper agents come last and are counted apart", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_session_path, main_session({}));
    put(disk, "/p/" + k_session + "/subagents/agent-acompact-946d2b.jsonl",
        agent_lines("acompact-946d2b", "g", "m7"));
    const auto parsed = parse(disk);
    REQUIRE(parsed.record);
    // Its prompt is that of the call, which claims it; without one it is a helper.
    CHECK(parsed.record->steps.size() == 5);
    put(disk, "/p/" + k_session + "/subagents/agent-acompact-946d2b.jsonl",
        user("gu", "", "summarise", R"(,"isSidechain":true,"agentId":"acompact-946d2b")") +
            reply("ga", "gu", "m7", text_block("summary"), 50, R"(,"isSidechain":true)"));
    const auto again = parse(disk);
    CHECK(parser_note(again, "helper_agents") == 1);
    CHECK(again.record->steps.back().agent_role == "compact");
    CHECK_FALSE(again.record->steps.back().parent_step);
}

TEST_CASE("a reply that an agent file copies from the session counts once", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_session_path, main_session({}));
    put(disk, "/p/" + k_session + "/subagents/agent-x.jsonl",
        reply("c1", "", "m1", text_block("copy")) + reply("c2", "c1", "m8", text_block("own"), 3));
    const auto parsed = parse(disk);
    REQUIRE(parsed.record);
    CHECK(parsed.record->metrics.total_output_tokens.value() == 5 + 5 + 3);
    CHECK(parser_note(parsed, "repeated_replies") == 1);
}

TEST_CASE("a call whose agent left no file is counted", "[capture]") {
    const auto parsed = parse_text(main_session(R"(,"toolUseResult":{"agentId":"gone"})"));
    REQUIRE(parsed.record);
    CHECK(parser_note(parsed, "missing_agents") == 1);
    // What it used is no part of the measured tokens.
    const auto reported = parse_text(main_session(
        R"(,"toolUseResult":{"agentId":"gone","totalTokens":5000,"totalToolUseCount":3,"totalDurationMs":70})"));
    const json::Value& agent = reported.record->metadata.find("opentraces_missing_agents")->at(0);
    CHECK(agent["agent_id"].string_or() == "gone");
    CHECK(agent["tokens"].integer() == 5000);
    CHECK(agent["tool_calls"].integer() == 3);
    CHECK(agent["duration_ms"].integer() == 70);
    CHECK(reported.record->metrics.total_output_tokens.value() ==
          parsed.record->metrics.total_output_tokens.value());
}

}  // namespace

namespace {

// The lines of a session, with another id.
std::string named(std::string text, const std::string& id) {
    for (std::size_t at = text.find(k_session); at != std::string::npos; at = text.find(k_session, at))
        text.replace(at, k_session.size(), id);
    return text;
}

}  // namespace

TEST_CASE("files of sub-agents whose session is not there are named", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_session_path, main_session({}));
    const std::string agent = reply("c1", "", "m1", text_block("x"), 5, R"(,"agentId":"x")");
    put(disk, "/p/" + k_session + "/subagents/agent-x.jsonl", agent);
    put(disk, "/p/agent-y.jsonl", agent);
    put(disk, "/p/agents/agent-z.jsonl", agent);
    put(disk, "/p/agent-other.jsonl", named(agent, "gone"));
    put(disk, "/p/gone/subagents/agent-w.jsonl", named(agent, "gone"));
    put(disk, "/p/elsewhere/subagents/notes.jsonl", "{\"of\":\"another program\"}\n");
    capture::Sources sources(disk);
    const capture::Agent* const agents[] = {capture::find_agent("claude-code")};
    CHECK(capture::discover("/p", agents, sources).strays ==
          std::vector<std::string>{"/p/agent-other.jsonl", "/p/gone/subagents/agent-w.jsonl"});
}
