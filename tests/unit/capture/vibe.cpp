// Vibe 1 and 2: messages, results, tokens of the session, sessions that continue others.
#include "catch.hpp"
#include "unit/capture/fixture_sessions.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_logs = "/home/me/.vibe/logs/session";
const std::string k_folder = k_logs + "/session_20260101_000000_aaaaaaaa";
const std::string k_later = k_logs + "/session_20260102_000000_bbbbbbbb";

const capture::Agent& vibe() {
    return *capture::find_agent("vibe");
}

std::string said(const std::string& role, const std::string& text, const std::string& more = {}) {
    return R"({"role":")" + role + R"(","content":)" + quoted(text) + more + "}\n";
}

std::string with_id(const std::string& id) {
    return R"(,"message_id":")" + id + "\"";
}

std::string called(const std::string& id, const std::string& name, const std::string& arguments) {
    return R"({"id":")" + id + R"(","index":0,"function":{"name":")" + name + R"(","arguments":)" +
           quoted(arguments) + "}}";
}

std::string answered(const std::string& id, const std::string& text, const std::string& more = {}) {
    return said("tool", text, R"(,"name":"bash","tool_call_id":")" + id + "\"" + more);
}

std::string metadata(const std::string& id, const std::string& day, const std::string& more = {}) {
    return R"({"session_id":")" + id + R"(","start_time":"2026-01-)" + day +
           R"(T00:00:00+00:00","end_time":"2026-01-)" + day +
           R"(T00:05:00+00:00","git_commit":"0123456789012345678901234567890123456789","git_branch":"main",)"
           R"("username":"me","environment":{"working_directory":"/home/me/app"},"title":"A title",)"
           R"("stats":{"steps":2,"session_prompt_tokens":300,"session_completion_tokens":40,)"
           R"("session_cached_tokens":100,"session_cost":0.01},"config":{"active_model":"devstral",)"
           R"("models":[{"name":"devstral-2512","provider":"mistral","alias":"devstral"}]},)"
           R"("system_prompt":{"role":"system","content":"You are Vibe."},)"
           R"("tools_available":[{"type":"function","function":{"name":"bash"}}])" +
           more + "}";
}

const std::string k_first =
    said("user", "Write it.", with_id("u1")) +
    said(
        "assistant", "Yes.",
        with_id("a1") + R"(,"reasoning_content":"Hm.","tool_calls":[)" +
            called("c1", "write_file", R"({"path":"a.py","content":"x = 1\n"})") + "," +
            called("c2", "search_replace",
                   R"({"file_path":"b.py","content":"<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE"})") +
            "," + called("c3", "bash", R"({"command":"false"})") + "," +
            called("c4", "bash", R"({"command":"sleep"})") + "]") +
    answered("c1", "written", R"(,"tool_result":{"output":{},"duration":0.25,"cancelled":false})") +
    answered("c2", "replaced") + answered("c3", "<tool_error>it failed</tool_error>") +
    answered("c4", "<user_cancellation>stopped</user_cancellation>") +
    said("assistant", "Done.", with_id("a2"));

const std::string k_second =
    said("user", "Now run it.", with_id("u2")) +
    said("assistant", "", with_id("a3") + R"(,"tool_calls":[)" + called("c5", "bash", "{}") + "]") +
    answered("c5", "1");

struct Logs {
    InMemoryDisk disk;
    void add(const std::string& folder, const std::string& messages, const std::string& meta) {
        put(disk, folder + "/messages.jsonl", messages);
        if (!meta.empty()) put(disk, folder + "/meta.json", meta);
    }
    capture::ParsedSession read(const std::string& folder) {
        return vibe().read_from(folder + "/messages.jsonl", disk);
    }
};

capture::ParsedSession read_one(const std::string& messages, const std::string& meta) {
    Logs logs;
    logs.add(k_folder, messages, meta);
    return logs.read(k_folder);
}

}  // namespace

TEST_CASE("vibe: prompts, reasoning, calls and what became of them", "[capture]") {
    const auto parsed = read_one(k_first, metadata("s1", "01"));
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "s1");
    CHECK(record.task.description == "Write it.");
    CHECK(record.agent.model == "mistral/devstral-2512");
    CHECK(record.timestamp_start == "2026-01-01T00:00:00+00:00");
    CHECK(record.timestamp_end == "2026-01-01T00:05:00+00:00");
    CHECK(record.environment.vcs.branch == "main");
    CHECK(record.environment.vcs.base_commit == "0123456789012345678901234567890123456789");
    CHECK(parsed.evidence.working_directory == "/home/me/app");
    CHECK(record.metadata.find("title")->string_or() == "A title");
    CHECK(record.tool_definitions.size() == 1);
    REQUIRE(record.system_prompts.size() == 1);
    REQUIRE(record.steps.size() == 3);
    const trace::Step& reply = record.steps[1];
    CHECK(reply.content == "Yes.");
    CHECK(reply.reasoning_content == "Hm.");
    CHECK(reply.model == "mistral/devstral-2512");
    CHECK(reply.system_prompt_hash.has_value());
    REQUIRE(reply.tool_calls.size() == 4);
    CHECK(reply.tool_calls[0].duration_ms == 250);
    REQUIRE(reply.observations.size() == 4);
    CHECK_FALSE(reply.observations[0].error.has_value());
    CHECK(reply.observations[2].error == "tool_error");
    CHECK(reply.observations[3].error == "interrupted");
    REQUIRE(parsed.evidence.changes.size() == 2);
    CHECK(parsed.evidence.changes[0].written == "x = 1\n");
    REQUIRE(parsed.evidence.changes[1].replacements.size() == 1);
    CHECK(parsed.evidence.changes[1].replacements[0].new_text == "new\n");
    CHECK(parsed.report.unknown_lines() == 0);
    CHECK(parsed.report.conversation_lines == 7);
}

TEST_CASE("vibe: tokens are the session's, cached ones apart; without them there are none", "[capture]") {
    const auto parsed = read_one(k_first, metadata("s1", "01"));
    REQUIRE(parsed.evidence.usage.size() == 1);
    const enrich::ModelUsage& usage = parsed.evidence.usage[0];
    CHECK(usage.input_tokens == 200);
    CHECK(usage.cache_read_tokens == 100);
    CHECK(usage.output_tokens == 40);
    CHECK_FALSE(parsed.evidence.actual_cost_usd.has_value());
    CHECK(parsed.record->metadata.find("opentraces_usage")->string_or() == "session");
    const auto bare = read_one(k_first, {});
    REQUIRE(bare.record);
    CHECK(bare.record->session_id == "session_20260101_000000_aaaaaaaa");
    CHECK(bare.record->metadata.find("opentraces_usage")->string_or() == "none");
    CHECK_FALSE(bare.record->agent.model.has_value());
    CHECK_FALSE(bare.record->timestamp_start.has_value());
}

TEST_CASE("vibe: what the program said in a person's place is no prompt; other roles are counted",
          "[capture]") {
    const auto parsed = read_one(said("user", "Reminder.", R"(,"injected":true)" + with_id("i1")) + k_first +
                                     said("user", "The summary.", R"(,"context_boundary":"compaction")") +
                                     said("oracle", "?") + "{\"a\":1}\n",
                                 metadata("s1", "01"));
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps[0].role == trace::Role::System);
    CHECK(parsed.record->task.description == "Write it.");
    CHECK(parsed.report.unknown_line_types ==
          std::map<std::string, std::size_t>{{"messages/", 1}, {"messages/oracle", 1}});
    CHECK(parsed.record->metadata.find("is_compacted") != nullptr);
}

TEST_CASE("vibe: a session that continues another says its own messages alone, with all its tokens",
          "[capture]") {
    Logs logs;
    logs.add(k_folder, k_first, metadata("s1", "01"));
    logs.add(k_later, k_first + k_second, metadata("s2", "02"));
    const auto first = logs.read(k_folder);
    REQUIRE(first.record);
    CHECK(first.record->steps.size() == 3);
    CHECK(first.record->metadata.find("parent_session_id") == nullptr);
    const auto second = logs.read(k_later);
    REQUIRE(second.record);
    CHECK(second.record->steps.size() == 2);
    CHECK(second.record->task.description == "Now run it.");
    CHECK(second.record->metadata.find("parent_session_id")->string_or() == "s1");
    CHECK(parser_note(second, "copied_lines") == 7);
    CHECK(second.evidence.usage.at(0).output_tokens == 40);
    // What is kept of it as it was holds the other one, too.
    CHECK(std::count(second.files.begin(), second.files.end(), k_folder + "/messages.jsonl") == 1);
    // The same ids with other texts are no copies.
    std::string others = k_first + k_second;
    others.replace(others.find("Write it."), 9, "Read it.");
    logs.add(k_later, others, metadata("s2", "02"));
    CHECK(logs.read(k_later).record->steps.size() == 5);
    // The other one has no metadata: its place in the order of names tells.
    Logs bare;
    bare.add(k_folder, k_first, {});
    bare.add(k_later, k_first + k_second, {});
    CHECK(bare.read(k_folder).record->steps.size() == 3);
    CHECK(bare.read(k_later).record->steps.size() == 2);
    // The other one is gone: nothing is a copy.
    Logs alone;
    alone.add(k_later, k_first + k_second, metadata("s2", "02"));
    CHECK(alone.read(k_later).record->steps.size() == 5);
}

TEST_CASE("vibe: without ids of messages, a prompt that two sessions begin with makes none a copy",
          "[capture]") {
    const std::string call = said("assistant", "", R"(,"tool_calls":[)" + called("c1", "bash", "{}") + "]");
    Logs logs;
    logs.add(k_folder, said("user", "hi") + call + answered("c1", "1"), metadata("s1", "01"));
    logs.add(k_later, said("user", "hi") + said("assistant", "Hello.") + call + answered("c1", "1"),
             metadata("s2", "02"));
    CHECK(logs.read(k_later).record->steps.size() == 3);
    const std::string third = k_logs + "/session_20260103_000000_cccccccc";
    logs.add(third, said("user", "hi") + call + answered("c1", "1") + k_second, metadata("s3", "03"));
    const auto parsed = logs.read(third);
    CHECK(parser_note(parsed, "copied_lines") == 3);
    CHECK(parsed.record->steps.size() == 2);
}

TEST_CASE("vibe: a session of Vibe 1 is one document", "[capture]") {
    std::string messages = said("system", "You are Vibe.") + k_first;
    messages.pop_back();
    for (std::size_t at = 0; (at = messages.find('\n', at)) != std::string::npos;)
        messages.replace(at, 1, ",");
    const std::string path = k_logs + "/session_20251210_203409_aaaaaaaa.json";
    const std::string document =
        R"({"metadata":{"session_id":"old","start_time":"2025-12-10T20:34:09.851367",)"
        R"("end_time":"2025-12-10T20:38:20.448625","environment":)"
        R"({"working_directory":"/home/me/app"},"stats":{"session_prompt_tokens":7,)"
        R"("session_completion_tokens":2},"agent_config":{"active_model":"devstral-2",)"
        R"("models":[{"name":"vibe-cli-latest","provider":"mistral","alias":"devstral-2"}]}},)"
        R"("messages":[)" +
        messages + "]}";
    CHECK(agents_that_know(path, document) == std::vector<std::string>{"vibe"});
    const auto parsed = read_at(path, document, "vibe");
    REQUIRE(parsed.record);
    CHECK(parsed.record->session_id == "old");
    CHECK(parsed.record->agent.model == "mistral/vibe-cli-latest");
    CHECK(parsed.record->system_prompts.size() == 1);
    CHECK(parsed.evidence.usage.at(0).input_tokens == 7);
    check_every_cut(path, document, "vibe", 7);
    CHECK(read_at(path, "{}", "vibe").reason ==
          "not a Vibe session: it has no metadata with an id, and no messages");
}

TEST_CASE("vibe: sessions are found by what is in them, with their folder", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_folder + "/messages.jsonl", k_first);
    put(disk, k_folder + "/meta.json", metadata("s1", "01"));
    put(disk, k_logs + "/notes/messages.jsonl", said("user", "of another program"));
    capture::Sources sources(disk);
    const auto found = capture::discover(k_logs, std::array{&vibe()}, sources).sessions;
    REQUIRE(found.size() == 2);
    CHECK(found[0].session.locator == k_logs + "/notes/messages.jsonl");
    CHECK_FALSE(vibe().recognises(found[0].session.locator, sources));
    CHECK(found[1].session.project == "/home/me/app");
    const std::string before = found[1].session.fingerprint;
    put(disk, k_folder + "/meta.json", metadata("s1", "01", R"(,"more":1)"));
    CHECK(vibe().list(k_folder + "/messages.jsonl", sources).at(0).fingerprint != before);
}

TEST_CASE("vibe: cut at any byte it is a session or refused for a reason", "[capture]") {
    check_every_cut(k_folder + "/messages.jsonl", k_first + k_second, "vibe");
    CHECK(read_one("{\"a\":1}\n", {}).reason == "not a Vibe session: no line is a message");
}

TEST_CASE("vibe: sessions that others wrote", "[capture]") {
    const auto parsed =
        read_at(k_folder + "/messages.jsonl",
                session_bytes("vibe/session_20260613_110000_def456gh/messages.jsonl"), "vibe");
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps.size() == 3);
    CHECK(parsed.record->steps[1].observations.at(0).content == "# My Project\n\nThis is a sample project.");
    CHECK(parsed.report.unknown_lines() == 0);
}
