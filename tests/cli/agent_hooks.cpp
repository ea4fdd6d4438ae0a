// Each agent's hook, from init to a session in the inbox: what is written into its settings is run as the
// agent would, with what its documentation says that the hook is given.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <functional>
#include <map>

#include "catch.hpp"
#include "doubles/written_database.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/capture/hook.hpp"
#include "opentraces/core/md5.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"
#include "where.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::Running;
using testing::RunResult;
using testing::Workbench;
namespace stdfs = std::filesystem;

namespace {

const stdfs::path k_fixtures = stdfs::path(testing::source_folder()) / "tests/fixtures/sessions";

using Pieces = std::map<std::string, std::string>;

std::string filled(std::string text, const Pieces& pieces) {
    for (const auto& [name, value] : pieces)
        for (std::size_t at = text.find(name); at != std::string::npos;
             at = text.find(name, at + value.size()))
            text.replace(at, name.size(), value);
    return text;
}

struct Case {
    std::string agent;
    std::string file;  // in the project; of Kimi in the home
    std::string event;
    std::string session;                              // fixture that the payload names as a file
    std::string payload;                              // @FILE@, @CWD@
    std::function<void(Workbench&)> place = nullptr;  // a session that is found by its id
};

void copy(Workbench& bench, const std::string& fixture, const stdfs::path& to, const Pieces& pieces = {}) {
    bench.write(to, filled(Workbench::read(k_fixtures / fixture), pieces));
}

void place_copilot(Workbench& bench) {
    copy(bench, "copilot/copilot_small.jsonl", bench.home() / ".copilot/session-state/cp-1/events.jsonl",
         {{"/tmp/repo", bench.project().string()}});
}

void place_cursor(Workbench& bench) {
    std::string name = bench.project().string().substr(1);
    for (char& c : name)
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '-';
    copy(bench, "cursor/large.jsonl",
         bench.home() / ".cursor/projects" / name / "agent-transcripts/cu-1/cu-1.jsonl");
}

void place_kimi(Workbench& bench) {
    const std::string root = bench.project().string();
    bench.write(bench.home() / ".kimi/kimi.json", R"({"work_dirs":[{"path":")" + root + R"("}]})");
    bench.write(bench.home() / ".kimi/sessions" / md5_hex(root) / "ki-1/wire.jsonl",
                R"({"type":"metadata","protocol_version":"1"}
{"timestamp":1767225600.5,"message":{"type":"TurnBegin","payload":{"user_input":"look"}}}
{"timestamp":1767225601.5,"message":{"type":"StepBegin","payload":{"n":1}}}
{"timestamp":1767225602.5,"message":{"type":"ToolCall","payload":{"type":"function","id":"c1","function":{"name":"Shell","arguments":"{\"command\":\"ls\"}"}}}}
{"timestamp":1767225603.5,"message":{"type":"ToolResult","payload":{"tool_call_id":"c1","return_value":{"output":"a.txt"}}}}
)");
    bench.write(bench.home() / ".kimi/config.toml", "default_model = \"kimi\"");
}

void place_cline(Workbench& bench) {
    const std::string task = "tasks/1762000000000";
    for (const auto& entry : stdfs::directory_iterator(k_fixtures / "cline" / task))
        copy(bench, stdfs::relative(entry.path(), k_fixtures),
             bench.home() / ".config/Code/User/globalStorage/saoudrizwan.claude-dev" / task /
                 entry.path().filename(),
             {{"/home/me/app", bench.project().string()},
              {"/home/me/roo", bench.project().string()},
              {"/home/me/cli", bench.project().string()}});
}

void place_opencode(Workbench& bench) {
    const stdfs::path folder = bench.home() / ".local/share/opencode";
    stdfs::create_directories(folder);
    stdfs::copy_file(k_fixtures / "opencode/opencode.db", folder / "opencode.db");
    testing::WrittenDatabase writer(folder / "opencode.db");
    writer.execute("UPDATE session SET directory = '" + bench.project().string() + "'");
    writer.execute("UPDATE message SET session_id = 'oc-1'; UPDATE part SET session_id = 'oc-1'");
    writer.execute("UPDATE session SET id = 'oc-1'");
}

const std::vector<Case>& cases() {
    static const std::string k_claude_like =
        R"({"session_id":"s-1","transcript_path":"@FILE@","cwd":"@CWD@","hook_event_name":"SessionEnd","reason":"exit"})";
    static const std::vector<Case> k_cases{
        {"claude-code", ".claude/settings.json", "SessionEnd",
         "claude-code/9265dc4e-fa94-4c08-9932-fca495724501.jsonl", k_claude_like},
        {"codex", ".codex/hooks.json", "SessionEnd",
         "codex/rollout-2026-06-17T15-17-40-019ed628-d563-7e40-bbb1-93a6a302d688.jsonl", k_claude_like},
        {"gemini", ".gemini/settings.json", "SessionEnd", "gemini/session-2026-11-02T10-00-5f0c1a52.jsonl",
         R"({"session_id":"s-1","transcript_path":"@FILE@","cwd":"@CWD@","hook_event_name":"SessionEnd","timestamp":"2026-11-02T10:00:00Z","reason":"exit"})"},
        {"qwen", ".qwen/settings.json", "Stop", "qwen/019f0000-0000-7000-8000-000000000001.jsonl",
         R"({"session_id":"s-1","transcript_path":"@FILE@","cwd":"@CWD@","hook_event_name":"Stop","stop_hook_active":false,"last_assistant_message":"done"})"},
        {"droid", ".factory/settings.json", "SessionEnd", "droid/session_store_small.jsonl", k_claude_like},
        {"windsurf", ".windsurf/hooks.json", "post_cascade_response_with_transcript",
         "windsurf/windsurf-session-simple.jsonl",
         R"({"agent_action_name":"post_cascade_response_with_transcript","trajectory_id":"t-1","execution_id":"e","timestamp":"2026-01-01T00:00:00Z","tool_info":{"transcript_path":"@FILE@"}})"},
        {"copilot", ".github/hooks/opentraces.json", "sessionEnd", "",
         R"({"sessionId":"cp-1","timestamp":1767225600000,"cwd":"@CWD@","reason":"complete"})",
         place_copilot},
        {"cursor", ".cursor/hooks.json", "sessionEnd", "",
         R"({"conversation_id":"cu-1","generation_id":"g","session_id":"cu-1","hook_event_name":"sessionEnd","model":"m","cursor_version":"3","workspace_roots":["@CWD@"],"user_email":"me@example.com","transcript_path":null,"cwd":"","reason":"completed","duration_ms":5,"is_background_agent":false,"final_status":"completed"})",
         place_cursor},
        {"kimi", ".kimi/config.toml", "SessionEnd", "",
         R"({"hook_event_name":"SessionEnd","session_id":"ki-1","cwd":"@CWD@","reason":"exit"})", place_kimi},
        {"cline", ".clinerules/hooks/TaskComplete", "TaskComplete", "",
         R"({"clineVersion":"3","hookName":"TaskComplete","timestamp":"1767225600000","taskId":"1762000000000","workspaceRoots":["@CWD@"],"userId":"u","taskComplete":{}})",
         place_cline},
        {"opencode", ".opencode/plugins/opentraces.js", "", "",
         R"({"session_id":"oc-1","cwd":"@CWD@","hook_event_name":"session.idle"})", place_opencode},
        {"pi", ".pi/extensions/opentraces.ts", "", "pi/pi-session-tool.jsonl",
         R"({"transcript_path":"@FILE@","cwd":"@CWD@","hook_event_name":"session_shutdown"})"},
    };
    return k_cases;
}

bool is_of_user(const Case& one) {
    return one.agent == "kimi";
}

// As the agent reads it.
std::string command_in(const Case& one, const std::string& text) {
    const auto after = [&](const std::string& words, const std::string& end) {
        const std::size_t begin = text.find(words) + words.size();
        return std::string(json::parse(text.substr(begin, text.find(end, begin) - begin)).string_or());
    };
    if (one.agent == "cline") return text;
    if (one.file.ends_with(".toml")) return after("\ncommand = ", "\n");
    if (one.event.empty()) return after("\nconst command = ", ";\n");
    const json::Value entry = json::parse(text)["hooks"][one.event].at(0);
    if (one.agent == "copilot") return std::string(entry["bash"].string_or());
    if (one.agent == "cursor" || one.agent == "windsurf") return std::string(entry["command"].string_or());
    return std::string(entry["hooks"].at(0)["command"].string_or());
}

std::string payload_of(const Case& one, const Workbench& bench) {
    return filled(one.payload, {{"@FILE@", (k_fixtures / one.session).string()},
                                {"@CWD@", (bench.project() / "deep").string()}});
}

std::vector<std::string> names_below(const stdfs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : stdfs::recursive_directory_iterator(folder))
        names.push_back(stdfs::relative(entry.path(), folder).string());
    std::sort(names.begin(), names.end());
    return names;
}

void install(Workbench& bench, const Case& one) {
    stdfs::create_directories(bench.project() / "deep");
    if (one.place) one.place(bench);
    bench.expect(0, {"init", "--agent", one.agent, "--start-fresh"});
    if (is_of_user(one)) bench.expect(0, {"hooks", "install", "--user", "--agent", one.agent});
}

void expect_captured(Workbench& bench, const Case& one) {
    const auto traces = [&] { return bench.expect(0, {"list", "--json"}).json(); };
    Running::wait_until([&] { return traces()["total"].integer() == 1; });
    CHECK(traces()["traces"].at(0)["agent"].string_or() == one.agent);
    CHECK(Workbench::read(bench.project() / ".opentraces/hook.log").empty());
}

}  // namespace

TEST_CASE("agent hooks: every agent that can have a hook is tried here, and described") {
    const std::string page =
        Workbench::read(stdfs::path(testing::source_folder()) / "docs/commands/hooks.md");
    for (const capture::Agent* const agent : capture::agents()) {
        if (agent->hook == nullptr) continue;
        const std::string name(agent->name);
        INFO(name);
        CHECK(std::any_of(cases().begin(), cases().end(), [&](const Case& one) {
            return one.agent == name &&
                   one.file == (agent->hook->settings.empty() ? ".kimi/config.toml" : agent->hook->settings);
        }));
        const std::size_t row = page.find("| `" + name + "` | ");
        REQUIRE(row != std::string::npos);
        const std::string line = page.substr(row, page.find('\n', row) - row);
        CHECK(line.find(agent->hook->settings.empty()
                            ? std::string("none")
                            : "`" + std::string(agent->hook->settings) + "`") != std::string::npos);
        CHECK(line.find("`" + std::string(agent->hook->event) + "`") != std::string::npos);
    }
}

TEST_CASE("agent hooks: the command in each agent's file captures the session that its payload names") {
    for (const Case& one : cases()) {
        INFO(one.agent);
        Workbench bench;
        install(bench, one);
        const stdfs::path file = (is_of_user(one) ? bench.home() : bench.project()) / one.file;
        bench.write(bench.path("command.sh"), command_in(one, Workbench::read(file)) + "\n");
        bench.write(bench.path("call.json"), payload_of(one, bench));
        // Windsurf tells no folder: its hooks run in that of the workspace.
        const std::string folder = one.agent == "windsurf" ? "." : "/";
        const RunResult ran = bench.shell("cd " + folder + " && sh " + bench.path("command.sh").string() +
                                          " < " + bench.path("call.json").string());
        CHECK(ran.exit == 0);
        CHECK(ran.out == (one.agent == "cline" ? "{\"cancel\":false}\n" : ""));
        expect_captured(bench, one);
    }
}

TEST_CASE("agent hooks: remove and uninstall take back exactly what was put there") {
    for (const Case& one : cases()) {
        INFO(one.agent);
        Workbench bench;
        stdfs::create_directories(bench.project() / "deep");
        if (one.place) one.place(bench);
        const stdfs::path config = bench.home() / one.file;
        const std::string before = is_of_user(one) ? Workbench::read(config) : std::string();
        bench.expect(0, {"init", "--agent", one.agent, "--start-fresh"});
        if (is_of_user(one)) {
            bench.expect(0, {"hooks", "install", "--user", "--agent", one.agent});
            CHECK(Workbench::read(config) != before);
            bench.expect(0, {"hooks", "uninstall", "--user", "--agent", one.agent});
            CHECK(Workbench::read(config) == before);
            continue;
        }
        CHECK(stdfs::exists(bench.project() / one.file));
        const json::Value removed = bench.expect(0, {"remove", "--yes", "--json"}).json();
        CHECK(removed["removed_hooks"].at(0).string_or() == one.agent);
        CHECK(names_below(bench.project()) == std::vector<std::string>{"deep"});
        // In the user's settings, beside what is there.
        bench.expect(0, {"init", "--agent", one.agent, "--start-fresh", "--no-hook"});
        bench.expect(0, {"hooks", "install", "--user", "--agent", one.agent});
        const json::Value status =
            bench.expect(0, {"hooks", "status", "--user", "--agent", one.agent, "--json"}).json();
        CHECK(status["hooks"].at(0)["condition"].string_or() == "installed");
        bench.expect(0, {"hooks", "uninstall", "--user"});
        CHECK(bench.expect(0, {"hooks", "status", "--user", "--agent", one.agent, "--json"})
                  .json()["hooks"]
                  .at(0)["condition"]
                  .string_or() == "absent");
    }
}

TEST_CASE("agent hooks: the modules call opentraces when their agents say that a session has ended") {
    Workbench probe;
    if (probe.shell("command -v node").exit != 0) {
        WARN("no node: the modules of Pi and OpenCode were not run");
        return;
    }
    for (const Case& one : cases()) {
        if (one.agent != "pi" && one.agent != "opencode") continue;
        INFO(one.agent);
        Workbench bench;
        install(bench, one);
        stdfs::copy_file(bench.project() / one.file, bench.path("hook.mjs"));
        const std::string runner = one.agent == "pi" ? R"(import hook from "./hook.mjs";
                     const handlers = {};
                     hook({ on: (name, handler) => { handlers[name] = handler; } });
                     await handlers.session_shutdown({ reason: "quit" },
                       { cwd: "@CWD@", sessionManager: { getSessionFile: () => "@FILE@" } });)"
                                                     : R"(import { OpenTraces } from "./hook.mjs";
                     const hooks = await OpenTraces({ directory: "@CWD@" });
                     await hooks.event({ event: { type: "session.created", properties: {} } });
                     await hooks.event({ event: { type: "session.idle", properties: { sessionID: "oc-1" } } });)";
        bench.write(bench.path("run.mjs"), filled(runner, {{"@FILE@", (k_fixtures / one.session).string()},
                                                           {"@CWD@", bench.project().string()}}));
        const RunResult ran = bench.shell("node " + bench.path("run.mjs").string());
        INFO(ran.out);
        CHECK(ran.exit == 0);
        CHECK(ran.out.empty());
        expect_captured(bench, one);
    }
}

TEST_CASE("agent hooks: whatever a payload says, the agent is answered with status 0 and nothing") {
    for (const Case& one : cases()) {
        INFO(one.agent);
        Workbench bench;
        const auto quiet = [&](const std::string& input) {
            INFO(input);
            CHECK(bench.expect(0, {"capture", "--hook", "--quiet", "--agent", one.agent}, input).out.empty());
        };
        quiet(payload_of(one, bench));  // no project
        bench.expect(0, {"init", "--agent", one.agent, "--start-fresh", "--no-hook"});
        for (const std::string text :
             {"not json", "{}", "[]", R"({"session_id":7,"cwd":{}})",
              R"({"session_id":"../../etc","sessionId":"a b","conversation_id":"/"})"})
            quiet(text);
        CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 0);
    }
    // A file of a later version may name an agent that is not known here.
    Workbench bench;
    CHECK(bench.expect(0, {"capture", "--hook", "--agent", "later"}, "{}").out.empty());
    bench.expect(2, {"capture", "--agent", "later"});
}

TEST_CASE("agent hooks: an id finds the sessions of this project and no others") {
    for (const Case& one : cases()) {
        if (!one.place) continue;
        INFO(one.agent);
        Workbench bench;
        one.place(bench);
        const stdfs::path other = bench.path("other");
        stdfs::create_directories(other);
        bench.work_in(other);
        bench.expect(0, {"init", "--agent", one.agent, "--start-fresh", "--no-hook"});
        const std::string call = filled(one.payload, {{"@CWD@", other.string()}});
        bench.expect(0, {"capture", "--hook", "--agent", one.agent}, call);
        Running::wait_until([&] { return !Workbench::read(other / ".opentraces/hook.log").empty(); });
        CHECK(Workbench::read(other / ".opentraces/hook.log").find("was found") != std::string::npos);
        CHECK(bench.expect(0, {"list", "--json"}).json()["total"].integer() == 0);
    }
}

TEST_CASE("agent hooks: without --agent the hooks of agents that are used here come, and no others") {
    Workbench bench;
    // Nobody uses anything: nothing is made.
    CHECK_FALSE(bench.expect(0, {"init", "--json", "--start-fresh"}).json()["hook_installed"].bool_or(true));
    CHECK(names_below(bench.project()) ==
          std::vector<std::string>{".gitignore", ".opentraces", ".opentraces/.gitignore",
                                   ".opentraces/config.json", ".opentraces/secret"});
    bench.expect(2, {"hooks", "install"});
    bench.expect(0, {"remove", "--yes"});
    // One has a folder here, another a session.
    stdfs::create_directories(bench.project() / ".cursor");
    place_opencode(bench);
    const json::Value made = bench.expect(0, {"init", "--json", "--start-fresh"}).json();
    CHECK(json::to_compact(made["hooked_agents"]) == R"(["opencode","cursor"])");
    CHECK_FALSE(stdfs::exists(bench.project() / ".claude"));
    // One is taken back, and stays away until it is asked for.
    bench.expect(0, {"hooks", "uninstall", "--agent", "cursor"});
    CHECK_FALSE(stdfs::exists(bench.project() / ".cursor/hooks.json"));
    bench.expect(0, {"init"});
    CHECK_FALSE(stdfs::exists(bench.project() / ".cursor/hooks.json"));
    CHECK(stdfs::exists(bench.project() / ".opencode/plugins/opentraces.js"));
    bench.expect(0, {"hooks", "install", "--agent", "cursor"});
    CHECK(stdfs::exists(bench.project() / ".cursor/hooks.json"));
    // One that is asked for by name comes, although nothing says that it is used here.
    bench.expect(0, {"hooks", "install", "--agent", "codex"});
    CHECK(stdfs::exists(bench.project() / ".codex/hooks.json"));
    bench.expect(0, {"hooks", "uninstall"});
    CHECK_FALSE(stdfs::exists(bench.project() / ".codex"));
    CHECK_FALSE(stdfs::exists(bench.project() / ".opencode"));
    // Of a project without hooks only the named one.
    bench.expect(0, {"hooks", "install", "--agent", "codex"});
    CHECK_FALSE(stdfs::exists(bench.project() / ".opencode"));
    CHECK(stdfs::exists(bench.project() / ".codex/hooks.json"));
}

TEST_CASE("agent hooks: what the user has to do is said after install, and by status and doctor") {
    Workbench bench;
    const std::string words = "trusted";
    CHECK(bench.expect(0, {"init", "--agent", "codex", "--start-fresh"}).out.find(words) !=
          std::string::npos);
    CHECK(bench.expect(0, {"hooks", "install"}).out.find(words) != std::string::npos);
    const json::Value status = bench.expect(0, {"hooks", "status", "--json"}).json();
    CHECK(status["hooks"].at(0)["condition"].string_or() == "installed");
    CHECK(status["hooks"].at(0)["message"].string_or().find(words) != std::string::npos);
    CHECK(bench.run({"doctor", "--offline"}).out.find(words) != std::string::npos);
    // An agent whose hooks are the user's alone says so.
    const RunResult refused = bench.expect(2, {"hooks", "install", "--agent", "kimi"});
    CHECK(refused.err.find("hooks install --user --agent kimi") != std::string::npos);
    bench.expect(2, {"hooks", "install", "--agent", "grok"});
}
