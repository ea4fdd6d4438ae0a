#include "opentraces/capture/hook.hpp"

#include <random>

#include "capture/hooks/format.hpp"
#include "catch.hpp"
#include "doubles/faulty_disk.hpp"
#include "doubles/in_memory_disk.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/reader.hpp"

using namespace opentraces;
using namespace opentraces::capture;
using opentraces::testing::FaultyDisk;
using opentraces::testing::InMemoryDisk;

namespace {

const HookSpec k_spec{.format = &k_matcher_groups,
                      .settings = ".claude/settings.json",
                      .event = "SessionEnd",
                      .timeout = 60,
                      .user_variable = "CLAUDE_CONFIG_DIR",
                      .user_folder = ".claude",
                      .user_settings = "settings.json"};
const std::string k_command = "/usr/bin/opentraces capture --hook --quiet";

// The hook is there once, in the documented form, and nothing else has changed its meaning.
void check_installed(const std::string& before, const std::string& after) {
    json::Value expected = json::parse(before);
    json::Object hook;
    hook.set("type", "command");
    hook.set("command", k_command);
    hook.set("timeout", 60);
    json::Object group;
    group.set("hooks", json::Array{hook});
    json::Object& root = *expected.if_object();
    if (!root.find("hooks")) root.set("hooks", json::Object{});
    json::Object& hooks = *root.find("hooks")->if_object();
    if (!hooks.find("SessionEnd")) hooks.set("SessionEnd", json::Array{});
    hooks.find("SessionEnd")->if_array()->push_back(group);
    CHECK(json::parse(after) == expected);
}

void check_identity(const std::string& before) {
    INFO(before);
    const std::string after = with_hook(k_spec, before, k_command);
    INFO(after);
    check_installed(before, after);
    CHECK(with_hook(k_spec, after, k_command) == after);
    CHECK(without_hook(k_spec, after) == before);
    CHECK(without_hook(k_spec, before) == before);
}

class RandomSettings {
public:
    explicit RandomSettings(unsigned seed) : m_random(seed) {}

    std::string text() {
        std::string members = space();
        const int count = pick(4);
        const int hooks_at = pick(6);
        for (int i = 0; i < count; ++i) {
            if (i != 0) members += "," + space();
            members += i == hooks_at ? "\"hooks\"" + space() + ":" + space() + hooks()
                                     : key(i) + space() + ":" + space() + value(2);
            members += space();
        }
        return space() + "{" + members + "}" + space();
    }

private:
    int pick(int below) { return static_cast<int>(m_random() % static_cast<unsigned>(below)); }
    std::string key(int i) { return "\"k" + std::to_string(i) + (pick(4) == 0 ? "\\\"}\\u00e9" : "") + "\""; }

    std::string space() {
        static const std::vector<std::string> k_spaces{"",     "",       " ",  "\n",    "\n  ",
                                                       "\n\t", "\r\n  ", "  ", "\n    "};
        return k_spaces[static_cast<std::size_t>(pick(static_cast<int>(k_spaces.size())))];
    }

    std::string value(int depth) {
        switch (pick(depth > 0 ? 7 : 5)) {
            case 0:
                return "\"a, b] } \\\\\"";
            case 1:
                return "-1.50e+3";
            case 2:
                return "true";
            case 3:
                return "null";
            case 4:
                return "12345678901234567890123";
            case 5:
                return "[" + space() + value(depth - 1) + space() + "," + value(depth - 1) + "]";
            default:
                return "{" + space() + "\"x\":" + value(depth - 1) + space() + "}";
        }
    }

    std::string hooks() {
        const std::string other = "\"Stop\":" + space() + "[" + space() + value(1) + space() + "]";
        switch (pick(5)) {
            case 0:
                return "{" + space() + "}";
            case 1:
                return "{" + space() + other + space() + "}";
            case 2:
                return "{" + space() + other + space() + "," + space() + session_end() + space() + "}";
            default:
                return "{" + space() + session_end() + space() + "}";
        }
    }

    std::string session_end() {
        const std::string group = "{\"matcher\":" + space() +
                                  "\"x\",\"hooks\":[{\"type\":\"command\",\"command\":\"my" +
                                  std::to_string(pick(9)) + "\"}]}";
        const std::string head = "\"SessionEnd\"" + space() + ":" + space() + "[" + space();
        switch (pick(3)) {
            case 0:
                return head + "]";
            case 1:
                return head + group + space() + "]";
            default:
                return head + group + space() + "," + space() + group + space() + "]";
        }
    }

    std::mt19937 m_random;
};

}  // namespace

TEST_CASE("capture hook: adding and removing it is the identity") {
    for (const std::string_view text :
         {"{}",
          "{ }",
          "{\n}",
          "{\n}\n",
          "{}\n",
          "{\r\n}\r\n",
          "{\"a\":1}",
          "{ \"a\": 1 }",
          "{\n  \"a\": 1\n}\n",
          "{\n\t\"a\": [1, 2],\n\t\"hooks\": {}\n}\n",
          "{\"hooks\":{}}",
          "{\"hooks\": { }}",
          "{\"hooks\":{\n}}",
          "{\"hooks\":{\"SessionEnd\":[]}}",
          "{\"hooks\":{\"SessionEnd\":[ ]}}",
          "{\"hooks\":{\"SessionEnd\":[\n]}}",
          "{\n  \"hooks\": {\n    \"SessionEnd\": [\n    ]\n  }\n}\n",
          "{\n    \"hooks\": {\n        \"Stop\": []\n    },\n    \"model\": \"x\"\n}",
          "{\r\n  \"a\": 1\r\n}\r\n",
          "  {\"a\":1}  ",
          "{\"hooks\":{\"SessionEnd\":[{\"hooks\":[]}]}}",
          "{\"hooks\":1,\"hooks\":{}}"}) {
        check_identity(std::string(text));
    }
}

TEST_CASE("capture hook: adding and removing it is the identity for generated settings") {
    for (unsigned seed = 0; seed < 3000; ++seed)
        check_identity(RandomSettings(seed).text());
}

TEST_CASE("capture hook: it looks like the rest of the file") {
    CHECK(with_hook(k_spec, "{}\n", "opentraces capture --hook") == R"({
  "hooks": {
    "SessionEnd": [
      {
        "hooks": [
          {
            "type": "command",
            "command": "opentraces capture --hook",
            "timeout": 60
          }
        ]
      }
    ]
  }
}
)");
    CHECK(with_hook(k_spec, "{\n\t\"hooks\": {\n\t\t\"Stop\": []\n\t}\n}\n", "opentraces capture --hook") ==
          "{\n\t\"hooks\": {\n\t\t\"Stop\": [],\n\t\t\"SessionEnd\": [\n\t\t\t{\n\t\t\t\t\"hooks\": [\n"
          "\t\t\t\t\t{\n\t\t\t\t\t\t\"type\": \"command\",\n"
          "\t\t\t\t\t\t\"command\": \"opentraces capture --hook\",\n\t\t\t\t\t\t\"timeout\": 60\n"
          "\t\t\t\t\t}\n\t\t\t\t]\n\t\t\t}\n\t\t]\n\t}\n}\n");
}

TEST_CASE("capture hook: an outdated command is replaced in place, and only there") {
    const std::string before =
        R"({"hooks":{"SessionEnd":[{"hooks":[{"type":"command","command":"notify opentraces.example"},)"
        R"({ "timeout":5, "command" : "opentraces _capture --session-dir \"$CLAUDE_SESSION_DIR\" --project-dir ." }]}]}})";
    const std::string after = with_hook(k_spec, before, k_command);
    CHECK(after ==
          R"({"hooks":{"SessionEnd":[{"hooks":[{"type":"command","command":"notify opentraces.example"},)"
          R"({ "timeout":5, "command" : "/usr/bin/opentraces capture --hook --quiet" }]}]}})");
    CHECK(
        without_hook(k_spec, after) ==
        R"({"hooks":{"SessionEnd":[{"hooks":[{"type":"command","command":"notify opentraces.example"}]}]}})");
    CHECK(with_hook(k_spec, with_hook(k_spec, "{}", "/old/opentraces capture --hook"), k_command) ==
          with_hook(k_spec, "{}", k_command));
}

TEST_CASE("capture hook: two of ours become one, and both go") {
    const std::string one = with_hook(k_spec, "{\"a\": 1}", k_command);
    std::string two = one;
    const std::string group = R"({"hooks":[{"type":"command","command":"opentraces _capture --x"}]},)";
    two.insert(two.find("{ \"hooks\": ["), group);
    const std::string merged = with_hook(k_spec, two, k_command);
    CHECK(merged.find("_capture") == std::string::npos);
    CHECK(merged.find(k_command) == merged.rfind(k_command));
    CHECK(without_hook(k_spec, two).find("capture") == std::string::npos);
}

TEST_CASE("capture hook: what others reformatted is still removed") {
    const std::string minified =
        R"({"hooks":{"SessionEnd":[{"hooks":[{"type":"command","command":"opentraces capture --hook","timeout":60}]}]}})";
    CHECK(without_hook(k_spec, minified) == R"({"hooks":{"SessionEnd":[]}})");
}

TEST_CASE("capture hook: settings that are not understood are refused with the line") {
    for (const std::string_view text :
         {"", "{", "[]", "{\"a\": 1,}", "// x\n{}", "{\"hooks\": []}", "{\"hooks\": {\"SessionEnd\": {}}}",
          "{\"hooks\": null}", "{} x", "\xff"}) {
        INFO(text);
        try {
            with_hook(k_spec, std::string(text), k_command);
            FAIL("accepted");
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::SettingsUnreadable);
            CHECK(error.message().find("line ") != std::string::npos);
            CHECK_FALSE(error.hint().empty());
        }
    }
}

TEST_CASE("capture hook: the line of a mistake is the right one") {
    try {
        with_hook(k_spec, "{\n\n  \"a\": tru\n}", k_command);
        FAIL("accepted");
    } catch (const Error& error) {
        CHECK(error.message().find("line 3") == 0);
    }
}

TEST_CASE("capture hook: on disk a missing file comes and goes with its folder") {
    InMemoryDisk disk;
    disk.make_directories("/p", 0755);
    const std::string path = "/p/.claude/settings.json";
    CHECK(find_hook(k_spec, path, k_command, disk).state == HookState::Absent);
    CHECK_FALSE(remove_hook(k_spec, path, true, disk).changed);
    HookChange change = install_hook(k_spec, path, k_command, disk);
    CHECK(change.changed);
    CHECK(change.created_file);
    CHECK(disk.info(path)->mode == 0644u);
    CHECK(find_hook(k_spec, path, k_command, disk).state == HookState::Installed);
    CHECK(find_hook(k_spec, path, k_command, disk).command == k_command);
    const std::string other = "/new/opentraces capture --hook";
    CHECK(find_hook(k_spec, path, other, disk).state == HookState::Outdated);
    // One that may stay is as good as the one that would be written.
    const auto may_stay = [](std::string_view command) { return command == k_command; };
    CHECK(find_hook(k_spec, path, other, disk, may_stay).state == HookState::Installed);
    CHECK_FALSE(install_hook(k_spec, path, other, disk, may_stay).changed);
    CHECK_FALSE(install_hook(k_spec, path, k_command, disk).changed);
    CHECK(remove_hook(k_spec, path, true, disk).changed);
    CHECK_FALSE(disk.info("/p/.claude"));
}

TEST_CASE("capture hook: on disk an existing file keeps its mode and comes back byte for byte") {
    InMemoryDisk disk;
    disk.make_directories("/p/.claude", 0755);
    const std::string path = "/p/.claude/settings.json";
    const std::string text = "{\n  \"model\": \"x\"\n}";
    disk.replace(path, text);
    disk.set_mode(path, 0664);
    const HookChange change = install_hook(k_spec, path, k_command, disk);
    CHECK(change.changed);
    CHECK_FALSE(change.created_file);
    CHECK(disk.info(path)->mode == 0664u);
    CHECK(remove_hook(k_spec, path, change.created_file, disk).changed);
    CHECK(disk.read_all(path) == text);
    CHECK(disk.info(path)->mode == 0664u);
    CHECK_FALSE(remove_hook(k_spec, path, false, disk).changed);
}

TEST_CASE("capture hook: a file of ours that people added to stays") {
    InMemoryDisk disk;
    disk.make_directories("/p", 0755);
    const std::string path = "/p/.claude/settings.json";
    install_hook(k_spec, path, k_command, disk);
    std::string text = disk.read_all(path);
    text.insert(1, "\n  \"model\": \"x\",");
    disk.replace(path, text, 0644);
    CHECK(remove_hook(k_spec, path, true, disk).changed);
    CHECK(disk.read_all(path) == "{\n  \"model\": \"x\"\n}\n");
}

TEST_CASE("capture hook: a malformed file is named and left as it is") {
    InMemoryDisk disk;
    disk.make_directories("/p", 0755);
    disk.replace("/p/settings.json", "{\n oops", 0644);
    for (const bool install : {true, false}) {
        try {
            if (install) {
                install_hook(k_spec, "/p/settings.json", k_command, disk);
            } else {
                remove_hook(k_spec, "/p/settings.json", true, disk);
            }
            FAIL("accepted");
        } catch (const Error& error) {
            CHECK(error.code() == ErrorCode::SettingsUnreadable);
            CHECK(error.message().find("/p/settings.json line 2") == 0);
        }
    }
    CHECK(disk.read_all("/p/settings.json") == "{\n oops");
}

TEST_CASE("capture hook: whatever happens while it is written, the settings are the old or the new ones") {
    const std::string old_text = "{\n  \"model\": \"x\"\n}\n";
    const std::string new_text = with_hook(k_spec, old_text, k_command);
    for (const auto fault :
         {FaultyDisk::Fault::NoSpace, FaultyDisk::Fault::StopBefore, FaultyDisk::Fault::StopAfter}) {
        for (std::size_t n = 0; n < 3; ++n) {
            InMemoryDisk inner;
            inner.make_directories("/p", 0755);
            inner.replace("/p/s.json", old_text, 0644);
            FaultyDisk disk(inner);
            disk.at(n, fault);
            bool stopped = false;
            try {
                install_hook(k_spec, "/p/s.json", k_command, disk);
            } catch (const Error&) {
                stopped = true;
            } catch (const opentraces::testing::Stop&) {
                stopped = true;
            }
            CHECK(stopped);
            const std::string now = inner.read_all("/p/s.json");
            CHECK((now == old_text || now == new_text));
        }
    }
}

TEST_CASE("capture hook: it runs what is found by name, else a program at any path, and says which") {
    CHECK(hook_command(k_spec, "/usr/local/bin/opentraces") ==
          "if command -v opentraces >/dev/null 2>&1; then opentraces capture --hook --quiet; elif [ -x "
          "/usr/local/bin/opentraces ]; then /usr/local/bin/opentraces capture --hook --quiet; fi");
    CHECK(hook_command(k_spec, "") ==
          "if command -v opentraces >/dev/null 2>&1; then opentraces capture --hook --quiet; fi");
    for (const std::string path :
         {"/usr/local/bin/opentraces", "/my apps/it's", "/a]; then /b", "/x capture --hook"}) {
        INFO(path);
        CHECK(goes_by_name(hook_command(k_spec, path)));
        if (path.find("]; then") == path.npos) CHECK(program_in(hook_command(k_spec, path)) == path);
    }
    CHECK(program_in(hook_command(k_spec, "")).empty());
    CHECK(program_in("/old/opentraces capture --hook --quiet") == "/old/opentraces");
    CHECK(program_in("'/my apps/opentraces' capture --hook") == "/my apps/opentraces");
    CHECK(program_in("opentraces capture --hook").empty());
    CHECK_FALSE(goes_by_name("/old/opentraces capture --hook --quiet"));
    CHECK(program_in("make coffee").empty());
}

TEST_CASE("capture hook: the user's settings are where the agent's variable says, else below HOME") {
    Environment environment;
    CHECK_THROWS_AS(user_settings_of(k_spec, environment), Error);
    environment.variables["HOME"] = "/home/me";
    CHECK(user_settings_of(k_spec, environment) == "/home/me/.claude/settings.json");
    environment.variables["CLAUDE_CONFIG_DIR"] = "/etc/claude";
    CHECK(user_settings_of(k_spec, environment) == "/etc/claude/settings.json");
}
