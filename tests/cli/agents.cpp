// Agents other than the first one, from init to push.
#include <algorithm>
#include <cctype>
#include <filesystem>

#include "catch.hpp"
#include "doubles/written_database.hpp"
#include "opentraces/json/reader.hpp"
#include "where.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::RunResult;
using testing::Workbench;

namespace {

namespace stdfs = std::filesystem;

const stdfs::path k_fixtures = stdfs::path(testing::source_folder()) / "tests/fixtures/sessions";
const std::string k_rollout = "rollout-2026-06-17T15-17-40-019ed628-d563-7e40-bbb1-93a6a302d688.jsonl";

void replace_all(std::string& text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

// The rollout as if Codex had run in `directory`.
std::string rollout_of(const std::string& directory) {
    std::string text = Workbench::read(k_fixtures / "codex" / k_rollout);
    const json::Value first = json::parse(text.substr(0, text.find('\n')));
    const std::string cwd(first["payload"]["cwd"].string_or());
    REQUIRE_FALSE(cwd.empty());
    replace_all(text, cwd, directory);
    return text;
}

// All that is in the inbox, into a dataset that holds; capturing again changes nothing.
void publish(Workbench& bench, std::int64_t sessions) {
    bench.expect(0, {"commit", "--all"});
    bench.expect(0, {"push"});
    bench.expect(0, {"verify", "./dataset"});
    CHECK(bench.expect(0, {"capture", "--json"}).json()["unchanged"].integer() == sessions);
}

}  // namespace

TEST_CASE("codex: from init to a dataset, and never another project's sessions") {
    Workbench bench;
    const stdfs::path day = bench.home() / ".codex/sessions/2026/06/17";
    bench.write(day / k_rollout, rollout_of(bench.project().string()));
    std::string other = rollout_of(bench.path("elsewhere").string());
    replace_all(other, "019ed628-d563-7e40-bbb1-93a6a302d688", "019ed628-0000-7e40-bbb1-93a6a302d688");
    bench.write(day / "rollout-2026-06-17T15-17-40-019ed628-0000-7e40-bbb1-93a6a302d688.jsonl", other);

    bench.expect(0, {"init", "--agent", "codex", "--start-fresh", "--private", "--remote", "./dataset"});
    CHECK_FALSE(stdfs::exists(bench.project() / ".claude"));
    const RunResult captured = bench.expect(0, {"capture", "--json"});
    CHECK(captured.json()["captured"].integer() == 1);
    CHECK(captured.err.find("1 session of other projects") != std::string::npos);
    const json::Value trace = bench.expect(0, {"list", "--json"}).json()["traces"].at(0);
    CHECK(trace["agent"].string_or() == "codex");
    CHECK(trace["input_tokens"].integer() == 57112 - 29184);
    CHECK(trace["output_tokens"].integer() == 1162);
    publish(bench, 1);
}

TEST_CASE("gemini: from init to a dataset") {
    Workbench bench;
    const stdfs::path own = bench.home() / ".gemini/tmp/app";
    bench.write(own / ".project_root", bench.project().string());
    bench.write(own / "chats/session-2026-11-02T10-00-5f0c1a52.jsonl",
                Workbench::read(k_fixtures / "gemini/session-2026-11-02T10-00-5f0c1a52.jsonl"));
    bench.write(bench.home() / ".gemini/tmp/other/chats/session-1.json",
                Workbench::read(k_fixtures / "gemini/session-tool-calls-with-results.json"));
    bench.expect(0, {"init", "--agent", "gemini", "--start-fresh", "--private", "--remote", "./dataset"});
    const RunResult captured = bench.expect(0, {"capture", "--json"});
    CHECK(captured.json()["captured"].integer() == 1);
    CHECK(captured.err.find("1 session of other projects") != std::string::npos);
    publish(bench, 1);
}

TEST_CASE("qwen: from init to a dataset, sub-agents included") {
    Workbench bench;
    std::string name = bench.project().string();
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '-');
    const stdfs::path own = bench.home() / ".qwen/projects" / name;
    for (const auto& entry : stdfs::recursive_directory_iterator(k_fixtures / "qwen")) {
        if (entry.path().extension() != ".jsonl" || entry.path().parent_path() == k_fixtures / "qwen")
            continue;
        std::string text = Workbench::read(entry.path());
        replace_all(text, "\"/home/me/app\"", "\"" + bench.project().string() + "\"");
        bench.write(own / stdfs::relative(entry.path(), k_fixtures / "qwen"), text);
    }
    bench.expect(0, {"init", "--agent", "qwen", "--start-fresh", "--private", "--remote", "./dataset"});
    CHECK(bench.expect(0, {"capture", "--json"}).json()["captured"].integer() == 2);
    publish(bench, 2);
}

TEST_CASE("opencode: from init to a dataset, and nothing of its folder is touched") {
    Workbench bench;
    const stdfs::path folder = bench.home() / ".local/share/opencode";
    stdfs::create_directories(folder);
    {
        stdfs::copy_file(k_fixtures / "opencode/opencode.db", folder / "opencode.db");
        testing::WrittenDatabase writer(folder / "opencode.db");
        writer.execute("UPDATE session SET directory = '" + bench.project().string() + "'");
        writer.execute(
            "INSERT INTO session SELECT 'other', project_id, parent_id, slug, '/elsewhere', title, version,"
            " time_created, time_updated FROM session");
    }
    const std::string before = Workbench::read(folder / "opencode.db");
    bench.expect(0, {"init", "--agent", "opencode", "--start-fresh", "--private", "--remote", "./dataset"});
    CHECK(bench.expect(0, {"capture", "--json"}).json()["captured"].integer() == 1);
    const json::Value trace = bench.expect(0, {"list", "--json"}).json()["traces"].at(0);
    CHECK(trace["agent"].string_or() == "opencode");
    CHECK(trace["output_tokens"].integer() == 20);
    publish(bench, 1);
    CHECK(Workbench::read(folder / "opencode.db") == before);
    CHECK(std::distance(stdfs::directory_iterator(folder), stdfs::directory_iterator{}) == 1);
    // Named, all its sessions are read.
    const RunResult parsed = bench.expect(0, {"parse", folder / "opencode.db"});
    CHECK(parsed.err.find("2 sessions: ") != std::string::npos);
}

TEST_CASE("copilot: the chats of VS Code from init to a dataset") {
    Workbench bench;
    const stdfs::path storage = bench.home() / ".config/Code/User/workspaceStorage/0a1b";
    bench.write(storage / "workspace.json", "{\"folder\":\"file://" + bench.project().string() + "\"}");
    bench.write(storage / "chatSessions/chat.json",
                Workbench::read(k_fixtures / "copilot/copilot_session_simple.json"));
    bench.write(storage / "chatSessions/log.jsonl",
                Workbench::read(k_fixtures / "copilot/copilot_session_multiline.jsonl"));
    bench.write(bench.home() / ".config/VSCodium/User/workspaceStorage/1/chatSessions/other.json",
                Workbench::read(k_fixtures / "copilot/copilot_session_simple.json"));
    bench.expect(0, {"init", "--agent", "copilot", "--start-fresh", "--private", "--remote", "./dataset"});
    const RunResult captured = bench.expect(0, {"capture", "--json"});
    CHECK(captured.json()["captured"].integer() == 2);
    CHECK(captured.err.find("1 session of other projects") != std::string::npos);
    publish(bench, 2);
}

TEST_CASE("antigravity and windsurf: from init to a dataset, and what nobody can read is said") {
    Workbench bench;
    const std::string project = bench.project().string();
    const stdfs::path root = bench.home() / ".gemini/antigravity-cli";
    bench.write(
        root / "brain/conv-1/.system_generated/logs/transcript.jsonl",
        Workbench::read(k_fixtures / "antigravity/brain/conv-small/.system_generated/logs/transcript.jsonl"));
    bench.write(
        root / "history.jsonl",
        R"({"display":"x","timestamp":1,"conversationId":"conv-1","workspace":")" + project + "\"}\n");
    bench.write(root / "conversations/conv-1.pb", "x");
    bench.write(root / "conversations/conv-2.pb", "x");
    std::string transcript = Workbench::read(k_fixtures / "windsurf/windsurf-session-simple.jsonl");
    replace_all(transcript, "/Users/aidancunniffe/Desktop/testing-gitflows-git-ai", project);
    bench.write(bench.home() / ".windsurf/transcripts/t-1.jsonl", transcript);
    bench.expect(0, {"init", "--agent", "antigravity", "--agent", "windsurf", "--start-fresh", "--private",
                     "--remote", "./dataset"});
    const RunResult captured = bench.expect(0, {"capture", "--json"});
    CHECK(captured.json()["captured"].integer() == 2);
    CHECK(captured.err.find("1 conversation of Antigravity that only its own program can read") !=
          std::string::npos);
    publish(bench, 2);
    // What is not understood is counted, and said.
    bench.expect(8, {"parse", "--strict",
                     k_fixtures / "antigravity/brain/conv-drift/.system_generated/logs/transcript.jsonl"});
}

TEST_CASE("specstory: from init to a dataset, but not beside the session itself") {
    Workbench bench;
    const std::string name = "2026-07-13_13-40-49Z-flaky.md";
    bench.write(bench.project() / ".specstory/history" / name,
                Workbench::read(k_fixtures / "specstory/history" / name));
    bench.expect(0, {"init", "--agent", "specstory", "--agent", "codex", "--start-fresh", "--private",
                     "--remote", "./dataset"});
    CHECK(bench.expect(0, {"capture", "--json"}).json()["captured"].integer() == 1);
    publish(bench, 1);

    std::string rollout = rollout_of(bench.project().string());
    const std::string id = "5c7d5c23-0691-4467-b98e-0fb865b4a639";
    replace_all(rollout, "019ed628-d563-7e40-bbb1-93a6a302d688", id);
    bench.write(
        bench.home() / ".codex/sessions/2026/06/17" / ("rollout-2026-06-17T15-17-40-" + id + ".jsonl"),
        rollout);
    const RunResult captured = bench.expect(0, {"capture", "--json"});
    CHECK(captured.json()["captured"].integer() == 1);
    CHECK(captured.json()["unchanged"].integer() == 0);
    CHECK(captured.err.find("1 document of SpecStory") != std::string::npos);
}

TEST_CASE("vibe: from init to a dataset, stores and folders of messages") {
    Workbench bench;
    const stdfs::path logs = bench.home() / ".vibe/logs/session";
    for (const auto& entry : stdfs::recursive_directory_iterator(k_fixtures / "vibe")) {
        if (!entry.is_regular_file() || entry.path().extension() == ".md") continue;
        std::string text = Workbench::read(entry.path());
        replace_all(text, "\"/home/me/app\"", "\"" + bench.project().string() + "\"");
        replace_all(text, "\"/home/user/projects/myapp\"", "\"" + bench.path("elsewhere").string() + "\"");
        bench.write(logs / stdfs::relative(entry.path(), k_fixtures / "vibe"), text);
    }
    bench.expect(0, {"init", "--agent", "vibe", "--start-fresh", "--private", "--remote", "./dataset"});
    const RunResult captured = bench.expect(0, {"capture", "--json"});
    CHECK(captured.json()["captured"].integer() == 2);
    CHECK(captured.err.find("2 sessions of other projects") != std::string::npos);
    publish(bench, 2);
}

TEST_CASE("aider: from init to a dataset, and growth of its history is one more session") {
    Workbench bench;
    const stdfs::path history = bench.project() / ".aider.chat.history.md";
    const std::string text = Workbench::read(k_fixtures / "aider/recorded/.aider.chat.history.md");
    bench.write(history, text);
    bench.expect(0, {"init", "--agent", "aider", "--start-fresh", "--private", "--remote", "./dataset"});
    CHECK(bench.expect(0, {"capture", "--json"}).json()["captured"].integer() == 2);
    bench.expect(0, {"commit", "--all"});
    bench.expect(0, {"push"});
    bench.expect(0, {"verify", "./dataset"});
    bench.write(history, text + Workbench::read(k_fixtures / "aider/.aider.chat.history.md"));
    const RunResult again = bench.expect(0, {"capture", "--json"});
    CHECK(again.json()["captured"].integer() == 2);
    CHECK(again.json()["unchanged"].integer() == 2);
}

TEST_CASE("gptme: from init to a dataset") {
    Workbench bench;
    const stdfs::path logs = bench.home() / ".local/share/gptme/logs";
    const std::string name = "2026-07-01-fix-the-sum";
    bench.write(logs / name / "conversation.jsonl",
                Workbench::read(k_fixtures / "gptme" / name / "conversation.jsonl"));
    stdfs::create_directory_symlink(bench.project(), logs / name / "workspace");
    const std::string other = "2026-06-13-write-hello-world";
    bench.write(logs / other / "conversation.jsonl",
                Workbench::read(k_fixtures / "gptme" / other / "conversation.jsonl"));
    bench.expect(0, {"init", "--agent", "gptme", "--start-fresh", "--private", "--remote", "./dataset"});
    const RunResult captured = bench.expect(0, {"capture", "--json"});
    CHECK(captured.json()["captured"].integer() == 1);
    CHECK(captured.err.find("1 session of other projects") != std::string::npos);
    publish(bench, 1);
}

TEST_CASE("cline: tasks of an editor and sessions of the command line, from init to a dataset") {
    Workbench bench;
    const std::vector<std::pair<std::string, stdfs::path>> places{
        {"tasks/0198f0a2-7c11-7d3e-9f10-2b6a5c4d3e21",
         ".config/VSCodium/User/globalStorage/rooveterinaryinc.roo-cline"},
        {"tasks/1762000000000", "Library/Application Support/Code/User/globalStorage/saoudrizwan.claude-dev"},
        {"tasks/1764000000000", ".config/Cursor/User/globalStorage/saoudrizwan.claude-dev"},
        {"sessions/1777000000000_ab12c", ".cline/data"}};
    for (const auto& [name, place] : places) {
        for (const auto& entry : stdfs::directory_iterator(k_fixtures / "cline" / name)) {
            std::string text = Workbench::read(entry.path());
            for (const char* folder : {"/home/me/app", "/home/me/roo", "/home/me/cli"})
                replace_all(text, folder, bench.project().string());
            bench.write(bench.home() / place / name / entry.path().filename(), text);
        }
    }
    // Of another project: only the list of tasks says so.
    bench.write(bench.home() / places[2].second / "state/taskHistory.json",
                Workbench::read(k_fixtures / "cline/state/taskHistory.json"));
    bench.expect(0, {"init", "--agent", "cline", "--start-fresh", "--private", "--remote", "./dataset"});
    const RunResult captured = bench.expect(0, {"capture", "--json"});
    CHECK(captured.json()["captured"].integer() == 4);
    CHECK(captured.err.find("1 session of other projects") != std::string::npos);
    publish(bench, 4);
    // A kind of block that nobody knows is said.
    bench.expect(8, {"parse", "--strict", k_fixtures / "cline/tasks/1764000000000"});
}

TEST_CASE("opencode: sessions of its older storage, from init to a dataset") {
    Workbench bench;
    const stdfs::path own = bench.home() / ".local/share/opencode";
    for (const auto& entry : stdfs::recursive_directory_iterator(k_fixtures / "opencode/storage_v2")) {
        if (!entry.is_regular_file()) continue;
        std::string text = Workbench::read(entry.path());
        replace_all(text, "\"directory\":\"/tmp/large\"",
                    "\"directory\":\"" + bench.project().string() + "\"");
        bench.write(own / "storage" / stdfs::relative(entry.path(), k_fixtures / "opencode/storage_v2"),
                    text);
    }
    bench.expect(0, {"init", "--agent", "opencode", "--start-fresh", "--private", "--remote", "./dataset"});
    const RunResult captured = bench.expect(0, {"capture", "--json"});
    CHECK(captured.json()["captured"].integer() == 1);
    CHECK(captured.err.find("1 session of other projects") != std::string::npos);
    publish(bench, 1);
    // It is moved into the database: the same session.
    {
        testing::WrittenDatabase writer(own / "opencode.db");
        writer.execute(
            "CREATE TABLE session (id TEXT PRIMARY KEY, project_id TEXT, parent_id TEXT, slug TEXT, directory"
            " TEXT, title TEXT, version TEXT, time_created INTEGER, time_updated INTEGER);"
            "CREATE TABLE message (id TEXT, session_id TEXT, time_created INTEGER, time_updated INTEGER, "
            "data TEXT);"
            "CREATE TABLE part (id TEXT, message_id TEXT, session_id TEXT, time_created INTEGER, time_updated"
            " INTEGER, data TEXT)");
        writer.execute("INSERT INTO session VALUES ('s_stage0_large', 'p', NULL, '', '" +
                       bench.project().string() + "', 't', '1.3.17', 1, 2)");
    }
    const json::Value again = bench.expect(0, {"capture", "--json"}).json();
    CHECK(again["captured"].integer() == 0);
    CHECK(again["filtered"].integer() == 1);
    CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 1);
}

TEST_CASE("kiro: from init to a dataset, and never its credentials") {
    Workbench bench;
    const std::string secret = "ey" + std::string("Jh") + std::string(60, 'b');
    const stdfs::path database = bench.home() / ".local/share/kiro-cli/data.sqlite3";
    stdfs::create_directories(database.parent_path());
    std::string value = Workbench::read(k_fixtures / "kiro/saved.json");
    replace_all(value, "/home/me/app", bench.project().string());
    replace_all(value, "'", "''");
    {
        testing::WrittenDatabase writer(database);
        writer.execute(
            "CREATE TABLE auth_kv (key TEXT PRIMARY KEY, value TEXT);"
            "CREATE TABLE conversations_v2 (key TEXT NOT NULL, conversation_id TEXT NOT NULL, value TEXT NOT"
            " NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, PRIMARY KEY (key, "
            "conversation_id))");
        writer.execute("INSERT INTO auth_kv VALUES ('token', '" + secret + "')");
        for (const std::string& folder : {bench.project().string(), std::string("/elsewhere")})
            writer.execute("INSERT INTO conversations_v2 VALUES ('" + folder + "', '" + folder + "', '" +
                           value + "', 1, 2)");
    }
    bench.expect(0, {"init", "--agent", "kiro", "--start-fresh", "--private", "--remote", "./dataset"});
    const RunResult captured = bench.expect(0, {"capture", "--json"});
    CHECK(captured.json()["captured"].integer() == 1);
    CHECK(captured.err.find("1 session of other projects") != std::string::npos);
    publish(bench, 1);
    std::size_t files = 0;
    for (const auto& entry : stdfs::recursive_directory_iterator(bench.project())) {
        if (!entry.is_regular_file()) continue;
        ++files;
        CHECK(Workbench::read(entry.path()).find(secret) == std::string::npos);
    }
    CHECK(files > 5);
    CHECK(bench.expect(0, {"recapture", "--all", "--json"}).json()["unchanged"].integer() == 1);
}

TEST_CASE("parse: a folder with sessions of several agents is read whole") {
    Workbench bench;
    const stdfs::path folder = bench.path("mixed");
    bench.write(folder / "a.jsonl", Workbench::read(testing::fixture_session()));
    bench.write(folder / "b.jsonl", Workbench::read(k_fixtures / "codex" / k_rollout));
    const RunResult parsed = bench.expect(0, {"parse", folder, "--json", "--strict"});
    CHECK(std::count(parsed.out.begin(), parsed.out.end(), '\n') == 2);
    CHECK(parsed.out.find("\"name\":\"claude-code\"") != std::string::npos);
    CHECK(parsed.out.find("\"name\":\"codex\"") != std::string::npos);
    // What nobody knows is still named.
    bench.write(folder / "c.jsonl", "{\"a\":1}\n");
    bench.expect(5, {"parse", folder});
    // In one line, for the readers of all agents.
    const RunResult strange = bench.expect(5, {"parse", folder / "c.jsonl"});
    CHECK(strange.err.starts_with("error: " + (folder / "c.jsonl").string() +
                                  ": no session of an agent that is known; "));
    CHECK(strange.err.find("Claude Code") == std::string::npos);
}

TEST_CASE(
    "capture: lines of Claude Code that name no session are read all the same, whatever else is known") {
    Workbench bench;
    bench.expect(0, {"init", "--no-hook", "--start-fresh"});
    bench.write(
        bench.path("old.jsonl"),
        R"({"type":"user","timestamp":"2024-01-01T10:00:00Z","message":{"content":"hello"},"cwd":"/w"})"
        "\n"
        R"({"type":"assistant","timestamp":"2024-01-01T10:00:05Z","message":{"model":"claude-sonnet-4",)"
        R"("content":[{"type":"tool_use","id":"t","name":"Bash","input":{"command":"ls"}}]}})"
        "\n");
    CHECK(bench.expect(0, {"capture", "--json", bench.path("old.jsonl")}).json()["captured"].integer() == 1);
}

TEST_CASE("a file of an agent that was not chosen is named as that agent's") {
    Workbench bench;
    const stdfs::path file = bench.path("b.jsonl");
    bench.write(file, Workbench::read(k_fixtures / "codex" / k_rollout));
    const std::string said = file.string() + ": a Codex session; run with --agent codex\n";
    CHECK(bench.expect(6, {"parse", "--agent", "claude-code", file}).err.starts_with("error: " + said));
    bench.expect(0, {"parse", "--agent", "codex", file});
    bench.expect(0, {"init", "--agent", "claude-code", "--no-hook", "--start-fresh"});
    const RunResult refused = bench.expect(6, {"capture", "--agent", "claude-code", file});
    CHECK(refused.err.find("error: " + said) != std::string::npos);
    // In a folder they are left alone, and that is said.
    const stdfs::path folder = bench.path("mixed");
    bench.write(folder / "a.jsonl", Workbench::read(testing::fixture_session()));
    bench.write(folder / "b.jsonl", Workbench::read(file));
    const RunResult parsed = bench.expect(0, {"parse", "--agent", "claude-code", folder});
    CHECK(parsed.err.find("1 file of Codex, which was not asked for, left alone") != std::string::npos);
}
