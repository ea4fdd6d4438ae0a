#include "catch.hpp"
#include "opentraces/core/digest.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_folder = source_folder() + "/tests/fixtures/sessions/gemini/";
const std::string k_all_kinds = "session-2026-11-02T10-00-5f0c1a52.jsonl";
const std::string k_chats = "/home/me/.gemini/tmp/app/chats/";

const capture::Agent& gemini() {
    return *capture::find_agent("gemini");
}

capture::ParsedSession read_fixture(const std::string& name) {
    const auto disk = fs::posix_disk();
    return gemini().read_from(k_folder + name, *disk);
}

std::string fixture(const std::string& name) {
    return fs::posix_disk()->read_all(k_folder + name);
}

capture::ParsedSession read_text(const std::string& text,
                                 const std::string& path = k_chats + "session-1.jsonl") {
    InMemoryDisk disk;
    put(disk, path, text);
    return gemini().read_from(path, disk);
}

std::string head(const std::string& more = {}) {
    return R"({"sessionId":"s1","projectHash":"app","startTime":"2026-01-01T00:00:00.000Z")" + more + "}\n";
}

std::string said(const std::string& type, const std::string& id, const std::string& content,
                 const std::string& more = {}) {
    return R"({"id":")" + id + R"(","timestamp":"2026-01-01T00:00:01.000Z","type":")" + type +
           R"(","content":)" + content + more + "}\n";
}

std::string replied(const std::string& id, const std::string& more = {}) {
    return said("gemini", id, R"("ok")", R"(,"model":"gemini-2.5-pro")" + more);
}

std::string called(const std::string& status, const std::string& response) {
    return replied(
        "g1", R"(,"toolCalls":[{"id":"c1","name":"run_shell_command","args":{"command":"ls"},"status":")" +
                  status + R"(","result":[{"functionResponse":{"id":"c1","response":)" + response + "}}]}]");
}

std::string small(const std::string& rest = {}) {
    return head() + said("user", "u1", R"("fix it")") + called("success", R"({"output":"ok"})") + rest;
}

std::string tokens(int input, int cached, int output, int thoughts) {
    return R"(,"tokens":{"input":)" + std::to_string(input) + R"(,"cached":)" + std::to_string(cached) +
           R"(,"output":)" + std::to_string(output) + R"(,"thoughts":)" + std::to_string(thoughts) + "}";
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

TEST_CASE("gemini: a real session that is one document", "[capture]") {
    const auto parsed = read_fixture("session-2026-01-15T20-51-f7633853.json");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "f7633853-6663-4dbb-bbf4-6159afa29df8");
    CHECK(record.task.description == "run an agent that creates a color file inside docs, choose your color");
    CHECK(record.steps.size() == 7);
    CHECK(record.steps[1].reasoning_content->starts_with(
        "Considering Color Documentation Format\nI'm leaning"));
    CHECK(record.steps[1].model == "google/gemini-2.5-flash");
    CHECK(record.steps[1].token_usage.input_tokens.value() == 12207 - 2558);
    CHECK(record.steps[1].token_usage.output_tokens.value() == 105 + 153);
    // The call of a message without tokens is no reply that was counted.
    CHECK(sum_of(parsed) == Sum{62895 - 50471, 50471, 773, 5});
    REQUIRE(!parsed.evidence.changes.empty());
    CHECK(parsed.evidence.changes[0].created);
    CHECK(record.timestamp_start == "2026-01-15T20:51:48.582Z");
    CHECK(record.timestamp_end == "2026-01-15T20:52:29.285Z");
    CHECK(parsed.report.ignored_line_types.at("info") == 1);
    CHECK(parsed.report.unknown_lines() == 0);
}

TEST_CASE("gemini: lines that complete, repeat and take back messages", "[capture]") {
    const auto parsed = read_fixture(k_all_kinds);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    REQUIRE(record.steps.size() == 9);
    CHECK(record.steps[0].role == trace::Role::System);
    CHECK(record.steps[1].content == "fix @a.txt please");
    CHECK(record.steps[2].role == trace::Role::System);
    CHECK(record.steps[2].content->ends_with("[image: image/png, 3 bytes]"));
    CHECK(record.steps[3].tool_calls.size() == 2);
    CHECK(record.steps[3].observations[1].error == "exit_code:2");
    CHECK(record.steps[4].reasoning_content == "[encrypted reasoning]");
    CHECK(record.steps[4].subagent_trajectory_ref == "sub-1");
    CHECK(record.steps[4].observations[0].content ==
          "Binary content provided (1 item(s)).\n[image: image/png, 6 bytes]");
    CHECK(record.steps[4].observations[1].error == "tool_error");
    CHECK(record.steps[4].observations[2].error == "interrupted");
    CHECK(record.steps[5].content == "the right turn");
    // 605 + 50 is counted once, though the message stands three times; what was taken back was paid for.
    CHECK(sum_of(parsed) == Sum{605 + 1200 + 100, 400, 50 + 10 + 7, 3});
    CHECK(record.metrics.total_input_tokens.value() == 1905);
    CHECK(record.metadata.find("is_compacted") != nullptr);
    CHECK(record.metadata.find("title")->string_or() == "Fix a text");
    CHECK(record.metadata.find("rolled_back_turns")->integer() == 1);
    CHECK(record.metadata.find("interrupted_turns")->integer() == 1);
    CHECK(parser_note(parsed, "abandoned_steps") == 1);
    CHECK(record.outcome.patch->find("-one\n+two\n") != std::string::npos);
    CHECK(parsed.report.unknown_line_types.at("message/hologram") == 1);
    CHECK(parsed.report.unknown_line_types.at("(none)") == 1);
}

TEST_CASE("gemini: results that a log has in the place of prompts alone", "[capture]") {
    const auto parsed = read_text(
        head() + said("user", "u1", R"("go")") +
        said("gemini", "g1",
             R"([{"text":"so"},{"functionCall":{"id":"f1","name":"glob","args":{"pattern":"*"}}}])") +
        said("user", "u2",
             R"([{"functionResponse":{"id":"f1","response":{"output":"a"}}},{"text":"a hint"}])"));
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.steps[1].content == "so");
    CHECK(record.steps[1].tool_calls[0].tool_name == "glob");
    CHECK(record.steps[1].observations[0].content == "a");
    CHECK(record.steps[2].role == trace::Role::System);
    CHECK(record.steps[2].content == "a hint");
}

TEST_CASE("gemini: how calls end", "[capture]") {
    const auto error_of = [](const std::string& status, const std::string& response) {
        const auto parsed = read_text(head() + said("user", "u1", R"("go")") + called(status, response));
        return parsed.record->steps[1].observations[0].error.value_or("");
    };
    CHECK(error_of("success", R"({"output":"Exit Code: 3"})") == "exit_code:3");
    CHECK(error_of("success", R"({"output":"Exit Code: 0\nSignal: 0"})").empty());
    // The command said so itself.
    CHECK(error_of("success", R"({"output":"Output: Exit Code: 3\nand more"})").empty());
    CHECK(error_of("success", R"({"error":"no"})") == "tool_error");
    CHECK(error_of("error", R"({"output":"no"})") == "tool_error");
    CHECK(error_of("cancelled", R"({"output":""})") == "interrupted");
    CHECK(read_fixture("gemini-session-simple.jsonl").record->steps[1].observations[0].error == "no_result");
}

TEST_CASE("gemini: how sessions end", "[capture]") {
    const auto end_of = [](const std::string& last) {
        const auto parsed = read_text(small(last));
        return std::string(parsed.record->metadata.find("opentraces_terminal_state")->string_or());
    };
    const std::string broken = said("error", "e1", R"("[API Error: quota]")");
    CHECK(end_of(replied("g2")) == "completed");
    CHECK(end_of(said("info", "i1", R"("Request cancelled.")")) == "interrupted");
    CHECK(end_of(broken) == "api_error");
    CHECK(end_of(broken + replied("g2")) == "completed");
}

TEST_CASE("gemini: a session without usage has none, not zeros", "[capture]") {
    const auto parsed = read_fixture("session-tool-calls-with-results.json");
    REQUIRE(parsed.record);
    CHECK(parsed.evidence.usage.empty());
    CHECK(parsed.record->metadata.find("opentraces_usage")->string_or() == "none");
    CHECK(parsed.record->steps[1].observations[1].content->starts_with("total 42"));
}

TEST_CASE("gemini: a message that is written again counts once, the last time", "[capture]") {
    const auto parsed = read_text(
        small(replied("g2", tokens(100, 40, 5, 2)) + replied("g2", tokens(100, 40, 6, 2)) + replied("g2")));
    CHECK(sum_of(parsed) == Sum{60, 40, 8, 1});
    CHECK(parsed.report.repeated_lines == 2);
    CHECK(parsed.record->steps.size() == 3);
}

TEST_CASE("gemini: a history that is written again adds what is new in it, and is no compression",
          "[capture]") {
    // The same under other ids, a call among it, and context that no message has.
    const std::string history =
        R"({"$set":{"messages":[{"id":"x1","timestamp":"2026-01-01T00:00:02.000Z","type":"user","content":[{"text":"fix it"}]},)"
        R"({"id":"x2","timestamp":"2026-01-01T00:00:02.000Z","type":"gemini","content":[{"functionCall":{"id":"c1","name":"run_shell_command","args":{}}}]},)"
        R"({"id":"x3","timestamp":"2026-01-01T00:00:02.000Z","type":"user","content":[{"functionResponse":{"id":"c1","response":{"output":"[masked]"}}}]},)"
        R"({"id":"x4","timestamp":"2026-01-01T00:00:02.000Z","type":"user","content":[{"text":"the editor shows a.txt"}]}]}})";
    const auto parsed =
        read_text(small(history + "\n" + history + "\n" + replied("g2", tokens(10, 0, 1, 0))));
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    REQUIRE(record.steps.size() == 4);
    CHECK(record.steps[1].observations[0].content == "ok");
    CHECK(record.steps[2].content == "the editor shows a.txt");
    CHECK(record.steps[2].role == trace::Role::System);
    CHECK(record.metadata.find("is_compacted") == nullptr);
}

TEST_CASE("gemini: what the program says is no prompt", "[capture]") {
    const auto parsed =
        read_text(small(said("user", "u2", R"("System: Please continue.")") +
                        said("user", "u3", R"("/do expanded words")", R"(,"displayContent":"/do")")));
    REQUIRE(parsed.record->steps.size() == 5);
    CHECK(parsed.record->steps[2].role == trace::Role::System);
    CHECK(parsed.record->steps[3].role == trace::Role::User);
    CHECK(parsed.record->steps[3].content == "/do");
    CHECK(parsed.record->steps[4].role == trace::Role::System);
    CHECK(parsed.record->steps[4].content == " expanded words");
}

TEST_CASE("gemini: a sub-agent names the session whose folder it lies in", "[capture]") {
    const auto parsed =
        read_text(head(R"(,"kind":"subagent","directories":["/home/me/app"])") +
                      said("user", "u1", R"("look")") + called("success", R"({"output":"ok"})"),
                  k_chats + "parent-1/s1.jsonl");
    REQUIRE(parsed.record);
    CHECK(parsed.record->metadata.find("parent_session_id")->string_or() == "parent-1");
    CHECK(parsed.record->steps[1].call_type == trace::CallType::Subagent);
    CHECK(parsed.evidence.working_directory == "/home/me/app");
}

TEST_CASE("gemini: known by its content, and nobody else's", "[capture]") {
    InMemoryDisk disk;
    const auto owner = [&disk](const std::string& text, const std::string& path = "/p/any.jsonl") {
        put(disk, path, text);
        capture::Sources sources(disk);
        const auto found = capture::discover(path, capture::agents(), sources).sessions;
        const bool known = !found.empty() && found[0].agent->recognises(path, sources);
        return known ? std::string(found[0].agent->name) : std::string("nobody");
    };
    CHECK(owner(small()) == "gemini");
    CHECK(owner(fixture("gemini-session-simple.jsonl")) == "gemini");
    CHECK(owner(fixture("session-2026-01-15T20-51-f7633853.json")) == "gemini");
    // One line, whatever its name, also where the head of the file is not all of it.
    std::string document = R"({"messages":[{"id":"u","timestamp":"t","type":"user","content":")" +
                           std::string(300'000, 'x') + R"("}],"sessionId":"s","projectHash":"p"})";
    CHECK(owner(document) == "nobody");  // the name of the session comes too late
    document = R"({"sessionId":"s","projectHash":"p",)" + document.substr(1);
    CHECK(owner(document) == "gemini");
    CHECK(owner(user("u1", "", "hello") + reply("a1", "u1", "m1", call("t1", "Bash", "{}"))) ==
          "claude-code");
    CHECK(owner(R"({"type":"session_meta","timestamp":"t","payload":{"id":"x"}})") == "codex");
    CHECK(owner(said("user", "u1", R"("hello")")) == "nobody");
    CHECK(owner(R"({"messages":[{"role":"user","content":"hi"}],"sessionId":"s"})") == "nobody");
    CHECK(owner(R"({"sessionId":"s","projectHash":"p","uuid":"u","type":"assistant"})") != "gemini");
}

TEST_CASE("gemini: which project a session is of", "[capture]") {
    const auto project_of = [](const std::string& path, const std::string& text, InMemoryDisk& disk) {
        put(disk, path, text);
        capture::Sources sources(disk);
        return gemini().list(path, sources)[0].project;
    };
    InMemoryDisk by_file;
    put(by_file, "/home/me/.gemini/tmp/app/.project_root", "/home/me/app\n");
    CHECK(project_of(k_chats + "session-1.jsonl", small(), by_file) == "/home/me/app");
    CHECK(project_of(k_chats + "parent/s.jsonl", small(), by_file) == "/home/me/app");
    InMemoryDisk by_registry;
    put(by_registry, "/home/me/.gemini/projects.json", R"({"projects":{"/x":"other","/home/me/app":"app"}})");
    CHECK(project_of(k_chats + "session-1.jsonl", small(), by_registry) == "/home/me/app");
    const std::string hashed = "/home/me/.gemini/tmp/" + sha256_hex("/home/me/app") + "/chats/session-1.json";
    CHECK(project_of(hashed, fixture("session-tool-calls-with-results.json"), by_registry) == "/home/me/app");
    InMemoryDisk by_context;
    CHECK(project_of("/elsewhere/s.jsonl", fixture(k_all_kinds), by_context) == "/home/me/app");
    CHECK(project_of("/elsewhere/s.jsonl", small(), by_context).empty());
}

TEST_CASE("gemini: a project gets its sessions by the digest of its path, and each once", "[capture]") {
    InMemoryDisk disk;
    const std::string tmp = "/home/me/.gemini/tmp/";
    put(disk, tmp + sha256_hex("/home/me/app") + "/chats/session-1.json",
        fixture("session-tool-calls-with-results.json"));
    put(disk, tmp + sha256_hex("/home/me/other") + "/chats/session-2.json",
        fixture("session-tool-calls-with-results.json"));
    put(disk, tmp + "app/chats/session-3.jsonl", fixture(k_all_kinds));
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    const capture::Agent* const only[] = {&gemini()};
    const auto search = [&](const Environment& at) {
        capture::Sources sources(disk);
        return capture::discover_project("/home/me/app", only, at, sources);
    };
    const auto found = search(environment);
    REQUIRE(found.sessions.size() == 2);
    CHECK(found.other_projects == 1);
    environment.variables["GEMINI_CLI_HOME"] = "/home/me/elsewhere";
    CHECK(search(environment).sessions.empty());
}

TEST_CASE("gemini: a document that was continued as lines is one session", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_chats + "session-1.json", fixture("session-tool-calls-with-results.json"));
    const auto count = [&disk] {
        capture::Sources sources(disk);
        return capture::discover("/home/me/.gemini", capture::agents(), sources).sessions.size();
    };
    CHECK(count() == 1);
    put(disk, k_chats + "session-1.jsonl", small());
    CHECK(count() == 1);
}
