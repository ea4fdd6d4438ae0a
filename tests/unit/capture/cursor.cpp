#include <sqlite3.h>

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "doubles/written_database.hpp"
#include "opentraces/core/digest.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_folder = source_folder() + "/tests/fixtures/sessions/cursor/";
const std::string k_id = "f1ff7b74-0a28-4dd4-a452-e01ae080eb20";

const capture::Agent& cursor() {
    return *capture::find_agent("cursor");
}

capture::ParsedSession read_fixture(const std::string& name) {
    const auto disk = fs::posix_disk();
    return cursor().read_from(k_folder + name, *disk);
}

capture::ParsedSession parse_file(const std::string& text, const std::string& ending = ".jsonl") {
    InMemoryDisk disk;
    put(disk, "/t/" + k_id + ending, text);
    return cursor().read_from("/t/" + k_id + ending, disk);
}

std::string said(const std::string& role, const std::string& blocks) {
    return R"({"role":")" + role + R"(","message":{"content":[)" + blocks + "]}}\n";
}

std::string use(const std::string& name, const std::string& input) {
    return R"({"type":"tool_use","name":")" + name + R"(","input":)" + input + "}";
}

std::vector<capture::Found> found_in(const std::string& path, fs::Disk& disk) {
    capture::Sources sources(disk);
    return capture::discover(path, capture::agents(), sources).sessions;
}

std::string in_sql(const std::string& text) {
    std::string hex;
    for (const char c : text)
        hex += opentraces::hex({reinterpret_cast<const std::uint8_t*>(&c), 1});
    return "X'" + hex + "'";
}

// A chat of the command line; its root names the messages in their order.
struct ChatStore {
    TemporaryDirectory folder;
    std::string path = folder.file("store.db");
    WrittenDatabase writer{path};
    std::string root;
    int blobs = 0;

    ChatStore() {
        writer.execute(
            "CREATE TABLE blobs (id TEXT PRIMARY KEY, data BLOB); CREATE TABLE meta (key TEXT PRIMARY KEY, "
            "value TEXT)");
        writer.keep_log();
    }
    void message(const std::string& text) {
        const std::string id(32, static_cast<char>('a' + blobs++));
        blob(id, text);
        root += "\x0a\x20" + id;
    }
    void blob(const std::string& id, const std::string& data) {
        writer.execute("INSERT INTO blobs VALUES (lower(hex(" + in_sql(id) + ")), " + in_sql(data) + ")");
    }
    // What holds the whole conversation is one node above.
    void end(const std::string& more = {}) {
        const std::string node(32, 'Y');
        const std::string top(32, 'Z');
        blob(node, root);
        const std::string directory = "/home/me/app";
        blob(top, "\x0a\x20" + node + "\x4a" + static_cast<char>(directory.size()) + directory);
        const std::string meta =
            R"({"agentId":")" + k_id +
            R"(","name":"A chat","mode":"default","createdAt":1767225600000,)"
            R"("lastUsedModel":"claude-4-sonnet","latestRootBlobId":")" +
            opentraces::hex({reinterpret_cast<const std::uint8_t*>(top.data()), top.size()}) + "\"" + more +
            "}";
        writer.execute("INSERT INTO meta VALUES ('0', lower(hex(" + in_sql(meta) + ")))");
    }
};

// The database of the editor.
struct EditorState {
    TemporaryDirectory folder;
    std::string path = folder.file("state.vscdb");
    WrittenDatabase writer{path};

    EditorState() { writer.execute("CREATE TABLE cursorDiskKV (key TEXT PRIMARY KEY NOT NULL, value TEXT)"); }
    void set(const std::string& key, const std::string& value) {
        writer.execute("INSERT INTO cursorDiskKV VALUES (CAST(" + in_sql(key) + " AS TEXT), CAST(" +
                       in_sql(value) + " AS TEXT))");
    }
    void bubble(const std::string& name, const std::string& value) { set("bubbleId:c1:" + name, value); }
    capture::ParsedSession read(const std::string& id = "c1") {
        const auto disk = fs::posix_disk();
        return cursor().read_from(path + "#" + id, *disk);
    }
};

std::string note(const capture::ParsedSession& parsed, const std::string& name) {
    const json::Value* value = parsed.record->metadata.find(name);
    return value == nullptr ? "" : json::to_compact(*value);
}

}  // namespace

TEST_CASE("cursor: a transcript that others wrote", "[capture]") {
    const auto parsed = read_fixture("cursor-session-simple.jsonl");
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 11);
    CHECK(parsed.record->session_id == "cursor-session-simple");
    CHECK(steps[0].content == "Generate a file with all the HBO shows from the 90's in it");
    CHECK(steps[1].tool_calls.size() == 2);
    CHECK(steps[1].observations[1].error == "no_result");
    CHECK(note(parsed, "opentraces_usage") == "\"none\"");
    CHECK(parsed.evidence.changes.empty());  // nobody knows whether the call has worked
}

TEST_CASE("cursor: results without an id answer the oldest call", "[capture]") {
    const auto parsed = read_fixture("large.jsonl");
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps[1].reasoning_content == "Let me check the directory.");
    CHECK(parsed.record->steps[1].observations[0].content == "file1.txt\nfile2.txt");
    CHECK(parsed.record->steps[4].observations[0].content == "hello world");
}

TEST_CASE("cursor: a block that is not known is counted, its text is kept", "[capture]") {
    const auto parsed = read_fixture("schema_drift.jsonl");
    REQUIRE(parsed.record);
    CHECK(parsed.report.unknown_lines() == 1);
    CHECK(parsed.record->steps[1].content == "Cursor added an unknown block with visible text.");
}

TEST_CASE("cursor: what is typed is between its marks, the rest is context", "[capture]") {
    const auto parsed = parse_file(
        said("user", text_block("<user_info>\nOS: linux\n</user_info>")) +
        said("user", text_block("<open_files>a.c</open_files>\n<user_query>\nfix it\n</user_query>")) +
        said("assistant", use("Shell", "{}")) + "{\"type\":\"turn_ended\",\"status\":\"success\"}\n");
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 4);
    CHECK(steps[0].role == trace::Role::System);
    CHECK(steps[1].content == "<open_files>a.c</open_files>");
    CHECK(steps[2].content == "fix it");
    CHECK(parsed.record->task.description == "fix it");
    CHECK(parsed.evidence.turn_ended);
    CHECK(parsed.report.unknown_lines() == 0);
}

TEST_CASE("cursor: a sub-agent stands below the call that has its prompt; one that nobody called at the end",
          "[capture]") {
    InMemoryDisk disk;
    const std::string folder = "/h/.cursor/projects/home-me-app/agent-transcripts/" + k_id;
    put(disk, folder + "/" + k_id + ".jsonl",
        said("user", text_block("go")) +
            said("assistant", use("Task", R"({"prompt":"look","subagent_type":"explore"})")) +
            said("assistant", text_block("Done.")));
    put(disk, folder + "/subagents/b.jsonl",
        said("user", text_block("<user_query>\nlook\n</user_query>")) + said("assistant", use("Read", "{}")));
    put(disk, folder + "/subagents/c.jsonl",
        said("user", text_block("another")) + said("assistant", text_block("x")));
    const auto found = found_in("/h/.cursor/projects/home-me-app", disk);
    REQUIRE(found.size() == 1);
    const auto parsed = cursor().read_from(found[0].session.locator, disk);
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 7);
    CHECK(steps[1].subagent_trajectory_ref == "b");
    CHECK(steps[2].call_type == trace::CallType::Subagent);
    CHECK(steps[3].parent_step->value() == 2);
    CHECK(steps[3].agent_role == "explore");
    CHECK(steps[4].content == "Done.");
    CHECK_FALSE(steps[5].parent_step);
    CHECK(parsed.report.unlinked_agents == 1);
    const std::string before = found[0].session.fingerprint;
    put(disk, folder + "/subagents/d.jsonl", said("user", text_block("more")));
    CHECK(found_in("/h/.cursor/projects/home-me-app", disk)[0].session.fingerprint != before);
}

TEST_CASE("cursor: the transcripts of older versions, a list and a text", "[capture]") {
    const auto list = parse_file(
        R"([{"role":"user","text":"<user_query>\nfix it\n</user_query>"},)"
        R"({"role":"assistant","text":"<think>hm</think>I look.","toolCalls":[{"toolName":"Write","args":{"path":"/a/b.c","contents":"x\n"}}]},)"
        R"({"role":"tool","toolResult":{"toolName":"Write","result":"ok"}}])",
        ".json");
    REQUIRE(list.record);
    CHECK(list.record->steps[0].content == "fix it");
    CHECK(list.record->steps[1].reasoning_content == "hm");
    CHECK(list.record->steps[1].content == "I look.");
    CHECK(list.record->steps[1].observations[0].content == "ok");
    CHECK(list.evidence.changes.size() == 1);
    const auto text = parse_file(
        "user:\n<user_query>\nfix it\n</user_query>\n\nassistant:\n[Thinking] hm\n[Tool call] Shell\n  "
        "command: ls -la\n"
        "  description: list\n[Tool result] Shell\na.txt\nb.txt\nassistant:\nDone.\nAll of it.\n",
        ".txt");
    REQUIRE(text.record);
    const auto& steps = text.record->steps;
    REQUIRE(steps.size() == 3);
    CHECK(steps[1].reasoning_content == "hm");
    CHECK(steps[1].tool_calls[0].input.find("command")->string_or() == "ls -la");
    CHECK(steps[1].observations[0].content == "a.txt\nb.txt");
    CHECK(steps[2].content == "Done.\nAll of it.");
}

TEST_CASE("cursor: a chat of the command line, in the order of its nodes", "[capture]") {
    ChatStore store;
    store.message(R"({"role":"system","content":"You are Cursor."})");
    store.message(
        R"({"role":"user","content":[{"type":"text","text":"<user_query>\nrun it\n</user_query>"}]})");
    store.message(
        R"({"role":"assistant","content":[{"type":"reasoning","text":"hm"},{"type":"redacted-reasoning","data":"x"},{"type":"text","text":"I run it."},)"
        R"({"type":"tool-call","toolCallId":"t1","toolName":"Shell","args":{"command":"make"}},{"type":"tool-call","toolCallId":"t2","toolName":"StrReplace","args":{"path":"/a/b.c","old_string":"x","new_string":"y"}}]})");
    store.message(
        R"({"role":"tool","content":[{"type":"tool-result","toolCallId":"t2","toolName":"StrReplace","result":"done"}]})");
    store.message(
        R"({"role":"tool","content":[{"type":"tool-result","toolCallId":"t1","toolName":"Shell","result":"Exit code: 2\n\nno rule"}]})");
    store.end();
    const auto disk = fs::posix_disk();
    const auto found = found_in(store.path, *disk);
    REQUIRE(found.size() == 1);
    CHECK(found[0].session.locator == store.path + "#" + k_id);
    CHECK(found[0].session.project == "/home/me/app");
    const auto parsed = cursor().read_from(found[0].session.locator, *disk);
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].content == "run it");
    CHECK(steps[1].reasoning_content == "hm\n\n[encrypted reasoning]");
    CHECK(steps[1].observations[0].error == "exit_code:2");
    CHECK(steps[1].observations[1].content == "done");
    CHECK(parsed.evidence.changes.size() == 1);
    CHECK(parsed.record->agent.model == "claude-4-sonnet");
    CHECK(parsed.record->timestamp_start == "2026-01-01T00:00:00.000Z");
    CHECK(note(parsed, "title") == "\"A chat\"");
}

TEST_CASE("cursor: a chat whose root leads nowhere is read in the order of its rows", "[capture]") {
    ChatStore store;
    store.message(R"({"role":"user","content":"run it"})");
    store.message(
        R"({"role":"assistant","content":[{"type":"tool-call","toolCallId":"t1","toolName":"Shell","args":{}}]})");
    store.writer.execute("INSERT INTO meta VALUES ('0', '{\"agentId\":\"a\",\"latestRootBlobId\":\"ff\"}')");
    const auto disk = fs::posix_disk();
    const auto parsed = cursor().read_from(store.path + "#a", *disk);
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps.size() == 2);
}

TEST_CASE("cursor: a conversation of the editor that others wrote", "[capture]") {
    const auto disk = fs::posix_disk();
    const auto found = found_in(k_folder + "database", *disk);
    REQUIRE(found.size() == 1);
    CHECK(found[0].session.project == "/fixture/v016/project");
    const auto parsed = cursor().read_from(found[0].session.locator, *disk);
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 5);
    CHECK(steps[2].observations[0].content == "synthetic read result");
    CHECK(steps[4].content == "Synthetic empty-ID compatibility turn.");
    CHECK(parsed.report.skipped.size() == 1);
    CHECK(parsed.record->timestamp_end == "2024-01-16T00:01:00.000Z");
}

TEST_CASE("cursor: bubbles of the editor: thoughts, calls of one answer, what was rejected, tokens",
          "[capture]") {
    EditorState state;
    state.set(
        "composerData:c1",
        R"({"name":"T","createdAt":1767225600000,"modelConfig":{"modelName":"gpt-5"},"fullConversationHeadersOnly":[{"bubbleId":"u"},{"bubbleId":"t"},{"bubbleId":"x"},{"bubbleId":"a"},{"bubbleId":"b"},{"bubbleId":"c"},{"bubbleId":"e"}]})");
    state.bubble("u", R"({"type":1,"text":"fix it","images":[{}]})");
    state.bubble("t",
                 R"({"type":2,"thinking":{"text":"hm"},"tokenCount":{"inputTokens":100,"outputTokens":7}})");
    state.bubble("x", R"({"type":2,"text":"I look."})");
    state.bubble(
        "a",
        R"({"type":2,"toolFormerData":{"name":"read_file","toolCallId":"k1","modelCallId":"m1","rawArgs":"{\"path\":\"a\"}","params":"{}","status":"completed","result":"{\"contents\":\"x\"}"}})");
    state.bubble(
        "b",
        R"({"type":2,"toolFormerData":{"name":"run_terminal_cmd","toolCallId":"k2","modelCallId":"m1","params":"{\"command\":\"ls\"}","status":"completed","result":"{\"output\":\"no\",\"exitCode\":1}"}})");
    state.bubble(
        "c",
        R"({"type":2,"toolFormerData":{"name":"delete_file","toolCallId":"k3","modelCallId":"m2","params":"{\"path\":\"a\"}","status":"error","userDecision":"rejected"}})");
    state.bubble(
        "e",
        R"({"type":2,"text":"Done.","modelInfo":{"modelName":"claude-4"},"tokenCount":{"inputTokens":0,"outputTokens":0}})");
    state.bubble("left", R"({"type":2,"text":"before","tokenCount":{"inputTokens":10,"outputTokens":3}})");
    const auto parsed = state.read();
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 4);
    CHECK(steps[0].content == "fix it\n\n[image]");
    CHECK(steps[1].reasoning_content == "hm");
    CHECK(steps[1].content == "I look.");
    REQUIRE(steps[1].tool_calls.size() == 2);
    CHECK(steps[1].tool_calls[0].input.find("path")->string_or() == "a");
    CHECK(steps[1].observations[1].error == "exit_code:1");
    CHECK(steps[2].observations[0].error == "tool_error");
    CHECK(steps[3].model == "claude-4");
    CHECK(steps[1].token_usage.output_tokens.value() == 7);
    CHECK(parsed.record->metrics.total_input_tokens.value() == 110);
    CHECK(parser_note(parsed, "abandoned_steps") == 1);
    CHECK(parsed.evidence.tokens_are_lower_bound);
}

TEST_CASE("cursor: conversations that are one value, of 2024", "[capture]") {
    TemporaryDirectory folder;
    const std::string path = folder.file("state.vscdb");
    const auto disk = fs::posix_disk();
    {
        WrittenDatabase writer(path);
        writer.execute("CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB)");
        CHECK(found_in(path, *disk)
                  .at(0)
                  .agent->read(found_in(path, *disk)[0].session, *std::make_unique<capture::Sources>(*disk))
                  .verdict == capture::ParseVerdict::Refused);
        writer.execute(
            "INSERT INTO ItemTable VALUES ('workbench.panel.aichat.view.aichat.chatdata', '" +
            std::string(
                R"({"tabs":[{"tabId":"t1","chatTitle":"Old","bubbles":[{"type":"user","text":"why?"},{"type":"ai","rawText":"because","modelType":"gpt-4"}]}]})") +
            "')");
        writer.execute(
            "INSERT INTO ItemTable VALUES ('composer.composerData', '" +
            std::string(
                R"({"allComposers":[{"composerId":"c9","conversation":[{"type":1,"text":"fix"},{"type":2,"text":"ok","toolFormerData":{"name":"edit","params":"{}"}}]},{"composerId":"empty"}]})") +
            "')");
    }
    disk->replace(folder.file("workspace.json"), R"({"folder":"file:///home/me/an%20app"})");
    const auto found = found_in(path, *disk);
    REQUIRE(found.size() == 2);
    CHECK(found[0].session.locator == path + "#c9");
    CHECK(found[0].session.project == "/home/me/an app");
    CHECK(cursor().read_from(path + "#c9", *disk).record);
    CHECK(cursor().read_from(path + "#t1", *disk).reason == "no tool calls");
    CHECK(cursor().read_from(path + "#none", *disk).reason == "the database has no such conversation");
}

TEST_CASE("cursor: a conversation that is in several places is one session", "[capture]") {
    TemporaryDirectory home;
    const auto disk = fs::posix_disk();
    const std::string root = home.file(".cursor");
    const std::string transcript = root + "/projects/p/agent-transcripts/" + k_id + "/" + k_id + ".jsonl";
    disk->make_directories(fs::parent(transcript), 0700);
    disk->replace(transcript, said("user", text_block("x")));
    CHECK(found_in(root + "/projects", *disk).size() == 1);
    ChatStore store;
    store.message(R"({"role":"user","content":"x"})");
    store.end();
    const std::string copy = root + "/chats/hash/" + k_id + "/store.db";
    disk->make_directories(fs::parent(copy), 0700);
    for (const char* ending : {"", "-wal"})
        disk->replace(copy + ending, disk->read_all(store.path + ending));
    CHECK(found_in(root + "/projects", *disk).empty());
    REQUIRE(found_in(root, *disk).size() == 1);
    const std::string state = home.file(".config") + "/Cursor/User/globalStorage/state.vscdb";
    disk->make_directories(fs::parent(state), 0700);
    {
        WrittenDatabase writer(state);
        writer.execute(
            "CREATE TABLE cursorDiskKV (key TEXT PRIMARY KEY, value TEXT); INSERT INTO cursorDiskKV VALUES "
            "('composerData:" +
            k_id + "', '{\"conversation\":[{\"type\":1,\"text\":\"x\"}]}')");
    }
    CHECK(found_in(root, *disk).empty());
}

TEST_CASE("cursor: a project has its own folder of transcripts", "[capture]") {
    InMemoryDisk disk;
    put(disk, "/home/me/.cursor/projects/home-me-my-app/agent-transcripts/" + k_id + ".jsonl",
        said("user", text_block("x")));
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    capture::Sources sources(disk);
    CHECK(capture::discover_project("/home/me/my.app", capture::agents(), environment, sources)
              .sessions.size() == 1);
    CHECK(capture::discover_project("/home/me/other", capture::agents(), environment, sources)
              .sessions.empty());
}

TEST_CASE("cursor: a list that is cut is refused, and so is what is no transcript", "[capture]") {
    const std::string list =
        R"([{"role":"user","text":"go"},{"role":"assistant","text":"x","toolCalls":[{"toolName":"a","args":{}}]}])";
    for (std::size_t size = 0; size < list.size(); ++size)
        CHECK_FALSE(parse_file(list.substr(0, size), ".json").reason.empty());
    CHECK(parse_file("{\"a\":1}\n").reason == "not a Cursor transcript: no line has a role and a message");
}
