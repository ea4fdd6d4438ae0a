// The store of Vibe 3: generations, chunks, journals, compaction.
#include "catch.hpp"
#include "opentraces/fs/walk.hpp"
#include "unit/capture/fixture_sessions.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_fixtures = source_folder() + "/tests/fixtures/sessions/vibe/unified/";
const std::string k_turns = "39620ce6-ddeb-17ca-950b-8d4567c045f6";
const std::string k_compacted = "1ef832fc-4b8d-74f0-47e1-d75da1c508e2";
const std::string k_root = "/home/me/.vibe/logs/session/unified/s1";

const capture::Agent& vibe() {
    return *capture::find_agent("vibe");
}

// A session of the fixtures, to be changed.
void copy_to(InMemoryDisk& disk, const std::string& name) {
    const auto from = fs::posix_disk();
    const auto all = [](std::string_view) { return true; };
    for (const fs::FileInfo& file : fs::walk(k_fixtures + name, {all, all, fs::Links::Stay}, *from).files)
        put(disk, k_root + file.path.substr((k_fixtures + name).size()), from->read_all(file.path));
}

capture::ParsedSession read(InMemoryDisk& disk) {
    return vibe().read_from(k_root + "/CURRENT", disk);
}

std::string input(const std::string& command, int at) {
    return R"({"type":"core_input","sequence":1,"payload":{"input":{"command":)" + command +
           R"(,"determinism":{"time_unix_ms":17958400)" + std::to_string(20000 + at) + "}}}}\n";
}

std::string completed(const std::string& action, const std::string& parts, int tokens) {
    return R"({"type":"completion_succeeded","action_id":")" + action +
           R"(","result":{"finish_reason":"stop",)"
           R"("parts":[)" +
           parts + R"(],"usage":{"input_tokens":)" + std::to_string(tokens) +
           R"(,"cached_input_tokens":10,"output_tokens":5,"total_tokens":0}}})";
}

std::string intent(const std::string& action, const std::string& purpose, const std::string& messages) {
    return R"({"type":"action_intent","sequence":1,"payload":{"action_id":")" + action +
           R"(","kind":"completion","request":{"purpose":")" + purpose +
           R"(","model_input":{"messages":{"type":"append","messages":[)" + messages +
           R"(]},"tool_catalog":{"type":"keep"}}}}})"
           "\n";
}

const std::string k_journal = k_root + "/journal/0000000000000065.jsonl";

}  // namespace

TEST_CASE("vibe: a session of Vibe 3 that the program itself wrote", "[capture]") {
    const auto disk = fs::posix_disk();
    const auto parsed = vibe().read_from(k_fixtures + k_turns + "/CURRENT", *disk);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == k_turns);
    CHECK(record.agent.model == "scripted-1");
    CHECK(record.task.description == "FIRST write hello.py");
    CHECK(parsed.evidence.working_directory == "/home/me/app");
    CHECK(record.timestamp_start == "2026-11-28T04:26:33.603Z");
    CHECK(record.timestamp_end == "2026-11-28T04:26:51.004Z");
    CHECK(record.system_prompts.size() == 1);
    CHECK(record.tool_definitions.size() == 10);
    REQUIRE(record.steps.size() == 7);
    CHECK(record.steps[1].reasoning_content == "The user wants a file.");
    CHECK(record.steps[1].timestamp == "2026-11-28T04:26:34.262Z");
    REQUIRE(record.steps[1].observations.size() == 2);
    CHECK_FALSE(record.steps[1].observations[0].error.has_value());
    CHECK(record.steps[1].observations[1].error == "exit_code:2");
    CHECK_FALSE(record.steps[2].timestamp.has_value());
    CHECK(record.steps[2].observations.at(1).error == "tool_error");
    CHECK(record.steps[4].content == "SLOW look again");
    CHECK(record.steps[4].timestamp == "2026-11-28T04:26:44.341Z");
    REQUIRE(parsed.evidence.changes.size() == 2);
    CHECK(parsed.evidence.changes[0].written == "print('hello')\n");
    CHECK(parsed.evidence.changes[1].path == "hello.py");
    CHECK(parsed.evidence.turn_ended);
    CHECK(parsed.report.unknown_lines() == 0);
}

TEST_CASE("vibe: tokens of replies that a journal has are theirs, the rest is the session's", "[capture]") {
    const auto disk = fs::posix_disk();
    const auto parsed = vibe().read_from(k_fixtures + k_turns + "/CURRENT", *disk);
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps[5].token_usage.input_tokens == 1400 - 540);
    CHECK(parsed.record->steps[5].token_usage.cache_read_tokens == 540);
    CHECK(parsed.record->steps[5].token_usage.output_tokens == 44);
    CHECK(parsed.record->steps[6].token_usage.output_tokens == 45);
    CHECK(parsed.record->steps[1].token_usage.output_tokens == 0);
    REQUIRE(parsed.evidence.usage.size() == 1);
    CHECK(parsed.evidence.usage[0].input_tokens == 6500 - 2650);
    CHECK(parsed.evidence.usage[0].cache_read_tokens == 2650);
    CHECK(parsed.evidence.usage[0].output_tokens == 215);
    CHECK(parsed.record->metadata.find("opentraces_usage")->string_or() == "session");
}

TEST_CASE("vibe: what a compaction has taken out of the context is told from what the person saw",
          "[capture]") {
    const auto disk = fs::posix_disk();
    const auto parsed = vibe().read_from(k_fixtures + k_compacted + "/CURRENT", *disk);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    REQUIRE(record.steps.size() == 7);
    CHECK(record.steps[0].content == "BIG FIRST please");
    CHECK(record.steps[1].content == "I write the file.");
    REQUIRE(record.steps[1].tool_calls.size() == 2);
    CHECK(record.steps[1].tool_calls[0].tool_name == "write_file");
    CHECK(record.steps[1].observations.at(1).error == "exit_code:2");
    CHECK(record.steps[2].content == "You are welcome.");
    CHECK(record.steps[3].content == "thanks a lot");
    CHECK(record.steps[4].role == trace::Role::System);
    CHECK(record.steps[5].role == trace::Role::System);
    CHECK(record.steps[6].content == "You are welcome.");
    CHECK(parsed.report.repeated_lines == 2);
    CHECK(record.metadata.find("is_compacted") != nullptr);
    CHECK(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.usage.at(0).output_tokens == 215);
    CHECK(parsed.report.unknown_lines() == 0);
}

TEST_CASE("vibe: what has happened since the generation stands in the journal", "[capture]") {
    InMemoryDisk disk;
    copy_to(disk, k_turns);
    put(disk, k_journal,
        input(R"({"type":"user_message","content":[{"type":"text","text":"And now?"}]})", 0) +
            intent("a1", "agent", "") +
            input(
                completed(
                    "a1",
                    R"({"type":"reasoning","content":[{"type":"redacted","data":"x"}]},)"
                    R"({"type":"tool_call","id":"n1","name":"bash","arguments_json":"{\"command\":\"ls\"}"},)"
                    R"({"type":"tool_call","id":"n2","name":"bash","arguments_json":"{]"})",
                    100),
                1) +
            input(R"({"type":"tool_succeeded","call_id":"n1","result":{"type":"success","content":[],)"
                  R"("structured_content":{"returncode":0}}})",
                  2) +
            intent("a2", "agent",
                   R"({"role":"tool","tool_call_id":"n2","name":"bash","outcome":"failure","content":)"
                   R"([{"type":"text","text":"wrong"}]})") +
            intent("a3", "compaction", "") +
            input(completed("a3", R"({"type":"text","text":"sum"})", 50), 3) +
            input(completed("a2", R"({"type":"text","text":"So."})", 200), 4) +
            R"({"type":"projection_delta","payload":{"delta":[{"op":"set_envelope","state":{"session":)"
            R"({"title":"Later","tokenUsage":{"inputTokens":6850,"cachedInputTokens":2680,"outputTokens":230}},)"
            R"("latestTurn":{"status":"failed","error":{"message":"it broke"}}}}]}})"
            "\n"
            R"({"type":"something_new","payload":{}})"
            "\n"
            R"({"type":"core_in)");
    const auto parsed = read(disk);
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    REQUIRE(record.steps.size() == 10);
    CHECK(record.steps[7].content == "And now?");
    const trace::Step& reply = record.steps[8];
    CHECK(reply.reasoning_content == "[encrypted reasoning]");
    REQUIRE(reply.observations.size() == 2);
    CHECK(reply.observations[0].content == R"({"returncode":0})");
    CHECK(reply.observations[1].error == "tool_error");
    CHECK(reply.observations[1].content == "wrong");
    CHECK(reply.token_usage.input_tokens == 90);
    CHECK(record.steps[9].content == "So.");
    CHECK(record.metadata.find("title")->string_or() == "Later");
    CHECK(parsed.evidence.final_error == "it broke");
    CHECK(parsed.evidence.usage.at(0).input_tokens == 6850 - 2680);
    CHECK(parsed.evidence.usage.at(0).output_tokens == 230);
    CHECK(parsed.report.unknown_line_types ==
          std::map<std::string, std::size_t>{{"journal/something_new", 1}});
    CHECK(parsed.report.incomplete_last_line);
}

TEST_CASE("vibe: a store is known by CURRENT, and is another when its journal grows", "[capture]") {
    InMemoryDisk disk;
    copy_to(disk, k_turns);
    capture::Sources sources(disk);
    const auto found = capture::discover(k_root, capture::agents(), sources).sessions;
    REQUIRE(found.size() == 1);
    CHECK(found[0].agent == &vibe());
    CHECK(found[0].session.project == "/home/me/app");
    put(disk, k_journal, "{}\n");
    CHECK(vibe().list(k_root + "/CURRENT", sources).at(0).fingerprint != found[0].session.fingerprint);
    CHECK(agents_that_know("/db/CURRENT", "MANIFEST-000001\n").empty());
}

TEST_CASE("vibe: names in a store lead nowhere else; what is missing is counted", "[capture]") {
    InMemoryDisk disk;
    copy_to(disk, k_turns);
    const std::string folder = k_root + "/generations/0000000000000064";
    put(disk, "/outside.json",
        R"([{"message":{"role":"user","content":[{"type":"text","text":"secret"}]}}])");
    const auto with = [&](const std::string& chunk, const std::string& document) {
        put(disk, folder + "/manifest.json",
            R"({"checkpoint":{"path":")" + document + R"(","chunks":[")" + chunk +
                R"("]},"projection_state":{"path":"projection-state.json"},)"
                R"("recovery_journal_segment":{"path":"journal/0000000000000065.jsonl"}})");
        return read(disk);
    };
    for (const char* chunk : {"../../../../../../../outside", "/outside"}) {
        const auto parsed = with(chunk, "checkpoint.json");
        CHECK_FALSE(parsed.record);
        CHECK(std::find(parsed.files.begin(), parsed.files.end(), "/outside.json") == parsed.files.end());
    }
    const auto parsed = with(std::string(64, 'a'), "checkpoint.json");
    CHECK(parsed.report.skipped.size() == 1);
    CHECK(with("", "../../../../outside.json").report.skipped.empty());
    put(disk, k_root + "/generations/x/manifest.json", disk.read_all(folder + "/manifest.json"));
    put(disk, k_root + "/CURRENT",
        R"({"store_format":"mistral.vibe.unified-session-store/v1","generation":"x"})");
    CHECK(read(disk).reason == "CURRENT names no generation that is there");
}

TEST_CASE("vibe: a store whose files are cut at any byte", "[capture]") {
    for (const char* file : {"/CURRENT", "/generations/0000000000000064/manifest.json",
                             "/chunks/095a9e00b12d413430b0fee2de0630428f539607e971e8594ed99bc9d7db872d.json",
                             "/journal/0000000000000044.jsonl"}) {
        InMemoryDisk disk;
        copy_to(disk, k_turns);
        const std::string bytes = disk.read_all(k_root + file);
        for (std::size_t length = 0; length < bytes.size(); length += 1 + bytes.size() / 200) {
            put(disk, k_root + file, bytes.substr(0, length));
            const auto parsed = read(disk);
            INFO(file << " " << length);
            REQUIRE((parsed.record || !parsed.reason.empty()));
        }
    }
}
