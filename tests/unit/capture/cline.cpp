// Cline and Roo Code: tasks of editors in both forms of calls, tokens of requests, the command line's
// sessions.
#include "catch.hpp"
#include "opentraces/core/environment.hpp"
#include "unit/capture/fixture_sessions.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_fixtures = source_folder() + "/tests/fixtures/sessions/cline";
const std::string k_task = "/s/tasks/1762000000000/api_conversation_history.json";

const capture::Agent& cline() {
    return *capture::find_agent("cline");
}

capture::ParsedSession fixture(const std::string& name) {
    return cline().read_from(k_fixtures + "/" + name, *fs::posix_disk());
}

std::string said(const std::string& text) {
    return R"({"role":"user","content":[{"type":"text","text":)" + quoted(text) + "}]}";
}
std::string replied(const std::string& text, const std::string& more = {}) {
    return R"({"role":"assistant","content":[{"type":"text","text":)" + quoted(text) + "}]" + more + "}";
}
std::string request(const std::string& info, const std::string& more = {}) {
    return R"({"type":"say","say":"api_req_started","text":)" + quoted(info) + more + "}";
}

// A task of a prompt, a reply with this text, its result and a last word.
capture::ParsedSession read(const std::string& reply, const std::string& result = "ok",
                            const std::string& ui = {}, const std::string& metadata = {}) {
    InMemoryDisk disk;
    put(disk, k_task,
        "[" + said("<task>\nDo it\n</task>") + "," + replied(reply) + "," + said(result) + "," +
            replied("Done.") + "]");
    if (!ui.empty()) put(disk, "/s/tasks/1762000000000/ui_messages.json", "[" + ui + "]");
    if (!metadata.empty()) put(disk, "/s/tasks/1762000000000/task_metadata.json", metadata);
    return cline().read_from(k_task, disk);
}

const std::string k_call = "<execute_command>\n<command>ls</command>\n</execute_command>";

std::vector<std::string> kinds_of(const trace::TraceRecord& record) {
    std::vector<std::string> kinds;
    for (const json::Value& one : *record.metadata.find("opentraces_steps")->if_array())
        if (const auto kind = one["context"].string_or(); !kind.empty()) kinds.emplace_back(kind);
    return kinds;
}

}  // namespace

TEST_CASE("cline: a task with calls in its texts", "[capture]") {
    const auto parsed = fixture("tasks/1762000000000/api_conversation_history.json");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "1762000000000");
    CHECK(record.task.description == "Rename f to g in src/a.py");
    CHECK(record.agent.model == "anthropic/claude-sonnet-4-5");
    CHECK(record.environment.os == "linux");
    CHECK(parsed.evidence.working_directory == "/home/me/app");
    CHECK(record.timestamp_start == "2025-11-01T12:26:40.000Z");
    CHECK(record.timestamp_end == "2025-11-01T12:27:07.000Z");
    // Two prompts, four replies, the surroundings before each of them.
    REQUIRE(record.steps.size() == 10);
    const trace::Step& first = record.steps[2];
    CHECK(first.reasoning_content == "Read it first.");
    CHECK(first.content == "I shall look at the file.");
    CHECK(first.timestamp == "2025-11-01T12:26:40.100Z");
    CHECK(record.steps[0].timestamp == first.timestamp);
    CHECK(first.tool_calls.at(0).tool_name == "read_file");
    CHECK(first.tool_calls.at(0).input.find("path")->string_or() == "src/a.py");
    // What a file holds is no person's word.
    CHECK(first.observations.at(0).content ==
          "def f():\n    return 1\n# <feedback>not a person's</feedback>");
    CHECK(record.steps[4].reasoning_content == "One line is enough.");
    const trace::Step& third = record.steps[6];
    CHECK(third.observations.at(0).error == "rejected");
    CHECK(third.observations.at(0).content ==
          "The user denied this operation.\n\nThe user provided the following feedback:");
    CHECK(record.steps[7].role == trace::Role::User);
    CHECK(record.steps[7].content == "Leave build alone.");
    CHECK(record.steps[9].model == "x-ai/grok-4");
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].path == "src/a.py");
    CHECK(parsed.evidence.changes[0].replacements.at(0).new_text == "def g():\n");
    CHECK(parsed.evidence.turn_ended);
    CHECK(record.metadata.find("session_errors")->at(0).string_or() == "overloaded");
    CHECK(parsed.report.unknown_lines() == 0);
}

TEST_CASE("cline: requests count once, those that were rolled back too", "[capture]") {
    const auto parsed = fixture("tasks/1762000000000/api_conversation_history.json");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.metrics.total_input_tokens.value() == 1200 + 30 + 25 + 40 + 45);
    CHECK(record.metrics.total_output_tokens.value() == 80 + 90 + 60 + 50 + 40);
    CHECK(record.metrics.estimated_cost_usd == 0.055);
    CHECK(record.steps[2].token_usage.cache_write_tokens.value() == 4000);
    CHECK(record.steps[4].token_usage.input_tokens.value() == 30);
    CHECK(record.steps[9].token_usage.cache_read_tokens.value() == 4300);
    CHECK(parser_note(parsed, "abandoned_steps") == 1);
    CHECK(record.metadata.find("opentraces_usage") == nullptr);
}

TEST_CASE("cline: a task of Roo Code with tools of the API", "[capture]") {
    const auto parsed = fixture("tasks/0198f0a2-7c11-7d3e-9f10-2b6a5c4d3e21/api_conversation_history.json");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "0198f0a2-7c11-7d3e-9f10-2b6a5c4d3e21");
    CHECK(parsed.evidence.working_directory == "/home/me/roo");
    CHECK(record.metadata.find("is_subagent")->bool_or(false));
    CHECK(record.metadata.find("parent_session_id")->string_or() == "0198f0a2-0000-7d3e-9f10-2b6a5c4d3e21");
    CHECK(record.metadata.find("is_compacted")->bool_or(false));
    CHECK(record.metadata.find("status")->string_or() == "active");
    REQUIRE(record.steps.size() == 7);
    const trace::Step& reply = record.steps[2];
    CHECK(reply.model == "openai/gpt-5.2");
    CHECK(reply.reasoning_content == "[encrypted reasoning]");
    CHECK(reply.timestamp == "2025-12-06T05:46:44.000Z");
    CHECK(reply.observations.at(0).error == "exit_code:1");
    CHECK(reply.observations.at(1).error == "rejected");
    CHECK(reply.observations.at(1).content == R"({"status":"denied","feedback":"Do not edit it."})");
    CHECK(record.steps[3].content == "Do not edit it.");
    // Cached tokens are a part of its input.
    CHECK(reply.token_usage.input_tokens.value() == 3000);
    CHECK(reply.token_usage.cache_read_tokens.value() == 6000);
    CHECK(record.metrics.total_input_tokens.value() == 3500);
    CHECK(record.metrics.estimated_cost_usd == 0.042);
    CHECK(kinds_of(record) == std::vector<std::string>{"environment", "environment", "compaction"});
    CHECK(parsed.evidence.changes.empty());
}

TEST_CASE("cline: results that name no call, sub-agents' tokens, what is not known", "[capture]") {
    const auto parsed = fixture("tasks/1764000000000/api_conversation_history.json");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(parsed.evidence.working_directory == "/home/me/list");
    CHECK(record.task.description == "Add a test\n\n[image: image/png, 6 bytes]");
    const trace::Step& reply = record.steps[1];
    CHECK(reply.model == "openai/gpt-5.2");
    CHECK(reply.reasoning_content == "[encrypted reasoning]");
    CHECK(reply.observations.at(0).content == "The content was successfully saved to tests/t.py.");
    CHECK(reply.observations.at(1).error == "tool_error");
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].written == "assert True\n");
    CHECK(kinds_of(record) == std::vector<std::string>{"program"});
    CHECK(record.metrics.total_input_tokens.value() == 500 + 120 + 100 + 300);
    CHECK(record.metadata.find("opentraces_usage")->string_or() == "session");
    CHECK(record.metadata.find("interrupted_turns")->integer() == 1);
    CHECK(parsed.evidence.interrupted);
    CHECK(parsed.report.unknown_blocks.at("video") == 1);
    CHECK(parsed.report.unknown_lines() == 1);
}

TEST_CASE("cline: a session of the command line and its sub-agent", "[capture]") {
    const std::string folder = "sessions/1777000000000_ab12c/1777000000000_ab12c";
    const auto parsed = fixture(folder + ".messages.json");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "1777000000000_ab12c");
    CHECK(record.system_prompts.at(0).second == "You are Cline, in a terminal.");
    CHECK(record.task.description == "Fix the typo in README.md");
    CHECK(kinds_of(record) == std::vector<std::string>{"mode"});
    CHECK(record.metadata.find("title")->string_or() == "Fix the typo");
    CHECK(record.timestamp_start == "2026-04-24T03:06:40.000Z");
    CHECK(record.timestamp_end == "2026-04-24T03:06:50.000Z");
    CHECK(parsed.evidence.working_directory == "/home/me/cli");
    const trace::Step& reply = record.steps[2];
    CHECK(reply.model == "openai/gpt-5.2");
    CHECK(reply.reasoning_content == "A small edit.");
    CHECK(reply.observations.at(1).content == "ls: cannot access '/none'");
    CHECK(reply.observations.at(1).error == "tool_error");
    CHECK(reply.token_usage.input_tokens.value() == 1000);
    CHECK(record.metrics.total_input_tokens.value() == 1200);
    CHECK(record.metrics.total_output_tokens.value() == 115);
    CHECK(parsed.evidence.turn_ended);
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].replacements.at(0).old_text == "teh");

    const auto agent = fixture(folder + "__agent_1.messages.json");
    REQUIRE(agent.record);
    CHECK(agent.record->metadata.find("parent_session_id")->string_or() == "1777000000000_ab12c");
    CHECK(agent.record->steps[0].call_type == trace::CallType::Subagent);
    CHECK(agent.record->steps[1].observations.at(0).content == "no typos here");
    CHECK(agent.evidence.working_directory == "/home/me/cli");
    CHECK(agent.record->metadata.find("title") == nullptr);
    CHECK(agent.record->timestamp_start == "2026-04-24T03:06:45.000Z");
}

TEST_CASE("cline: what a fork has from the session that it was made from counts there", "[capture]") {
    InMemoryDisk disk;
    const std::string copy =
        R"({"id":"a","role":"user","content":[{"type":"text","text":"Do it"}]},)"
        R"({"id":"b","role":"assistant","ts":1777000001000,"metrics":{"inputTokens":9,"outputTokens":9},"content":[)"
        R"({"type":"tool_use","id":"c1","name":"run_commands","input":{}}]},)"
        R"({"id":"c","role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"x"}]},)"
        R"({"id":"d","role":"assistant","ts":1777000002000,"metrics":{"inputTokens":9,"outputTokens":9},"content":[]},)";
    put(disk, "/s/f/f.messages.json",
        R"({"version":1,"updated_at":"x","agent":"lead","sessionId":"f","messages":[)" + copy +
            R"({"id":"e","role":"user","content":[{"type":"text","text":"And more"}]},)"
            R"({"id":"g","role":"assistant","ts":1777000009000,"metrics":{"inputTokens":5,"outputTokens":2},"content":[)"
            R"({"type":"tool_use","id":"c2","name":"run_commands","input":{}}]}]})");
    put(disk, "/s/f/f.json",
        R"({"cwd":"/p","metadata":{"fork":{"forkedFromSessionId":"o","forkedAt":"2026-04-24T03:06:45.000Z"}}})");
    const auto parsed = cline().read_from("/s/f/f.messages.json", disk);
    REQUIRE(parsed.record);
    CHECK(parsed.record->task.description == "And more");
    CHECK(parsed.record->metrics.total_input_tokens.value() == 5);
    CHECK(parsed.record->metadata.find("parent_session_id")->string_or() == "o");
    CHECK(parser_note(parsed, "copied_lines") == 4);
}

TEST_CASE("cline: cached tokens are a part of the input of some APIs", "[capture]") {
    const auto input_of = [](const std::string& provider, const std::string& info, const std::string& at) {
        const auto parsed =
            read(k_call, "[execute_command for 'ls'] Result:\na", request(info, R"(,"ts":)" + at),
                 R"({"model_usage":[{"ts":1,"model_id":"m","model_provider_id":")" + provider + "\"}]}");
        REQUIRE(parsed.record);
        return parsed.record->metrics.total_input_tokens.value();
    };
    const std::string plain = R"({"tokensIn":100,"tokensOut":1,"cacheReads":60,"cacheWrites":10})";
    CHECK(input_of("anthropic", plain, "1762000000000") == 100);
    CHECK(input_of("openai", plain, "1762000000000") == 30);
    CHECK(input_of("openai", R"({"tokensIn":10,"tokensOut":1,"cacheReads":60})", "1762000000000") == 10);
    const std::string roo = R"({"apiProtocol":"anthropic","tokensIn":100,"tokensOut":1,"cacheReads":60})";
    CHECK(input_of("x", roo, "1761955199999") == 100);
    CHECK(input_of("x", roo, "1761955200000") == 40);
}

TEST_CASE("cline: requests whose reply is not known are the session's", "[capture]") {
    const std::string info = R"({"tokensIn":10,"tokensOut":1})";
    const std::string result = "[execute_command for 'ls'] Result:\na";
    // As many as replies: by their order.
    const auto ordered = read(k_call, result, request(info) + "," + request(info));
    REQUIRE(ordered.record);
    CHECK(ordered.record->steps[1].token_usage.input_tokens.value() == 10);
    CHECK(ordered.record->steps[2].token_usage.input_tokens.value() == 10);
    const auto more = read(k_call, result, request(info) + "," + request(info) + "," + request(info));
    REQUIRE(more.record);
    CHECK(more.record->metrics.total_input_tokens.value() == 30);
    CHECK(more.record->steps[1].token_usage.input_tokens.value() == 0);
    CHECK(more.record->metadata.find("opentraces_usage")->string_or() == "session");
    const auto none = read(k_call, result);
    REQUIRE(none.record);
    CHECK(none.record->metadata.find("opentraces_usage")->string_or() == "none");
    CHECK_FALSE(none.record->timestamp_start);
    const auto broken = read(k_call, result, request("{\"tokensIn\":"));
    CHECK(broken.report.skipped.size() == 1);
}

TEST_CASE("cline: calls in a text end where theirs ends", "[capture]") {
    const auto calls_of = [](const std::string& text) {
        const auto parsed = read(text + "\n" + k_call, "[execute_command for 'ls'] Result:\na");
        REQUIRE(parsed.record);
        return parsed.record->steps[1];
    };
    // A file may hold what looks like the end.
    const trace::Step whole = calls_of(
        "<write_to_file>\n<path>a</path>\n<content>\n</content>x\n  y\n</content>\n</write_to_file>");
    REQUIRE(whole.tool_calls.size() == 2);
    CHECK(whole.tool_calls[0].input.find("content")->string_or() == "</content>x\n  y");
    CHECK_FALSE(whole.content);
    // Words about a tool are no call, nor is what is no tool.
    const trace::Step words = calls_of("Use <read_file> or <strong><path>a</path></strong>.");
    REQUIRE(words.tool_calls.size() == 1);
    CHECK(words.content == "Use <read_file> or <strong><path>a</path></strong>.");
    const auto cut = read("<read_file>\n<path>src/a", "[read_file for 'src/a'] Result:\nx");
    REQUIRE(cut.record);
    CHECK(cut.record->steps[1].tool_calls.at(0).input.find("path")->string_or() == "src/a");
    CHECK(cut.record->steps[1].observations.at(0).content == "x");
}

TEST_CASE("cline: diffs of Roo Code have heads that are not sought", "[capture]") {
    const auto parsed = read(
        "<apply_diff>\n<path>a</path>\n<diff>\n<<<<<<< "
        "SEARCH\n:start_line:3\n-------\nx\n=======\ny\n>>>>>>> REPLACE\n"
        "</diff>\n</apply_diff>",
        "[apply_diff for 'a'] Result:\nsaved");
    REQUIRE(parsed.record);
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].replacements.at(0).old_text == "x\n");
}

TEST_CASE("cline: the second version of Roo Code's history", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_task,
        R"({"version":2,"messages":[{"role":"user","content":"<user_message>\nDo it\n</user_message>","ts":1766000000000},)"
        R"({"role":"assistant","content":[{"type":"reasoning","text":"Hm."},{"type":"tool-call","toolCallId":"c1",)"
        R"("toolName":"execute_command","input":{"command":"ls"}}],"ts":1766000001000},)"
        R"({"role":"tool","content":[{"type":"tool-result","toolCallId":"c1","toolName":"execute_command",)"
        R"("output":{"type":"text","value":"[ERROR] no"}}],"ts":1766000002000}]})");
    const auto parsed = cline().read_from(k_task, disk);
    REQUIRE(parsed.record);
    CHECK(parsed.record->task.description == "Do it");
    CHECK(parsed.record->steps[1].reasoning_content == "Hm.");
    CHECK(parsed.record->steps[1].observations.at(0).content == "[ERROR] no");
    CHECK(parsed.record->steps[1].observations.at(0).error == "tool_error");
}

TEST_CASE("cline: files of others, and of nobody", "[capture]") {
    InMemoryDisk disk;
    put(disk, "/s/a/package.json", "{\"name\":\"x\"}");
    put(disk, "/s/a/nls.messages.json", "{\"a\":1}");
    put(disk, "/s/a/ui_messages.json", "[]");
    put(disk, "/s/b/api_conversation_history.json", "[" + said("<task>\nx\n</task>") + "]");
    put(disk, "/s/c/api_conversation_history.json", "{\"a\":1}");
    capture::Sources sources(disk);
    const auto found = capture::discover("/s", capture::agents(), sources);
    REQUIRE(found.sessions.size() == 2);
    CHECK(found.sessions[0].agent == &cline());
    CHECK(cline().read(found.sessions[0].session, sources).reason == "fewer than 2 steps");
    CHECK(found.sessions[1].agent == &cline());
    CHECK(cline().read(found.sessions[1].session, sources).reason ==
          "not a task of Cline: it has no messages with a role");
    // By its words, whatever the file is called.
    CHECK(agents_that_know("/p/x.json", "[" + said("<task>\nx\n</task>") + "]") ==
          std::vector<std::string>{"cline"});
    CHECK(agents_that_know("/p/x.json", "[" + said("x") + "]").empty());
    for (const char* name : {"tasks/1762000000000/api_conversation_history.json",
                             "sessions/1777000000000_ab12c/1777000000000_ab12c.messages.json"}) {
        const std::string bytes = session_bytes("cline/" + std::string(name));
        CHECK(agents_that_know("/p/" + fs::file_name(name), bytes) == std::vector<std::string>{"cline"});
    }
}

TEST_CASE("cline: sessions say their project, and when they change", "[capture]") {
    const auto disk = fs::posix_disk();
    capture::Sources sources(*disk);
    const capture::Agent* const only[] = {&cline()};
    const auto found = capture::discover(k_fixtures, only, sources);
    std::vector<std::string> projects;
    for (const auto& one : found.sessions)
        projects.push_back(one.session.project);
    CHECK(projects == std::vector<std::string>{"/home/me/cli", "/home/me/cli", "/home/me/roo", "/home/me/app",
                                               "/home/me/list"});
    InMemoryDisk memory;
    put(memory, k_task, "[" + said("x") + "]");
    capture::Sources before(memory);
    const std::string fingerprint = cline().list(k_task, before).at(0).fingerprint;
    put(memory, "/s/tasks/1762000000000/ui_messages.json", "[]");
    capture::Sources after(memory);
    CHECK(cline().list(k_task, after).at(0).fingerprint != fingerprint);
}

TEST_CASE("cline: places of editors, and what variables say", "[capture]") {
    const auto has = [](const std::map<std::string, std::string>& variables, const std::string& path) {
        Environment environment;
        environment.variables = variables;
        const auto places = cline().places("/p", environment);
        return std::any_of(places.begin(), places.end(),
                           [&](const capture::Place& place) { return place.shared && place.path == path; });
    };
    const std::map<std::string, std::string> home{{"HOME", "/h"}};
    for (const std::string editor : {"Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf"})
        for (const std::string root : {"/h/.config/", "/h/Library/Application Support/"})
            for (const std::string extension : {"saoudrizwan.claude-dev", "rooveterinaryinc.roo-cline"})
                CHECK(has(home, root + editor + "/User/globalStorage/" + extension + "/tasks"));
    CHECK(has(home, "/h/.vscode-server/data/User/globalStorage/saoudrizwan.claude-dev/tasks"));
    CHECK(has(home, "/h/.cline/data/sessions"));
    CHECK(has(home, "/h/.cline/data/tasks"));
    CHECK(has({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/x"}},
              "/x/Code/User/globalStorage/saoudrizwan.claude-dev/tasks"));
    CHECK(has({{"CLINE_DIR", "/c"}}, "/c/data/sessions"));
    CHECK(has({{"CLINE_DIR", "/c"}, {"CLINE_DATA_DIR", "/d"}}, "/d/sessions"));
    CHECK(has({{"CLINE_DIR", "/c"}, {"CLINE_SESSION_DATA_DIR", "/e"}}, "/e"));
}

TEST_CASE("cline: a file that is cut off anywhere is refused, or what is beside it is counted", "[capture]") {
    for (const char* name : {"tasks/1762000000000/api_conversation_history.json",
                             "tasks/0198f0a2-7c11-7d3e-9f10-2b6a5c4d3e21/api_conversation_history.json",
                             "sessions/1777000000000_ab12c/1777000000000_ab12c.messages.json"})
        check_every_cut("/p/t/" + fs::file_name(name), session_bytes("cline/" + std::string(name)), "cline");
    const std::string ui = session_bytes("cline/tasks/1762000000000/ui_messages.json");
    InMemoryDisk disk;
    put(disk, k_task, session_bytes("cline/tasks/1762000000000/api_conversation_history.json"));
    for (std::size_t size = 0; size + 2 < ui.size(); size += 7) {
        put(disk, "/s/tasks/1762000000000/ui_messages.json", ui.substr(0, size));
        const auto parsed = cline().read_from(k_task, disk);
        REQUIRE(parsed.record);
        CHECK(parsed.report.skipped.size() == 1);
    }
}

TEST_CASE("cline: a task whose conversation is gone is what the person saw", "[capture]") {
    const std::string folder = "/s/tasks/1762000000000/";
    const auto one = [](std::int64_t at, const char* type, const char* kind, const std::string& text) {
        return R"({"ts":)" + std::to_string(1762000000000 + at) + R"(,"type":")" + type + R"(",")" + type +
               R"(":")" + kind + R"(","text":)" + quoted(text) + "}";
    };
    const std::string blocks = "------- SEARCH\n1\n=======\n2\n+++++++ REPLACE\n";
    const std::string shown =
        "[" + one(0, "say", "task", "Fix it") + "," +
        one(100, "say", "api_req_started", R"({"tokensIn":10,"tokensOut":5,"cacheReads":3,"cost":0.5})") +
        "," + one(200, "say", "reasoning", "Hm.") + "," + one(300, "say", "text", "I look.") + "," +
        one(400, "say", "tool", R"({"tool":"searchFiles","path":"src","regex":"f","content":"src/a.py"})") +
        "," +
        one(500, "say", "api_req_started",
            R"({"tokensIn":20,"tokensOut":6,"cancelReason":"streaming_failed"})") +
        "," + one(600, "say", "api_req_started", R"({"tokensIn":30,"tokensOut":7})") + "," +
        one(700, "say", "tool",
            R"({"tool":"editedExistingFile","path":"a.py","content":)" + quoted(blocks) + "}") +
        "," + one(710, "say", "tool", R"({"tool":"editedExistingFile","path":"b.py","content":"whole\n"})") +
        "," + one(720, "ask", "tool", R"({"tool":"newFileCreated","path":"c.py","content":"x"})") + "," +
        one(730, "say", "user_feedback", "Not that one.") + "," +
        one(740, "say", "api_req_started", R"({"tokensIn":40,"tokensOut":8})") + "," +
        one(800, "ask", "command", "lsREQ_APP") + "," + one(810, "say", "command_output", "a.py") + "," +
        one(820, "say", "command_output", "b.py") + "," + one(830, "say", "checkpoint_created", "") + "," +
        one(900, "say", "completion_result", "Done.") + "," + one(910, "ask", "completion_result", "") + "," +
        one(920, "say", "song", "la") + "]";
    InMemoryDisk disk;
    put(disk, folder + "ui_messages.json", shown);
    const auto found = [&] {
        capture::Sources sources(disk);
        return capture::discover("/s", capture::agents(), sources).sessions;
    };
    REQUIRE(found().size() == 1);
    CHECK(found()[0].agent == &cline());
    const auto parsed = cline().read_from(found()[0].session.locator, disk);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "1762000000000");
    CHECK(record.task.description == "Fix it");
    CHECK(record.metadata.find("opentraces_lossy")->bool_or(false));
    CHECK(record.timestamp_start == "2025-11-01T12:26:40.000Z");
    CHECK(record.timestamp_end == "2025-11-01T12:26:40.920Z");
    REQUIRE(record.steps.size() == 5);
    CHECK(record.steps[1].reasoning_content == "Hm.");
    CHECK(record.steps[1].content == "I look.");
    CHECK(record.steps[1].token_usage.output_tokens.value() == 5);
    CHECK(record.steps[1].observations.at(0).content == "src/a.py");
    CHECK(record.steps[1].tool_calls.at(0).input.find("content") == nullptr);
    const trace::Step& edits = record.steps[2];
    REQUIRE(edits.tool_calls.size() == 3);
    CHECK(edits.tool_calls[0].tool_name == "replace_in_file");
    CHECK(edits.tool_calls[1].tool_name == "write_to_file");
    CHECK_FALSE(edits.observations.at(1).error);
    CHECK(edits.observations.at(2).error == "no_result");  // whether it was allowed is not shown
    CHECK(record.steps[3].content == "Not that one.");
    CHECK(record.steps[4].content == "Done.");
    CHECK(record.steps[4].tool_calls.at(0).input.find("command")->string_or() == "ls");
    CHECK(record.steps[4].observations.at(0).content == "a.py\nb.py");
    REQUIRE(parsed.evidence.changes.size() == 2);
    CHECK(parsed.evidence.changes[0].replacements.at(0).new_text == "2\n");
    CHECK(parsed.evidence.changes[1].written == "whole\n");
    CHECK(record.metrics.total_input_tokens.value() == 100);
    CHECK(record.metrics.total_output_tokens.value() == 26);
    CHECK(record.metrics.estimated_cost_usd == 0.5);
    CHECK(parsed.report.unknown_line_types == std::map<std::string, std::size_t>{{"say/song", 1}});
    check_every_cut(folder + "ui_messages.json", shown, "cline", 7);
    CHECK(agents_that_know(folder + "ui_messages.json", shown) == std::vector<std::string>{"cline"});

    // With the conversation beside it, it is a part of that; and the older of two names is.
    put(disk, folder + "claude_messages.json", shown);
    CHECK(found().size() == 1);
    put(disk, folder + "api_conversation_history.json", "[" + said("<task>\nDo it\n</task>") + "]");
    REQUIRE(found().size() == 1);
    CHECK(found()[0].session.locator.ends_with("api_conversation_history.json"));
}
