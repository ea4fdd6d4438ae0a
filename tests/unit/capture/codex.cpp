#include <zstd.h>

#include <array>

#include "capture/decoders.hpp"
#include "catch.hpp"
#include "opentraces/core/error.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_folder = source_folder() + "/tests/fixtures/sessions/codex/";
const std::string k_id = "019ed628-d563-7e40-bbb1-93a6a302d688";
const std::string k_path = "/c/rollout-2026-01-01T00-00-00-" + k_id + ".jsonl";

std::string event(const std::string& type, const std::string& payload, const std::string& at = "00:00.000") {
    return R"({"timestamp":"2026-01-01T00:)" + at + R"(Z","type":")" + type + R"(","payload":)" + payload +
           "}\n";
}

std::string meta(const std::string& id = k_id, const std::string& more = {},
                 const std::string& at = "00:00.000") {
    return event("session_meta",
                 R"({"id":")" + id +
                     R"(","cwd":"/home/me/app","cli_version":"0.142.0","model_provider":"openai")" + more +
                     "}",
                 at);
}

std::string turn(const std::string& model = "gpt-5.5") {
    return event("turn_context", R"({"cwd":"/home/me/app","model":")" + model + R"("})");
}

std::string message(const std::string& role, const std::string& text, const std::string& at = "00:00.000") {
    return event("response_item",
                 R"({"type":"message","role":")" + role + R"(","content":[{"type":"input_text","text":)" +
                     quoted(text) + "}]}",
                 at);
}

std::string typed(const std::string& text) {
    return message("user", text) +
           event("event_msg", R"({"type":"user_message","message":)" + quoted(text) + "}");
}

std::string command(const std::string& id, const std::string& at = "00:01.000") {
    return event(
        "response_item",
        R"({"type":"function_call","name":"exec_command","arguments":"{\"cmd\":\"ls\"}","call_id":")" + id +
            R"("})",
        at);
}

std::string output(const std::string& id, const std::string& value, const std::string& at = "00:02.000") {
    return event("response_item",
                 R"({"type":"function_call_output","call_id":")" + id + R"(","output":)" + value + "}", at);
}

std::string tokens(const std::string& info) {
    return event("event_msg", R"({"type":"token_count","info":)" + info + "}");
}

std::string counts(int input, int cached, int out) {
    return R"({"input_tokens":)" + std::to_string(input) + R"(,"cached_input_tokens":)" +
           std::to_string(cached) + R"(,"output_tokens":)" + std::to_string(out) + R"(,"total_tokens":)" +
           std::to_string(input + out) + "}";
}

std::string totals(const std::string& total, const std::string& last) {
    return tokens(R"({"total_token_usage":)" + total + R"(,"last_token_usage":)" + last + "}");
}

const capture::Agent& codex() {
    return *capture::find_agent("codex");
}

capture::ParsedSession parse_rollout(const std::string& text) {
    InMemoryDisk disk;
    put(disk, k_path, text);
    return codex().read_from(k_path, disk);
}

// A session that is kept: a prompt and a call.
std::string small(const std::string& rest = {}) {
    return meta() + turn() + typed("fix it") + command("c1") + output("c1", "\"ok\"") + rest;
}

struct Sum {
    std::int64_t input = 0;
    std::int64_t cached = 0;
    std::int64_t out = 0;
    bool operator==(const Sum&) const = default;
};

Sum sum_of(const capture::ParsedSession& parsed) {
    Sum sum;
    for (const enrich::ModelUsage& usage : parsed.evidence.usage) {
        sum.input += usage.input_tokens;
        sum.cached += usage.cache_read_tokens;
        sum.out += usage.output_tokens;
    }
    return sum;
}

std::string compressed(const std::string& bytes) {
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
    return out;
}

}  // namespace

TEST_CASE("codex: a real review of a sub-agent", "[capture]") {
    const auto disk = fs::posix_disk();
    const std::string name = "rollout-2026-06-17T15-17-40-" + k_id + ".jsonl";
    const auto parsed = codex().read_from(k_folder + name, *disk);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == k_id);
    CHECK(record.agent.name == "codex");
    CHECK(record.agent.version == "0.139.0");
    CHECK(record.steps.size() == 8);
    CHECK(sum_of(parsed) == Sum{57112 - 29184, 29184, 1162});
    CHECK(record.metrics.total_input_tokens.value() == 57112 - 29184);
    CHECK(record.metadata.find("is_subagent") != nullptr);
    CHECK(record.steps.back().agent_role == "review");
    CHECK(record.steps.back().call_type == trace::CallType::Subagent);
    CHECK(parsed.report.unknown_lines() == 0);
}

TEST_CASE("codex: a compressed rollout reads as the plain one", "[capture]") {
    const auto disk = fs::posix_disk();
    const auto parsed = codex().read_from(
        k_folder + "rollout-2025-09-19T09-02-12-01996135-afde-7911-97f0-d863511eca56.jsonl.zst", *disk);
    REQUIRE(parsed.record);
    CHECK(parsed.record->session_id == "01996135-afde-7911-97f0-d863511eca56");
    CHECK(parsed.record->environment.vcs.branch == "main");
    CHECK(parsed.record->task.repository == "Mai0313/claude-code");
    InMemoryDisk memory;
    put(memory, k_path + ".zst", compressed(small()));
    put(memory, k_path, small());
    const auto packed = codex().read_from(k_path + ".zst", memory);
    const auto plain = codex().read_from(k_path, memory);
    REQUIRE(packed.record);
    CHECK(packed.record->session_id == plain.record->session_id);
    CHECK(packed.record->steps.size() == plain.record->steps.size());
    // Where both are there, the plain one is the session.
    capture::Sources sources(memory);
    const auto found = capture::discover("/c", capture::agents(), sources).sessions;
    REQUIRE(found.size() == 1);
    CHECK(found[0].session.locator == k_path);
    CHECK(found[0].agent->name == "codex");
    CHECK(found[0].session.project == "/home/me/app");
}

TEST_CASE("codex: a damaged, cut or boundless stream is refused", "[capture]") {
    const auto read_all = [](std::string bytes) {
        std::size_t at = 0;
        const json::ByteSource source = capture::decoded([&](char* buffer, std::size_t size) {
            const std::size_t count = std::string_view(bytes).substr(at).copy(buffer, size);
            at += count;
            return count;
        });
        std::array<char, 65536> buffer{};
        std::size_t total = 0;
        while (const std::size_t count = source(buffer.data(), buffer.size()))
            total += count;
        return total;
    };
    const auto refused = [&](const std::string& bytes) {
        try {
            read_all(bytes);
        } catch (const Error& error) {
            return error.code() == ErrorCode::CorruptSession;
        }
        return false;
    };
    const std::string text = small();
    const std::string good = compressed(text);
    CHECK(read_all(good) == text.size());
    CHECK(read_all(good + good) == 2 * text.size());
    CHECK(read_all("plain") == 5);
    CHECK(read_all("") == 0);
    CHECK(refused(good.substr(0, good.size() - 1)));
    CHECK(refused(good.substr(0, 5)));
    std::string bad = good;
    bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 0x55);
    CHECK((refused(bad) || read_all(bad) != 0));
    CHECK(refused(std::string("\x1f\x8b\x08\0\0\0\0\0\0\0", 10)));
    // A frame of single bytes, each standing for 128 KiB (RFC 8878, RLE blocks): 1 GiB and one block more.
    std::string bomb("\x28\xb5\x2f\xfd\0\x88", 6);
    for (int block = 0; block <= 8192; ++block)
        bomb.append(std::string("\x02\0\x10 ", 4));
    bomb.append(std::string("\x03\0\x10 ", 4));
    CHECK(bomb.size() < 40'000);
    CHECK(refused(bomb));
}

TEST_CASE("codex: tokens are what the running total grew by", "[capture]") {
    const std::string first = totals(counts(100, 40, 10), counts(100, 40, 10));
    const std::string second = totals(counts(250, 140, 30), counts(150, 100, 20));
    CHECK(sum_of(parse_rollout(small(first + second))) == Sum{110, 140, 30});
    // Said again, and an event with limits only.
    CHECK(sum_of(parse_rollout(small(first + first + tokens("null") + second))) == Sum{110, 140, 30});
    // Two responses in one event: the total knows, the last request does not.
    CHECK(sum_of(parse_rollout(small(first + totals(counts(400, 140, 50), counts(150, 100, 20))))) ==
          Sum{260, 140, 50});
    // Resumed: the first total holds what was paid for before.
    CHECK(sum_of(parse_rollout(small(totals(counts(9100, 8040, 910), counts(100, 40, 10))))) ==
          Sum{60, 40, 10});
    // An older state goes on: the total falls.
    CHECK(sum_of(parse_rollout(small(second + totals(counts(130, 60, 15), counts(30, 20, 5))))) ==
          Sum{60, 120, 25});
    // The context overflowed: all parts of the total are 0, the last one has a sum only.
    CHECK(sum_of(parse_rollout(small(
              first +
              totals(R"({"input_tokens":0,"cached_input_tokens":0,"output_tokens":0,"total_tokens":9000})",
                     R"({"total_tokens":9000})") +
              totals(counts(50, 0, 5), counts(50, 0, 5))))) == Sum{110, 40, 15});
}

TEST_CASE("codex: records of responses count once each, and instead of totals", "[capture]") {
    const std::string total = totals(counts(1000, 0, 1000), counts(1000, 0, 1000));
    const auto record = [](const std::string& id, const std::string& usage) {
        return event("event_msg",
                     R"({"type":"token_usage_record","response_id":")" + id + R"(","usage":)" + usage + "}");
    };
    const std::string one = record("r1", counts(100, 40, 10));
    CHECK(sum_of(parse_rollout(small(total + one + one + record("r2", counts(10, 0, 1))))) ==
          Sum{70, 40, 11});
}

TEST_CASE("codex: items of one response are one step, with their answers", "[capture]") {
    const auto parsed = parse_rollout(
        meta() + turn() + message("developer", "rules") + message("user", "<environment_context>x") +
        typed("fix it") +
        event("response_item", R"({"type":"reasoning","summary":[{"type":"summary_text","text":"think"}]})") +
        event("response_item",
              R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look"}]})") +
        command("c1") + command("c2") + output("c2", R"("Exit code: 2\nWall time: 1 seconds\nOutput:\nno")") +
        output("c1", R"("{\"output\":\"listed\",\"metadata\":{\"exit_code\":0,\"duration_seconds\":0.5}}")") +
        command("c3"));
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 5);
    CHECK(steps[0].role == trace::Role::System);
    CHECK(steps[1].role == trace::Role::System);
    CHECK(steps[2].role == trace::Role::User);
    CHECK(parsed.record->task.description == "fix it");
    CHECK(steps[3].content == "I look");
    CHECK(steps[3].reasoning_content == "think");
    CHECK(steps[3].model == "openai/gpt-5.5");
    REQUIRE(steps[3].tool_calls.size() == 2);
    CHECK(steps[3].observations[0].content == "listed");
    CHECK(steps[3].tool_calls[0].duration_ms->value() == 500);
    CHECK(steps[3].observations[1].error == "exit_code:2");
    CHECK(steps[4].observations[0].error == "no_result");
}

TEST_CASE("codex: prompts in mid-turn, what changes around steps, and context that repeats", "[capture]") {
    const std::string begin = event("event_msg", R"({"type":"task_started"})");
    const std::string end = event("event_msg", R"({"type":"task_complete"})");
    const std::string context =
        R"({"cwd":"/home/me/app","model":"m","approval_policy":"never","effort":"high",)"
        R"("sandbox_policy":{"type":"read-only"}})";
    const auto parsed = parse_rollout(
        meta() + begin + event("turn_context", context) + message("developer", "rules") + typed("fix it") +
        command("c1") + typed("and test it") + output("c1", "\"ok\"") + end + begin +
        event("turn_context", context) + message("developer", "rules") + typed("go on") + command("c2") +
        end + event("compacted", R"({"message":"what was done","replacement_history":[]})") +
        event(
            "response_item",
            R"({"type":"agent_message","author":"/root","content":[{"type":"input_text","text":"look here"}]})"));
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 9);
    CHECK(steps[3].content == "and test it");
    CHECK(steps[4].content == "[repeated: the text of step 1]");
    CHECK(steps[7].role == trace::Role::System);
    CHECK(steps[7].content == "what was done");
    CHECK(steps[8].role == trace::Role::User);
    CHECK(steps[8].content == "look here");
    const auto fact = [&](std::int64_t step, const char* name) {
        for (const json::Value& one : *parsed.record->metadata.find("opentraces_steps")->if_array())
            if (one["step"].integer() == step) return one[name];
        return json::Value();
    };
    CHECK(fact(1, "permission_mode").string_or() == "never");
    CHECK(fact(1, "sandbox").string_or() == "read-only");
    CHECK(fact(1, "effort").string_or() == "high");
    CHECK(fact(4, "mid_turn").bool_or(false));
    CHECK(fact(5, "repeats").integer() == 1);
    CHECK(fact(5, "effort").is_null());
    CHECK(fact(6, "mid_turn").is_null());
    CHECK(fact(9, "from").string_or() == "/root");
    CHECK((*parsed.record->metadata.find("opentraces_queue"))["received"].integer() == 1);
}

TEST_CASE("codex: an event may tell a prompt before its item, or alone", "[capture]") {
    const auto told = [](const std::string& text) {
        return event("event_msg", R"({"type":"user_message","message":)" + quoted(text) + "}");
    };
    const auto parsed =
        parse_rollout(meta() + turn() + told("fix it") + message("user", "fix it") + command("c1") +
                      told("only here") + output("c1", "\"ok\"") + command("c2") + told("at the end"));
    REQUIRE(parsed.record);
    std::vector<std::string> said;
    for (const trace::Step& step : parsed.record->steps)
        if (step.role == trace::Role::User) said.push_back(*step.content);
    CHECK(said == std::vector<std::string>{"fix it", "only here", "at the end"});
    CHECK(parsed.record->steps[2].content == "only here");
}

TEST_CASE("codex: what a fork copied from its parent is not told again", "[capture]") {
    const std::string copied =
        meta("parent", {}, "00:00.001") + turn() + message("user", "old", "00:00.002") +
        command("p1", "00:00.003") + output("p1", "\"old\"", "00:00.004") +
        event("event_msg",
              R"({"type":"token_count","info":{"total_token_usage":)" + counts(1000, 0, 100) +
                  R"(,"last_token_usage":)" + counts(1000, 0, 100) + "}}",
              "00:00.005");
    const std::string own =
        message("user", "new", "00:00.700") + command("c1") + output("c1", "\"ok\"") +
        event("event_msg",
              R"({"type":"token_count","info":{"total_token_usage":)" + counts(1100, 0, 110) +
                  R"(,"last_token_usage":)" + counts(100, 0, 10) + "}}",
              "00:03.000");
    const auto parsed = parse_rollout(meta() + copied + own);
    REQUIRE(parsed.record);
    CHECK(parsed.record->session_id == k_id);
    CHECK(parsed.record->steps.size() == 2);
    CHECK(parsed.record->metadata.find("parent_session_id")->string_or() == "parent");
    CHECK(sum_of(parsed) == Sum{100, 0, 10});
    CHECK(parser_note(parsed, "copied_lines") == 4);
}

TEST_CASE("codex: a patch that was applied is evidence, one that failed is not", "[capture]") {
    const auto patched = [](const std::string& success) {
        return parse_rollout(small(
            event(
                "response_item",
                R"({"type":"custom_tool_call","name":"apply_patch","input":"*** Begin Patch","call_id":"p1"})") +
            event(
                "event_msg",
                R"({"type":"patch_apply_end","call_id":"p1","success":)" + success +
                    R"(,"changes":{"/home/me/app/a.py":{"type":"update","unified_diff":"@@ -1,2 +1,2 @@\n import os\n-x = 1\n+x = 2\n"}}})") +
            event("response_item", R"({"type":"custom_tool_call_output","call_id":"p1","output":"done"})")));
    };
    const auto good = patched("true");
    REQUIRE(good.evidence.changes.size() == 1);
    CHECK(good.evidence.changes[0].hunks[0].lines.size() == 3);
    CHECK(good.evidence.changes[0].exact);
    CHECK(good.record->outcome.patch);
    const auto bad = patched("false");
    CHECK(bad.evidence.changes.empty());
    CHECK(bad.record->steps.back().observations.back().error == "tool_error");
}

std::string patch_call(const std::string& id, const std::string& patch) {
    return event("response_item", R"({"type":"custom_tool_call","name":"apply_patch","input":)" +
                                      quoted(patch) + R"(,"call_id":")" + id + "\"}");
}

std::string patch_output(const std::string& id) {
    return event("response_item",
                 R"({"type":"custom_tool_call_output","call_id":")" + id +
                     R"(","output":"{\"output\":\"Success. Updated the following files:\\nM a\"}"})");
}

TEST_CASE("codex: without the event, a patch that worked is the one that was asked for", "[capture]") {
    const std::string add = "*** Begin Patch\n*** Add File: a.txt\n+1\n+2\n*** End Patch\n";
    const std::string update =
        "*** Begin Patch\n*** Update File: /home/me/app/a.txt\n@@\n 1\n-2\n+two\n*** Delete File: "
        "b.txt\n*** Update File: c.txt\n*** Move to: d.txt\n*** End Patch";
    const auto parsed =
        parse_rollout(small(patch_call("p1", add) + patch_output("p1") + patch_call("p2", update) +
                            patch_output("p2") + patch_call("p3", update) + output("p3", "\"failed\"")));
    const auto& changes = parsed.evidence.changes;
    REQUIRE(changes.size() == 4);
    CHECK(changes[0].created);
    CHECK(changes[0].written == "1\n2\n");
    CHECK(changes[1].sought.at(0).before == std::vector<std::string>{"1", "2"});
    CHECK(changes[1].sought.at(0).after == std::vector<std::string>{"1", "two"});
    CHECK(changes[2].deleted);
    CHECK(changes[3].path == "d.txt");
    CHECK(changes[3].moved_from == "c.txt");
    CHECK(changes[3].moved_only);
    CHECK(parsed.record->outcome.patch->find("+two") != std::string::npos);
    const auto told = parse_rollout(small(
        patch_call("p1", add) + patch_output("p1") +
        event(
            "event_msg",
            R"({"type":"patch_apply_end","call_id":"p1","success":true,"changes":{"a":{"type":"add","content":"x\n"}}})")));
    REQUIRE(told.evidence.changes.size() == 1);
    CHECK(told.evidence.changes[0].written == "x\n");
}

TEST_CASE("codex: patches that a shell applied, and a script", "[capture]") {
    const auto shell = [](const std::string& line) {
        const std::string arguments = "{\"cmd\":" + quoted(line) + ",\"workdir\":\"/home/me/app/sub\"}";
        return parse_rollout(
                   small(
                       event("response_item",
                             R"({"type":"function_call","name":"exec_command","call_id":"s1","arguments":)" +
                                 quoted(arguments) + "}") +
                       output("s1", "\"Output:\\nSuccess. Updated the following files:\\nA a\"")))
            .evidence.changes;
    };
    const std::string patch = "*** Begin Patch\n*** Add File: a\n+1\n*** End Patch\nEOF\n";
    REQUIRE(shell("apply_patch <<'EOF'\n" + patch).size() == 1);
    CHECK(shell("apply_patch <<'EOF'\n" + patch)[0].path == "/home/me/app/sub/a");
    CHECK(shell("cd /tmp/x && apply_patch <<'EOF'\n" + patch).at(0).path == "/tmp/x/a");
    CHECK(shell("cat > p <<'EOF'\n" + patch).empty());
    const auto script = parse_rollout(small(
        event("response_item", R"({"type":"custom_tool_call","name":"exec","input":"x","call_id":"c1"})") +
        event(
            "event_msg",
            R"({"type":"patch_apply_end","call_id":"c2","success":true,"changes":{"a":{"type":"add","unified_diff":"@@ -0,0 +1 @@\n+x\n"},"b":{"type":"update","unified_diff":"cut"}}})")));
    REQUIRE(script.evidence.changes.size() == 2);
    CHECK(script.record->outcome.patch->find("new file mode") != std::string::npos);
    CHECK(script.record->metadata.find("opentraces_patch") != nullptr);
}

TEST_CASE("codex: what is not known is counted, and nothing is taken for it that is none", "[capture]") {
    const auto parsed =
        parse_rollout(small(event("event_msg", R"({"type":"from_the_future"})") +
                            event("response_item", R"({"type":"new_item"})") + "{\"x\":1}\nnot json\n"));
    CHECK(parsed.report.unknown_line_types.at("event_msg/from_the_future") == 1);
    CHECK(parsed.report.unknown_line_types.at("response_item/new_item") == 1);
    CHECK(parsed.report.unknown_lines() == 3);
    CHECK(parsed.report.skipped.size() == 1);
    CHECK(parse_rollout("{\"x\":1}\n").verdict == capture::ParseVerdict::Refused);
    CHECK(parse_rollout("").reason == "empty file");
    InMemoryDisk disk;
    put(disk, "/p/" + k_session + ".jsonl", user("u1", "", "hi") + reply("a1", "u1", "m1", text_block("ho")));
    capture::Sources sources(disk);
    CHECK_FALSE(codex().recognises("/p/" + k_session + ".jsonl", sources));
}

TEST_CASE("codex: TraeX, which writes the same files, is told apart by its provider", "[capture]") {
    InMemoryDisk disk;
    disk.make_directories("/c", 0700);
    capture::Sources sources(disk);
    disk.replace(k_path, meta() + turn() + typed("do"));
    CHECK(codex().recognises(k_path, sources));
    std::string foreign = meta() + turn() + typed("do");
    foreign.replace(foreign.find("\"openai\""), 8, "\"trae\"");
    disk.replace("/c/foreign.jsonl", foreign);
    CHECK_FALSE(codex().recognises("/c/foreign.jsonl", sources));
}

TEST_CASE("codex: a project gets its own sessions out of the place of all", "[capture]") {
    InMemoryDisk disk;
    const std::string root = "/home/me/.codex/sessions/2026/01/01/rollout-";
    const auto put_session = [&](const std::string& name, const std::string& directory) {
        std::string text = small();
        for (std::size_t at = text.find("/home/me/app"); at != std::string::npos;
             at = text.find("/home/me/app", at + 1))
            text.replace(at, 12, directory);
        put(disk, root + name + ".jsonl", text);
    };
    put_session("own", "/home/me/app");
    put_session("below", "/home/me/app/src");
    put_session("other", "/home/me/application");
    put_session("above", "/home/me");
    put_session("nested", "/home/me/app/vendor/tool");
    put_session("hidden", "/home/me/app/../secret");
    put(disk, root + "nowhere.jsonl", message("user", "hello"));
    disk.make_directories("/home/me/app/vendor/.opentraces", 0700);
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    capture::Sources sources(disk);
    const capture::Agent* const agents[] = {&codex()};
    const auto found = capture::discover_project("/home/me/app", agents, environment, sources);
    REQUIRE(found.sessions.size() == 2);
    CHECK(found.sessions[0].session.locator == root + "below.jsonl");
    CHECK(found.sessions[1].session.locator == root + "own.jsonl");
    CHECK(found.other_projects == 5);
}
