// The files that agents read their hooks from, one kind after the other: what is merged in, what is left
// alone, and that all of it goes again.
#include <set>

#include "capture/hooks/format.hpp"
#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/in_memory_disk.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/document.hpp"

using namespace opentraces;
using namespace opentraces::capture;
using opentraces::testing::error_from;
using opentraces::testing::InMemoryDisk;

namespace {

const HookSpec& spec_of(std::string_view agent) {
    const Agent* const found = find_agent(agent);
    REQUIRE(found != nullptr);
    REQUIRE(found->hook != nullptr);
    return *found->hook;
}

std::vector<const Agent*> all_with_hooks() {
    std::vector<const Agent*> all;
    for (const Agent* const agent : agents())
        if (agent->hook != nullptr) all.push_back(agent);
    return all;
}

std::string command_of(const HookSpec& spec) {
    return hook_command(spec, "/usr/local/bin/opentraces");
}

// Files as people and other tools have them, for each kind of file.
std::vector<std::string> present_files(const HookSpec& spec) {
    const std::string event(spec.event);
    if (spec.format == &k_module || spec.format == &k_program) return {""};
    if (spec.format == &k_toml_tables)
        return {"",
                "default_model = \"x\"",
                "default_model = \"x\"\n",
                "# Größe\r\n[providers.a]\r\nkey = \"v\"\r\n",
                "[[hooks]]\nevent = \"Stop\"\ncommand = \"mine\"\n\n[mcp]\n",
                "[a]\nb = '''\n[[hooks]]\n'''\n"};
    const std::string other = spec.format == &k_matcher_groups
                                  ? R"({"matcher":"x","hooks":[{"type":"command","command":"mine"}]})"
                                  : R"({"command":"mine","bash":"mine"})";
    return {
        "{}",
        "{}\n",
        "{\n  \"version\": 1\n}\n",
        "{\"version\":1,\"hooks\":{}}",
        "{\"hooks\":{\"" + event + "\":[]}}",
        "{\n\t\"hooks\": {\n\t\t\"" + event + "\": [\n\t\t\t" + other + "\n\t\t]\n\t}\n}\n",
        "{\"hooks\":{\"other\":[" + other + "],\"" + event + "\":[" + other + ", " + other + "]},\"z\": 1}",
        "{\r\n    \"model\": \"x\"\r\n}\r\n"};
}

}  // namespace

TEST_CASE(
    "hook formats: in every agent's file the hook comes beside what others have, and goes byte for byte") {
    for (const Agent* const agent : all_with_hooks()) {
        const HookSpec& spec = *agent->hook;
        for (const std::string& before : present_files(spec)) {
            INFO(agent->name << "\n" << before);
            const std::string command = command_of(spec);
            const std::string after = with_hook(spec, before, command);
            INFO(after);
            CHECK(after != before);
            CHECK(spec.format->find(spec, after, command) == command);
            CHECK(with_hook(spec, after, command) == after);
            CHECK(without_hook(spec, after) == before);
            CHECK(without_hook(spec, before) == before);
            // What others had is all there, in its order.
            std::size_t at = 0;
            for (const char c : before) {
                at = after.find(c, at);
                REQUIRE(at != std::string::npos);
                ++at;
            }
        }
    }
}

TEST_CASE("hook formats: a command of an earlier place is replaced, and nothing else") {
    for (const Agent* const agent : all_with_hooks()) {
        const HookSpec& spec = *agent->hook;
        for (const std::string& before : present_files(spec)) {
            INFO(agent->name << "\n" << before);
            const std::string old_one = with_hook(spec, before, hook_command(spec, "/old place/opentraces"));
            CHECK(program_in(*spec.format->find(spec, old_one, {})) == "/old place/opentraces");
            CHECK(with_hook(spec, old_one, command_of(spec)) == with_hook(spec, before, command_of(spec)));
            const auto may_stay = [](std::string_view) { return true; };
            CHECK(with_hook(spec, old_one, command_of(spec), may_stay) == old_one);
        }
    }
}

TEST_CASE("hook formats: each file has the form that its agent documents") {
    const auto merged = [](std::string_view agent) {
        const HookSpec& spec = spec_of(agent);
        return with_hook(spec, std::string(spec.format->beginning), "/o capture --hook opentraces");
    };
    CHECK(merged("codex") == R"({
  "hooks": {
    "SessionEnd": [
      {
        "hooks": [
          {
            "type": "command",
            "command": "/o capture --hook opentraces",
            "timeout": 10
          }
        ]
      }
    ]
  }
}
)");
    CHECK(merged("droid") == merged("codex"));
    // Milliseconds.
    for (const auto& [agent, event] : {std::pair("gemini", "SessionEnd"), std::pair("qwen", "Stop")})
        CHECK(json::read_document(merged(agent))["hooks"][event].at(0)["hooks"].at(0)["timeout"].integer() ==
              10000);
    CHECK(merged("cursor") == R"({
  "version": 1,
  "hooks": {
    "sessionEnd": [
      {
        "command": "/o capture --hook opentraces"
      }
    ]
  }
}
)");
    CHECK(merged("copilot") == R"({
  "version": 1,
  "hooks": {
    "sessionEnd": [
      {
        "type": "command",
        "bash": "/o capture --hook opentraces",
        "timeoutSec": 10
      }
    ]
  }
}
)");
    CHECK(merged("windsurf") == R"({
  "hooks": {
    "post_cascade_response_with_transcript": [
      {
        "command": "/o capture --hook opentraces",
        "show_output": false
      }
    ]
  }
}
)");
    CHECK(merged("kimi") ==
          "[[hooks]]\nevent = \"SessionEnd\"\ncommand = \"/o capture --hook opentraces\"\ntimeout = 10\n");
    CHECK(merged("pi").find("\nconst command = \"/o capture --hook opentraces\";\n") != std::string::npos);
    CHECK(merged("opencode").find("\nconst command = \"/o capture --hook opentraces\";\n") !=
          std::string::npos);
    CHECK(merged("cline").starts_with("#!/bin/sh\n"));
    CHECK(merged("cline").ends_with("\n/o capture --hook opentraces\nprintf '{\"cancel\":false}\\n'\n"));
}

TEST_CASE("hook formats: a broken file is refused with the line, and its text is not told") {
    const std::string word = "secretword";
    for (const Agent* const agent : all_with_hooks()) {
        const HookSpec& spec = *agent->hook;
        std::vector<std::string> broken{"{\n" + word + "\n", "[]"};
        if (spec.format == &k_toml_tables)
            broken = {"a = 1\nkey = t" + word + "\n",
                      "[" + word + "]\n[" + word + "]\n",
                      "hooks = 1\n",
                      "\xc9\xaf = 1\n",
                      "[hooks]\na = 1\n",
                      "hooks = [{event = \"Stop\"}]\n"};
        for (const std::string& text : broken) {
            INFO(agent->name << "\n" << text);
            const Error error = error_from([&] { with_hook(spec, text, command_of(spec)); });
            CHECK(error.code() == ErrorCode::SettingsUnreadable);
            CHECK(error.message().find("line ") == 0);
            CHECK(error.message().find(word) == std::string::npos);
        }
    }
    CHECK(error_from([&] { with_hook(spec_of("kimi"), "a = 1\n\nkey = oops\n", "x"); })
              .message()
              .find("line 3") == 0);
}

TEST_CASE("hook formats: what another tool has written anew still goes, and nothing of the others with it") {
    const std::string command = command_of(spec_of("cursor"));
    const std::string literal = json::write_document(command);
    CHECK(without_hook(spec_of("cursor"),
                       R"({"version":1,"hooks":{"sessionEnd":[{"command":"mine"},{"command":)" + literal +
                           "}]}}") == R"({"version":1,"hooks":{"sessionEnd":[{"command":"mine"}]}})");
    CHECK(without_hook(spec_of("kimi"), "a = 1\n[[hooks]]\ncommand = " + literal +
                                            "\n# of others\n[[hooks]]\ncommand = \"mine\"\n") ==
          "a = 1\n# of others\n[[hooks]]\ncommand = \"mine\"\n");
    // As a literal string, and with another key behind it.
    const std::string by_others =
        "[[hooks]]\ntimeout = 3\ncommand = '/x/opentraces capture --hook'\nevent = \"Stop\"\n";
    const std::string after = with_hook(spec_of("kimi"), by_others, command);
    CHECK(after == "[[hooks]]\ntimeout = 3\ncommand = " + literal + "\nevent = \"Stop\"\n");
    CHECK(without_hook(spec_of("kimi"), after).empty());
    // One that is no table of its own cannot be taken out line by line.
    CHECK(error_from([&] {
              without_hook(spec_of("kimi"), "hooks = [{command = " + literal + "}]\n");
          }).code() == ErrorCode::SettingsUnreadable);
}

TEST_CASE("hook formats: two of ours become one") {
    for (const std::string_view agent : {"cursor", "copilot", "kimi"}) {
        INFO(agent);
        const HookSpec& spec = spec_of(agent);
        const std::string one = with_hook(spec, std::string(spec.format->beginning), command_of(spec));
        std::string two = one;
        if (agent == "kimi") {
            two += "\n" + one;
        } else {
            const std::string key = agent == "copilot" ? "bash" : "command";
            two.insert(two.find("      {"), "{\"" + key + "\": \"/x/opentraces capture --hook\"},\n");
        }
        const std::string merged = with_hook(spec, two, command_of(spec));
        CHECK(merged.find("/x/opentraces") == std::string::npos);
        CHECK(merged.find("--agent " + std::string(agent)) != std::string::npos);
        CHECK(without_hook(spec, two).find("opentraces capture") == std::string::npos);
    }
}

TEST_CASE("hook formats: a program of somebody else in the place of ours is left alone") {
    for (const std::string_view agent : {"pi", "opencode", "cline"}) {
        INFO(agent);
        const HookSpec& spec = spec_of(agent);
        const std::string other = "export default function () {}\n";
        CHECK(error_from([&] { with_hook(spec, other, command_of(spec)); }).code() ==
              ErrorCode::SettingsUnreadable);
        CHECK(without_hook(spec, other) == other);
        // One of ours that was changed is written anew.
        const std::string ours = with_hook(spec, "", command_of(spec));
        std::string changed = ours;
        changed.insert(changed.find('\n', changed.find("it.\n")) + 1,
                       agent == "cline" ? "# more\n" : "// more\n");
        CHECK(spec.format->find(spec, changed, {}) == std::string());
        CHECK(with_hook(spec, changed, command_of(spec)) == ours);
        CHECK(without_hook(spec, changed).empty());
    }
}

TEST_CASE("hook formats: on disk an own file goes with its folders in the project, and no further") {
    for (const std::string_view agent : {"copilot", "pi", "opencode", "cline"}) {
        INFO(agent);
        const HookSpec& spec = spec_of(agent);
        InMemoryDisk disk;
        disk.make_directories("/p", 0755);
        const std::string path = "/p/" + std::string(spec.settings);
        CHECK(install_hook(spec, path, command_of(spec), disk).created_file);
        CHECK(disk.info(path)->mode == (agent == "cline" ? 0755 : 0644));
        CHECK(find_hook(spec, path, command_of(spec), disk).state == HookState::Installed);
        CHECK(find_hook(spec, path, hook_command(spec, "/x"), disk).state == HookState::Outdated);
        // Whoever says that it was there before.
        CHECK(remove_hook(spec, path, false, disk).changed);
        CHECK(disk.list("/p").empty());
        CHECK(disk.info("/p"));
        install_hook(spec, path, command_of(spec), disk);
        disk.replace(fs::parent(path) + "/mine", "x");
        CHECK(remove_hook(spec, path, true, disk).changed);
        CHECK(disk.read_all(fs::parent(path) + "/mine") == "x");
    }
}

TEST_CASE("hook formats: the user's files are where each agent's variable says, else below HOME") {
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    std::set<std::string> files;
    for (const Agent* const agent : all_with_hooks())
        files.insert(user_settings_of(*agent->hook, environment));
    CHECK(files ==
          std::set<std::string>{"/home/me/.claude/settings.json", "/home/me/.codex/hooks.json",
                                "/home/me/.gemini/settings.json", "/home/me/.qwen/settings.json",
                                "/home/me/.copilot/hooks/opentraces.json", "/home/me/.cursor/hooks.json",
                                "/home/me/.codeium/windsurf/hooks.json", "/home/me/.factory/settings.json",
                                "/home/me/.kimi/config.toml", "/home/me/.pi/agent/extensions/opentraces.ts",
                                "/home/me/.config/opencode/plugins/opentraces.js",
                                "/home/me/Documents/Cline/Hooks/TaskComplete"});
    for (const auto& [agent, variable, file] :
         {std::tuple("codex", "CODEX_HOME", "/o/hooks.json"),
          std::tuple("gemini", "GEMINI_CLI_HOME", "/o/.gemini/settings.json"),
          std::tuple("qwen", "QWEN_HOME", "/o/settings.json"),
          std::tuple("copilot", "COPILOT_HOME", "/o/hooks/opentraces.json"),
          std::tuple("droid", "FACTORY_HOME_OVERRIDE", "/o/.factory/settings.json"),
          std::tuple("kimi", "KIMI_SHARE_DIR", "/o/config.toml"),
          std::tuple("pi", "PI_CODING_AGENT_DIR", "/o/extensions/opentraces.ts"),
          std::tuple("opencode", "XDG_CONFIG_HOME", "/o/opencode/plugins/opentraces.js")}) {
        Environment moved = environment;
        moved.variables[variable] = "/o";
        CHECK(user_settings_of(spec_of(agent), moved) == file);
    }
}

TEST_CASE("hook formats: every command says its agent, in a shell of its own, and is found again") {
    for (const Agent* const agent : all_with_hooks()) {
        INFO(agent->name);
        const HookSpec& spec = *agent->hook;
        const std::string command = hook_command(spec, "/my apps/it's");
        CHECK(is_own_command(command));
        CHECK(goes_by_name(command));
        CHECK(program_in(command) == "/my apps/it's");
        const bool first = agent->name == "claude-code";
        CHECK((command.find(" --agent " + std::string(agent->name)) == std::string::npos) == first);
        CHECK(command.starts_with("sh -c '") != first);
        CHECK((spec.agent.empty() || spec.agent == agent->name));
    }
    CHECK_FALSE(is_own_command("notify opentraces.example"));
}

TEST_CASE(
    "hook formats: a call tells the session by its file or its id, and the folder, each agent in its words") {
    const auto call = [](std::string_view agent, const std::string& text,
                         std::map<std::string, std::string> variables = {}) {
        Environment environment;
        environment.variables = std::move(variables);
        return read_hook_call(spec_of(agent), json::read_document(text), environment);
    };
    const HookCall codex = call("codex", R"({"session_id":"a-1","transcript_path":null,"cwd":"/p"})");
    CHECK(codex.transcript.empty());
    CHECK(codex.session == "a-1");
    CHECK(codex.directory == "/p");
    const HookCall copilot =
        call("copilot", R"({"sessionId":"b","timestamp":1,"cwd":"/p","reason":"complete"})");
    CHECK(copilot.session == "b");
    const HookCall cursor = call(
        "cursor",
        R"({"conversation_id":"c","session_id":"s","transcript_path":"/t","cwd":"","workspace_roots":["/w"]})");
    CHECK(cursor.transcript.empty());
    CHECK(cursor.session == "c");
    CHECK(cursor.directory == "/w");
    CHECK(call("windsurf", R"({"trajectory_id":"w","tool_info":{"transcript_path":"/t"}})").transcript ==
          "/t");
    CHECK(call("droid", R"({"cwd":"/p","session_id":"d"})", {{"FACTORY_PROJECT_DIR", "/f"}}).directory ==
          "/f");
    // Another agent's variable says nothing: one may have been started by the other.
    CHECK(call("codex", R"({"cwd":"/p","session_id":"d"})", {{"CLAUDE_PROJECT_DIR", "/c"}}).directory ==
          "/p");
    const HookCall cline =
        call("cline", R"({"taskId":"176","hookName":"TaskComplete","workspaceRoots":["/w","/v"]})");
    CHECK(cline.session == "176");
    CHECK(cline.directory == "/w");
    for (const std::string id : {"../../x", "a b", "a\\u0000b", "a/b", "*"})
        CHECK(call("kimi", R"({"session_id":")" + id + R"(","cwd":"/p"})").session.empty());
    CHECK(call("kimi", R"({"session_id":")" + std::string(300, 'a') + R"("})").session.empty());
    CHECK(call("kimi", R"({"session_id":{},"cwd":[]})").directory.empty());
    CHECK(call("kimi", "[]").session.empty());
}

TEST_CASE("hook formats: a session is called by its row, its folder or its file, and not by a part of them") {
    const auto called = [](const std::string& locator, std::string_view id) {
        return is_called({"x", locator, {}, {}}, id);
    };
    CHECK(called("/d/opencode.db#ses_1", "ses_1"));
    CHECK(called("/s/abc/wire.jsonl", "abc"));
    CHECK(called("/s/abc.jsonl", "abc"));
    CHECK(called("/s/rollout-2026-01-01T00-00-00-0199-a.jsonl", "0199-a"));
    CHECK_FALSE(called("/s/abc/wire.jsonl", "ab"));
    CHECK_FALSE(called("/d/opencode.db#ses_12", "ses_1"));
    CHECK_FALSE(called("/s/xabc.jsonl", "abc"));
    CHECK_FALSE(called("/s/abc", ""));
}
