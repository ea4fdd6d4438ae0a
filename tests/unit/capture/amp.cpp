#include "catch.hpp"
#include "unit/capture/fixture_sessions.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

using Words = std::vector<std::string>;

const std::string k_path = "/home/me/.local/share/amp/threads/T-1.json";

std::string thread(const std::string& messages, const std::string& more = {}) {
    return R"({"v":1,"id":"T-1","created":1767225600000,"messages":[)" + messages + "]" + more + "}";
}

std::string user(int id, const std::string& blocks, const std::string& more = {}) {
    return R"({"role":"user","messageId":)" + std::to_string(id) + R"(,"content":[)" + blocks + "]" + more +
           "}";
}

std::string reply(int id, const std::string& blocks, const std::string& more = {}) {
    return R"({"role":"assistant","messageId":)" + std::to_string(id) + R"(,"content":[)" + blocks + "]" +
           more + "}";
}

std::string text(const std::string& words) {
    return R"({"type":"text","text":")" + words + R"("})";
}

std::string call(const std::string& id, const std::string& name, const std::string& input = "{}") {
    return R"({"type":"tool_use","complete":true,"id":")" + id + R"(","name":")" + name + R"(","input":)" +
           input + "}";
}

std::string result(const std::string& id, const std::string& run) {
    return R"({"type":"tool_result","toolUseID":")" + id + R"(","run":)" + run + "}";
}

std::string usage(int input, int output) {
    return R"(,"usage":{"model":"claude-x","inputTokens":)" + std::to_string(input) + R"(,"outputTokens":)" +
           std::to_string(output) +
           R"(,"cacheReadInputTokens":7,"cacheCreationInputTokens":null,"timestamp":"2026-01-01T00:00:05.000Z"})";
}

const std::string k_start = user(0, text("fix it")) + "," + reply(1, call("c1", "Bash"), usage(3, 5));

capture::ParsedSession parse(const std::string& document) {
    return read_at(k_path, document, "amp");
}

trace::TraceRecord record_of(const std::string& document) {
    const capture::ParsedSession parsed = parse(document);
    REQUIRE(parsed.record);
    return *parsed.record;
}

Words contents(const trace::TraceRecord& record) {
    Words all;
    for (const trace::Step& step : record.steps)
        all.push_back(step.content.value_or("-"));
    return all;
}

}  // namespace

TEST_CASE("amp: threads that others wrote", "[capture]") {
    const std::string first = "T-019ca1ce-3ae2-7686-a41e-ccc078837f8a";
    const auto parsed = read_at(k_path, session_bytes("amp/" + first + ".json"), "amp");
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == first);
    CHECK(record.steps.size() == 4);
    CHECK(record.steps[1].tool_calls.size() == 3);
    CHECK(record.steps[1].content == "Let me check what's already in the workspace.");
    CHECK(record.steps[1].reasoning_content->starts_with("The user wants me to create a plan"));
    CHECK(record.steps[1].observations[0].content->starts_with("1: id,setup,punchline"));
    CHECK(record.metrics.total_input_tokens.value() == 5);
    CHECK(record.metrics.total_output_tokens.value() == 555);
    CHECK(record.agent.model == "claude-opus-4-6");
    CHECK(record.agent.version == "0.0.1772237000-g924883");
    CHECK(record.environment.vcs.branch == "master");
    CHECK(record.environment.vcs.base_commit == "6be354d80ba6ad3af3e22c2e1a0d8e93da1577fa");
    CHECK(record.environment.os == "darwin");
    CHECK(record.timestamp_start == "2026-02-28T01:12:53.221Z");
    CHECK(record.timestamp_end == "2026-02-28T01:13:38.820Z");
    CHECK(parsed.evidence.turn_ended);
    CHECK(parsed.report.unknown_lines() == 0);

    const auto edited =
        read_at(k_path, session_bytes("amp/T-019ca1f6-7f21-77b5-a308-65416ebbdf48.json"), "amp");
    REQUIRE(edited.evidence.changes.size() == 1);
    CHECK(edited.evidence.changes[0].path == "/Users/svarlamov/projects/testing-git-amp/jokes.csv");
    CHECK(edited.evidence.changes[0].hunks[0].new_start == 11);
    CHECK(edited.evidence.changes[0].hunks[0].lines.size() == 5);
    CHECK_FALSE(edited.evidence.changes[0].shown_only);
}

TEST_CASE("amp: how a call has ended", "[capture]") {
    const auto ended = [](const std::string& run) {
        const trace::TraceRecord record = record_of(thread(k_start + "," + user(2, result("c1", run))));
        const trace::Observation& observation = record.steps[1].observations[0];
        return observation.content.value_or("-") + "|" + observation.error.value_or("-");
    };
    CHECK(ended(R"({"status":"done","result":{"output":"made","exitCode":0}})") == "made|-");
    CHECK(ended(R"({"status":"done","result":{"output":"no","exitCode":2}})") == "no|exit_code:2");
    CHECK(ended(R"({"status":"done","result":"plain"})") == "plain|-");
    CHECK(ended(R"({"status":"done","result":["a","b"]})") == "a\nb|-");
    CHECK(ended(R"({"status":"done","result":{"found":1}})") == "{\"found\":1}|-");
    CHECK(ended(R"({"status":"error","error":{"message":"broken"}})") == "broken|tool_error");
    CHECK(ended(R"({"status":"rejected-by-user"})") == "-|rejected");
    CHECK(ended(R"({"status":"cancelled"})") == "-|interrupted");
    CHECK(ended(R"({"status":"in-progress"})") == "-|no_result");
}

TEST_CASE("amp: tokens per reply, or of the ledger of older threads, never both", "[capture]") {
    const std::string ledger =
        R"(,"usageLedger":{"events":[{"id":"e1","model":"claude-y","tokens":{"input":11,"output":13},)"
        R"("toMessageId":1},{"id":"e1","model":"claude-y","tokens":{"input":11,"output":13},"toMessageId":1}]})";
    const trace::TraceRecord newer = record_of(thread(k_start, ledger));
    CHECK(newer.metrics.total_input_tokens.value() == 3);
    CHECK(newer.steps[1].token_usage.cache_read_tokens.value() == 7);
    const std::string old_start = user(0, text("fix it")) + "," + reply(1, call("c1", "Bash"));
    const trace::TraceRecord older = record_of(thread(old_start, ledger));
    CHECK(older.metrics.total_input_tokens.value() == 11);
    CHECK(older.metrics.total_output_tokens.value() == 13);
    CHECK(older.steps[1].model == "claude-y");
    CHECK(older.steps[1].token_usage.output_tokens.value() == 13);
    const trace::TraceRecord loose = record_of(
        thread(old_start, R"(,"usageLedger":{"events":[{"model":"y","tokens":{"input":2,"output":4}}]})"));
    CHECK(loose.metrics.total_output_tokens.value() == 4);
    CHECK(loose.metadata.find("opentraces_usage")->string_or() == "session");
    CHECK(record_of(thread(old_start)).metadata.find("opentraces_usage")->string_or() == "none");
}

TEST_CASE("amp: what the model was shown, commands of the person, summaries, what waits", "[capture]") {
    const capture::ParsedSession parsed = parse(thread(
        k_start + "," +
            user(
                2,
                text("look") + R"(,{"type":"text","text":"psst","hidden":true},)" +
                    R"({"type":"image","source":{"type":"base64","mediaType":"image/png","data":"AAAA"}})",
                R"(,"meta":{"sentAt":1767225609000},"fileMentions":{"files":[{"uri":"file:///x","content":"1"},)"
                R"({"uri":"file:///y"}]},"discoveredGuidanceFiles":[{"uri":"file:///A","content":"rules"}])") +
            R"(,{"role":"info","messageId":3,"content":[{"type":"summary","summary":{"summary":"so far"}},)"
            R"({"type":"manual_bash_invocation","args":{"cmd":"ls"},"toolRun":{"status":"done",)"
            R"("result":{"output":"a","exitCode":1}}},{"type":"text","text":"note"}]})",
        R"(,"queuedMessages":[{"queuedMessage":{"content":[{"type":"text","text":"later"}]}}])"));
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(contents(record) == Words{"fix it", "-", "look\n\n[image: image/png, 3 bytes]", "psst",
                                    "file:///x\n1", "file:///A\nrules", "so far",
                                    "Ran `ls`\n```\na\n```\n\nCommand exited with code 1", "note"});
    CHECK(record.steps[2].timestamp == "2026-01-01T00:00:09.000Z");
    for (std::size_t step = 3; step < record.steps.size(); ++step)
        CHECK(record.steps[step].role == trace::Role::System);
    CHECK(parsed.report.context_not_kept.at("file") == 1);
    CHECK(record.metadata.find("is_compacted")->bool_or(false));
    CHECK((*record.metadata.find("opentraces_queue"))["waiting"].if_array()->size() == 1);
    CHECK(record.timestamp_end == "2026-01-01T00:00:09.000Z");
}

TEST_CASE("amp: sub-agents stand below the call that started them", "[capture]") {
    const trace::TraceRecord record = record_of(thread(
        k_start + "," + user(2, text("a part of it"), R"(,"parentToolUseId":"c1")") + "," +
        reply(3, text("done with it"), R"(,"parentToolUseId":"c1")") + "," + reply(4, text("all done"))));
    CHECK(record.steps[2].call_type == trace::CallType::Subagent);
    CHECK(record.steps[2].parent_step->value() == 2);
    CHECK(record.steps[3].parent_step->value() == 2);
    CHECK_FALSE(record.steps[4].parent_step);
    const trace::TraceRecord below = record_of(thread(k_start, R"(,"mainThreadID":"T-0")"));
    CHECK(below.metadata.find("parent_session_id")->string_or() == "T-0");
    CHECK(below.metadata.find("is_subagent")->bool_or(false));
    const trace::TraceRecord next =
        record_of(thread(k_start, R"(,"relationships":[{"threadID":"T-9","type":"handoff","role":"child"},)"
                                  R"({"threadID":"T-0","type":"handoff","role":"parent"}])"));
    CHECK(next.metadata.find("parent_session_id")->string_or() == "T-0");
    CHECK(next.metadata.find("is_subagent") == nullptr);
}

TEST_CASE("amp: reasoning without text, states, and what is not known", "[capture]") {
    const capture::ParsedSession parsed = parse(
        thread(k_start + "," +
               reply(2,
                     R"({"type":"thinking","thinking":"","signature":"x"},{"type":"redacted_thinking"},)"
                     R"({"type":"hologram"})",
                     R"(,"state":{"type":"error","error":{"message":"overloaded"}})") +
               "," + reply(3, text("half"), R"(,"state":{"type":"cancelled"})") + R"(,{"role":"oracle"})"));
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.steps[2].reasoning_content == "[encrypted reasoning]\n\n[encrypted reasoning]");
    CHECK(record.metadata.find("session_errors")->if_array()->at(0).string_or() == "overloaded");
    CHECK(record.metadata.find("interrupted_turns")->integer() == 1);
    CHECK(parsed.evidence.interrupted);
    CHECK(parsed.report.unknown_line_types.at("block/hologram") == 1);
    CHECK(parsed.report.unknown_line_types.at("message/oracle") == 1);
}

TEST_CASE("amp is told from all others; a project gets its own threads, however long", "[capture]") {
    CHECK(agents_that_know("/tmp/x.json", thread(k_start)) == Words{"amp"});
    CHECK(agents_that_know("/tmp/x.json", R"({"id":"T-1","title":"x"})").empty());
    CHECK(agents_that_know("/tmp/x.json", R"({"id":"1","messages":[]})").empty());
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    InMemoryDisk disk;
    const auto put = [&disk](const std::string& path, const std::string& bytes) {
        disk.make_directories(fs::parent(path), 0755);
        disk.replace(path, bytes);
    };
    const std::string where = R"(,"env":{"initial":{"trees":[{"uri":"file:///home/me/my%20app"}]}})";
    put(k_path, thread(k_start + "," + reply(2, text(std::string(300'000, 'x'))), where));
    put("/home/me/.local/share/amp/threads/T-2.json", thread(k_start));
    put("/home/me/.local/share/amp/threads/settings.json", "{}");
    put("/data/amp/threads/T-3.json", thread(k_start, where));
    const auto found = [&] {
        capture::Sources sources(disk);
        const capture::Agent* const only[] = {capture::find_agent("amp")};
        return capture::discover_project("/home/me/my app", only, environment, sources);
    };
    REQUIRE(found().sessions.size() == 1);
    CHECK(found().sessions[0].session.locator == k_path);
    CHECK(found().other_projects == 1);
    environment.variables["XDG_DATA_HOME"] = "/data";
    REQUIRE(found().sessions.size() == 1);
    CHECK(found().sessions[0].session.locator == "/data/amp/threads/T-3.json");
}

TEST_CASE("amp: a thread cut off anywhere", "[capture]") {
    check_every_cut(k_path, thread(k_start), "amp");
    CHECK(parse("").reason == "empty file");
    CHECK(parse("{}").reason == "not an Amp thread: no id of a thread, or no messages");
}

TEST_CASE("amp: what a fork has from its thread counts there", "[capture]") {
    const std::string folder = "/home/me/.local/share/amp/threads/";
    const std::string sent = R"(,"meta":{"sentAt":1767225600500})";
    const std::string start = user(0, text("fix it"), sent) + "," +
                              reply(1, call("c1", "Bash"), usage(3, 5)) + "," +
                              user(2, result("c1", R"({"status":"done","result":"ok"})"));
    const std::string own = user(3, text("another way")) + "," + reply(4, call("c2", "Bash"), usage(30, 50));
    const auto forked = [](const std::string& messages, const char* created, const char* id) {
        return R"({"v":1,"id":")" + std::string(id) + R"(","created":)" + created + R"(,"messages":[)" +
               messages + "]}";
    };
    InMemoryDisk disk;
    put(disk, folder + "T-9.json", forked(start, "1767225600000", "T-9"));
    put(disk, folder + "T-1.json", forked(start + "," + own, "1767225700000", "T-1"));
    const auto read = [&](const char* name) {
        return capture::find_agent("amp")->read_from(folder + name, disk);
    };
    const auto fork = read("T-1.json");
    REQUIRE(fork.record);
    CHECK(fork.record->steps.size() == 2);
    CHECK(fork.record->task.description == "another way");
    CHECK(fork.record->metrics.total_output_tokens.value() == 50);
    CHECK(fork.record->metadata.find("parent_session_id")->string_or() == "T-9");
    CHECK((*fork.record->metadata.find("opentraces_parser"))["copied_lines"].integer() == 3);
    CHECK(fork.files.size() == 2);
    CHECK(read("T-9.json").record->metrics.total_output_tokens.value() == 5);

    // Alone it has all of it; and the same words without a reply are no copy.
    disk.remove(folder + "T-9.json");
    CHECK(read("T-1.json").record->metrics.total_output_tokens.value() == 55);
    put(disk, folder + "T-9.json", forked(user(0, text("fix it"), sent), "1767225600000", "T-9"));
    CHECK(read("T-1.json").record->metrics.total_output_tokens.value() == 55);
}
