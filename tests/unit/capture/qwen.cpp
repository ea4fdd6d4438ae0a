#include <filesystem>

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/core/digest.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_folder = source_folder() + "/tests/fixtures/sessions/qwen/";
const std::string k_id = "0190aaaa-0000-7000-8000-00000000000a";
const std::string k_projects = "/home/me/.qwen/projects/";
const std::string k_path = k_projects + "-home-me-app/chats/s1.jsonl";

const capture::Agent& qwen() {
    return *capture::find_agent("qwen");
}

std::string fixture(const std::string& name) {
    return fs::posix_disk()->read_all(k_folder + name);
}

capture::ParsedSession read_fixture(const std::string& name) {
    const auto disk = fs::posix_disk();
    return qwen().read_from(k_folder + name, *disk);
}

capture::ParsedSession read_text(const std::string& text, const std::string& path = k_path) {
    InMemoryDisk disk;
    put(disk, path, text);
    return qwen().read_from(path, disk);
}

std::string record(const std::string& type, const std::string& uuid, const std::string& parent,
                   const std::string& more) {
    return R"({"uuid":")" + uuid + R"(","parentUuid":)" + (parent.empty() ? "null" : "\"" + parent + "\"") +
           R"(,"sessionId":"s1","timestamp":"2026-01-01T00:00:00.000Z","cwd":"/home/me/app","version":"0.21.0","type":")" +
           type + "\"" + more + "}\n";
}

std::string parts(const std::string& list) {
    return R"(,"message":{"role":"model","parts":[)" + list + "]}";
}

std::string text_part(const std::string& text) {
    return R"({"text":)" + quoted(text) + "}";
}

std::string call_part(const std::string& id) {
    return R"({"functionCall":{"id":")" + id + R"(","name":"run_shell_command","args":{"command":"ls"}}})";
}

std::string result_part(const std::string& id, const std::string& response) {
    return R"({"functionResponse":{"id":")" + id + R"(","name":"run_shell_command","response":)" + response +
           "}}";
}

// A session that is kept: a prompt and a call.
std::string small(const std::string& rest = {}, const std::string& usage = {}) {
    return record("user", "u1", "", parts(text_part("fix it"))) +
           record("assistant", "a1", "u1", R"(,"model":"qwen3-max")" + parts(call_part("c1")) + usage) + rest;
}

struct Sum {
    std::int64_t input = 0;
    std::int64_t cached = 0;
    std::int64_t output = 0;
    std::int64_t replies = 0;
    bool operator==(const Sum&) const = default;
};

Sum sum_of(const capture::ParsedSession& parsed) {
    Sum sum;
    for (const enrich::ModelUsage& usage : parsed.evidence.usage) {
        sum.input += usage.input_tokens;
        sum.cached += usage.cache_read_tokens;
        sum.output += usage.output_tokens;
        sum.replies += usage.replies;
    }
    return sum;
}

}  // namespace

TEST_CASE("qwen: a session of all kinds of records", "[capture]") {
    const auto parsed = read_fixture("chats/" + k_id + ".jsonl");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    REQUIRE(record.steps.size() == 11);
    CHECK(record.session_id == k_id);
    CHECK(record.agent.version == "0.21.13");
    CHECK(record.environment.vcs.branch == "main");
    CHECK(record.task.description->starts_with("fix @a.txt"));
    CHECK(record.steps[0].role == trace::Role::System);
    CHECK(record.steps[2].content == "fix @a.txt\n[image: image/png, 3 bytes]");
    CHECK(record.steps[3].content->find("be brief") != std::string::npos);
    CHECK(record.steps[4].reasoning_content == "I think.");
    CHECK(record.steps[4].tool_calls.size() == 2);
    CHECK(record.steps[4].observations[1].error == "exit_code:2");
    CHECK(record.steps[5].content == "hurry");
    CHECK(record.steps[6].observations[0].error == "tool_error");
    CHECK(record.steps[6].observations[1].error == "interrupted");
    CHECK(record.steps[6].tool_calls[1].duration_ms->value() == 1500);
    CHECK(record.steps[8].content == "the right turn");
    // The telemetry says the first reply again; what was taken back was paid for.
    CHECK(sum_of(parsed) == Sum{600 + 200 + 100, 400, 50 + 15 + 7, 3});
    CHECK(record.outcome.patch->find("-one\n+two\n") != std::string::npos);
    CHECK(record.metadata.find("title")->string_or() == "Fix a text");
    CHECK(record.metadata.find("rolled_back_turns")->integer() == 1);
    CHECK(record.metadata.find("is_compacted") != nullptr);
    CHECK((*record.metadata.find("session_errors")).at(0).string_or() == "quota exceeded");
    CHECK((*record.metadata.find("opentraces_queue"))["received"].integer() == 1);
    CHECK(parsed.report.unknown_line_types.at("dream") == 1);
    CHECK(parsed.report.unknown_line_types.at("system/hologram") == 1);
}

TEST_CASE("qwen: a sub-agent is a session of its own that names its parent", "[capture]") {
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    const auto found = capture::discover(k_folder + "chats", capture::agents(), sources).sessions;
    REQUIRE(found.size() == 2);
    CHECK(found[1].session.project == "/home/me/app");
    const auto parsed = qwen().read(found[1].session, sources);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == k_id + ":explore-7f3c");
    CHECK(record.metadata.find("parent_session_id")->string_or() == k_id);
    CHECK(record.metadata.find("parent_tool_call_id")->string_or() == "t1");
    REQUIRE(record.steps.size() == 4);
    CHECK(record.steps[1].tool_calls.size() == 2);
    CHECK(record.steps[1].model == "qwen3-coder-flash");
    CHECK(record.steps[1].agent_role == "explore");
    CHECK(record.steps[1].call_type == trace::CallType::Subagent);
    CHECK(record.system_prompts.begin()->second == "You explore.");
    CHECK(record.tool_definitions.size() == 1);
    CHECK(sum_of(parsed) == Sum{140, 0, 14, 2});
}

TEST_CASE("qwen: what lies as a link in the place of sub-agents is not read", "[capture]") {
    const TemporaryDirectory folder;
    const auto disk = fs::posix_disk();
    const auto write = [&](const std::string& path) {
        disk->make_directories(fs::parent(folder.file(path)), 0700);
        disk->replace(folder.file(path), small());
    };
    write("p/chats/s1.jsonl");
    write("p/subagents/s1/agent-a.jsonl");
    write("elsewhere.jsonl");
    std::filesystem::create_symlink(folder.file("elsewhere.jsonl"),
                                    folder.file("p/subagents/s1/agent-b.jsonl"));
    capture::Sources sources(*disk);
    CHECK(qwen().list(folder.file("p/chats/s1.jsonl"), sources).size() == 2);
}

TEST_CASE("qwen: branches that were left, by what others have published", "[capture]") {
    const auto parsed = read_fixture("019f0000-0000-7000-8000-000000000004.jsonl");
    REQUIRE(parsed.record);
    REQUIRE(parsed.record->steps.size() == 3);
    CHECK(parsed.record->steps[1].content == "Continue from the rewound branch.");
    CHECK(parsed.record->steps[2].reasoning_content == "Reason over the active branch.");
    CHECK(parsed.record->steps[2].content == "Active branch answer.");
    CHECK(parsed.record->metadata.find("title")->string_or() == "Active branch title");
    CHECK(sum_of(parsed) == Sum{12, 0, 4, 1});
}

TEST_CASE("qwen: only a rewind and a prompt leave a branch", "[capture]") {
    const std::string answer = record("assistant", "a2", "a1", parts(text_part("kept")));
    const auto steps = [&](const std::string& last) {
        return read_text(small(answer + last)).record->steps.size();
    };
    CHECK(steps("") == 3);
    CHECK(steps(record("user", "u2", "a1", parts(text_part("again")))) == 3);
    CHECK(steps(record("user", "u2", "a1", R"(,"subtype":"notification")" + parts(text_part("done")))) == 4);
    CHECK(steps(record("tool_result", "r1", "a1", parts(result_part("c1", R"({"output":"ok"})")))) == 3);
    CHECK(steps(record("user", "u2", "", parts(text_part("after /clear")))) == 4);
    CHECK(steps(record("user", "u2", "nowhere", parts(text_part("cut")))) == 4);
}

TEST_CASE("qwen: output with or without thoughts, as the total tells", "[capture]") {
    const auto output = [](const std::string& counts) {
        return sum_of(read_text(small({}, R"(,"usageMetadata":{"promptTokenCount":10,)" + counts + "}")))
            .output;
    };
    CHECK(output(R"("candidatesTokenCount":5,"thoughtsTokenCount":2,"totalTokenCount":15)") == 5);
    CHECK(output(R"("candidatesTokenCount":5,"thoughtsTokenCount":2,"totalTokenCount":17)") == 7);
    CHECK(output(R"("candidatesTokenCount":5,"thoughtsTokenCount":2)") == 5);
    CHECK(output(R"("candidatesTokenCount":2,"thoughtsTokenCount":5)") == 7);
}

TEST_CASE("qwen: the same record a second time, and copies of a session that this one was forked from",
          "[capture]") {
    const std::string usage = R"(,"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5})";
    const std::string one = record("assistant", "a2", "a1", parts(text_part("yes")) + usage);
    const auto repeated = read_text(small(one + one));
    CHECK(repeated.report.repeated_lines == 1);
    CHECK(sum_of(repeated) == Sum{10, 0, 5, 1});
    const std::string copied = R"(,"forkedFrom":{"sessionId":"s0","messageUuid":"x"})";
    const auto forked =
        read_text(record("user", "x", "", parts(text_part("old")) + copied) +
                  record("assistant", "y", "x", parts(text_part("old")) + usage + copied) + small());
    CHECK(forked.record->steps.size() == 2);
    CHECK(forked.record->metadata.find("parent_session_id")->string_or() == "s0");
    CHECK(parser_note(forked, "copied_lines") == 2);
    CHECK(sum_of(forked) == Sum{});
}

TEST_CASE("qwen: two records on one line, and results that share a record", "[capture]") {
    CHECK(read_fixture("019f0000-0000-7000-8000-000000000005.jsonl").reason == "no tool calls");
    const auto parsed = read_text(small(record("assistant", "a2", "a1", parts(call_part("c2"))) +
                                        record("tool_result", "r1", "a2",
                                               parts(result_part("c1", R"({"output":"one"})") + "," +
                                                     result_part("c2", R"({"output":"two"})")))));
    CHECK(parsed.record->steps[1].observations[0].content == "one");
    CHECK(parsed.record->steps[2].observations[0].content == "two");
}

TEST_CASE("qwen: known by its content, and nobody else's", "[capture]") {
    InMemoryDisk disk;
    const auto owner = [&disk](const std::string& text, const std::string& path = "/p/any.jsonl") {
        put(disk, path, text);
        capture::Sources sources(disk);
        const auto found = capture::discover(path, capture::agents(), sources).sessions;
        const bool known = !found.empty() && found[0].agent->recognises(path, sources);
        return known ? std::string(found[0].agent->name) : std::string("nobody");
    };
    CHECK(owner(small()) == "qwen");
    CHECK(owner(fixture("subagents/" + k_id + "/agent-explore-7f3c.jsonl")) == "qwen");
    CHECK(owner(user("u1", "", "hello") + reply("a1", "u1", "m1", call("t1", "Bash", "{}"))) ==
          "claude-code");
    // Claude Code's notes have no payload.
    CHECK(owner(R"({"uuid":"u","sessionId":"s","type":"system","subtype":"local_command","content":"x"})") ==
          "nobody");
    // What both wrote alike until 2025: the model tells, else the place.
    const auto old = [](const std::string& model) {
        return R"({"sessionId":"s","projectHash":"p","messages":[{"id":"1","timestamp":"t","type":"gemini",)"
               R"("content":"","model":")" +
               model + "\"}]}";
    };
    CHECK(owner(old("qwen3-coder-plus")) == "qwen");
    CHECK(owner(old("gemini-2.5-pro")) == "gemini");
    CHECK(owner(old("")) == "gemini");
    CHECK(owner(old("glm-4.6"), "/home/me/.qwen/tmp/0/chats/session-1.json") == "qwen");
    CHECK(owner(old("gemini-2.5-pro"), "/home/me/.qwen/tmp/0/chats/session-2.json") == "gemini");
}

TEST_CASE("qwen: a project gets its own sessions, old and new, wherever they are kept", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_path, small());
    put(disk, k_projects + "-home-me-app-below/chats/s2.jsonl",
        record("user", "u1", "", R"(,"x":0)" + parts(text_part("elsewhere"))));
    put(disk, k_projects + "-home-me-other/chats/s3.jsonl", small());
    put(disk, "/home/me/.qwen/tmp/" + sha256_hex("/home/me/app") + "/chats/session-1.json",
        R"({"sessionId":"s4","projectHash":"p","messages":[{"id":"1","timestamp":"t","type":"gemini","content":"","model":"qwen-max"}]})");
    put(disk, "/qwen/projects/-home-me-app/chats/s5.jsonl", small());
    const capture::Agent* const only[] = {&qwen()};
    const auto count = [&](const std::string& name, const std::string& value) {
        Environment environment;
        environment.variables["HOME"] = "/home/me";
        if (!name.empty()) environment.variables[name] = value;
        capture::Sources sources(disk);
        return capture::discover_project("/home/me/app", only, environment, sources).sessions.size();
    };
    CHECK(count("", "") == 3);  // the one below says that it began in the project itself
    CHECK(count("QWEN_HOME", "/qwen") == 1);
    CHECK(count("QWEN_RUNTIME_DIR", "/qwen") == 1);
}
