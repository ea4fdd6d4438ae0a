// Continue: calls and their states, tokens of replies or of the session.
#include "catch.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const capture::Agent& agent() {
    return *capture::find_agent("continue");
}

std::string log(const std::string& history, const std::string& more = {}) {
    return R"({"sessionId":"s1","title":"A title","workspaceDirectory":"file:///home/me/app","history":[)" +
           history + "]" + more + "}";
}

std::string call(const std::string& usage = {}) {
    return R"({"message":{"role":"user","content":"Write it."},"contextItems":[{"content":"a file"}]},)"
           R"({"message":{"role":"thinking","content":"Hm."}},)"
           R"({"message":{"role":"assistant","content":"Yes.","toolCalls":[)"
           R"({"id":"c1","function":{"name":"Write","arguments":"{\"filepath\":\"/home/me/app/a\",\"content\":\"x\"}"}},)"
           R"({"id":"c2","function":{"name":"Bash","arguments":"{\"command\":\"ls\"}"}},)"
           R"({"id":"c3","function":{"name":"Bash","arguments":"{\"command\":\"rm\"}"}}])" +
           usage +
           R"(},"toolCallStates":[{"toolCallId":"c1","status":"done","output":[{"content":"ok"}]},)"
           R"({"toolCallId":"c2","status":"errored","output":[{"content":"no"}]},)"
           R"({"toolCallId":"c3","status":"canceled"}]})";
}

capture::ParsedSession read(const std::string& text) {
    InMemoryDisk disk;
    put(disk, "/p/s1.json", text);
    return agent().read_from("/p/s1.json", disk);
}

}  // namespace

TEST_CASE("continue: prompts, thoughts, calls and what became of them", "[capture]") {
    const auto parsed = read(log(call()));
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    REQUIRE(record.steps.size() == 3);
    CHECK(record.steps[0].role == trace::Role::System);
    CHECK(record.task.description == "Write it.");
    const trace::Step& reply = record.steps[2];
    CHECK(reply.reasoning_content == "Hm.");
    REQUIRE(reply.observations.size() == 3);
    CHECK(reply.observations[0].content == "ok");
    CHECK(reply.observations[1].error == "tool_error");
    CHECK(reply.observations[2].error == "interrupted");
    CHECK(parsed.evidence.working_directory == "/home/me/app");
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].path == "/home/me/app/a");
    CHECK(record.metadata.find("opentraces_usage")->string_or() == "none");
}

TEST_CASE("continue: tokens of replies count, the session's own only where they have none", "[capture]") {
    const std::string sum =
        R"(,"usage":{"totalCost":0.5,"promptTokens":7,"completionTokens":3,"promptTokensDetails":{"cachedTokens":2}})";
    const auto replies = read(log(
        call(
            R"(,"usage":{"prompt_tokens":10,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":6}})"),
        sum));
    REQUIRE(replies.record);
    CHECK(replies.record->metrics.total_input_tokens.value() == 4);
    CHECK(replies.record->steps[2].token_usage.cache_read_tokens.value() == 6);
    CHECK(replies.record->metrics.total_output_tokens.value() == 4);
    const auto session = read(log(call(), sum));
    REQUIRE(session.record);
    CHECK(session.record->metrics.total_input_tokens.value() == 7);
    CHECK(session.record->metrics.estimated_cost_usd == 0.5);
    CHECK(session.record->metadata.find("opentraces_usage")->string_or() == "session");
}

TEST_CASE("continue: what is cut, or something else, is refused", "[capture]") {
    CHECK(read("{\"sessionId\":\"x\"}").reason == "not a Continue session: it has no sessionId and history");
    const std::string whole = log(call());
    for (std::size_t size = 0; size < whole.size(); size += 5)
        CHECK(read(whole.substr(0, size)).verdict == capture::ParseVerdict::Refused);
}

TEST_CASE("continue: the fixture, exactly", "[capture]") {
    const auto disk = fs::posix_disk();
    const auto parsed = agent().read_from(
        source_folder() + "/tests/fixtures/sessions/continue/continue-cli-session-simple.json", *disk);
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps.size() == 4);
    CHECK(parsed.record->steps[2].tool_calls.at(0).tool_name == "MultiEdit");
    CHECK(parsed.record->metrics.total_input_tokens.value() == 1813);
    CHECK(parsed.evidence.usage.at(0).cache_read_tokens == 4366);
    CHECK(parsed.evidence.usage.at(0).cache_write_tokens == 2183);
}

TEST_CASE("continue: a folder's other JSON files are nothing to tell of", "[capture]") {
    InMemoryDisk disk;
    put(disk, "/p/s1.json", log(call()));
    put(disk, "/p/sessions.json", "[]");
    put(disk, "/p/package.json", "{\"name\":\"x\"}");
    capture::Sources sources(disk);
    const auto found = capture::discover("/p", capture::agents(), sources);
    REQUIRE(found.sessions.size() == 1);
    CHECK(found.sessions[0].agent == &agent());
    CHECK(found.sessions[0].session.project == "/home/me/app");
}
