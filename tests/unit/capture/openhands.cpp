// OpenHands: events of both generations.
#include "catch.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const capture::Agent& agent() {
    return *capture::find_agent("openhands");
}

std::string event(const std::string& id, const std::string& kind, const std::string& source,
                  const std::string& more) {
    return R"({"id":")" + id + R"(","timestamp":"2026-06-16T05:39:1)" + id + R"(.5","source":")" + source +
           R"(","kind":")" + kind + "\"" + more + "}\n";
}

std::string action(const std::string& id, const std::string& response, const std::string& call) {
    return event(
        id, "ActionEvent", "agent",
        R"(,"thought":[{"type":"text","text":"Look."}],"reasoning_content":"Hm.","tool_name":"terminal",)"
        R"("tool_call_id":")" +
            call + R"(","tool_call":{"id":")" + call +
            R"(","name":"terminal","arguments":"{\"command\":\"ls\"}"},"llm_response_id":")" + response +
            "\"");
}

std::string stats(const std::string& id, int prompt, int cached, int output) {
    return event(
        id, "ConversationStateUpdateEvent", "environment",
        R"(,"key":"stats","value":{"usage_to_metrics":{"default":{"model_name":"m","accumulated_cost":0.25,)"
        R"("accumulated_token_usage":{"prompt_tokens":)" +
            std::to_string(prompt) + R"(,"cache_read_tokens":)" + std::to_string(cached) +
            R"(,"completion_tokens":)" + std::to_string(output) + "}}}}");
}

std::string conversation() {
    return event("0", "SystemPromptEvent", "agent",
                 R"(,"system_prompt":{"type":"text","text":"Be careful."},"tools":[{"name":"terminal"}])") +
           event("1", "MessageEvent", "user",
                 R"(,"llm_message":{"role":"user","content":[{"type":"text","text":"Look at it."}]})") +
           stats("2", 100, 60, 10) + action("3", "r1", "c1") + action("3", "r1", "c2") +
           event(
               "4", "ObservationEvent", "environment",
               R"(,"tool_call_id":"c1","observation":{"content":[{"type":"text","text":"a"}],"exit_code":2})") +
           event("5", "UserRejectObservation", "environment",
                 R"(,"tool_call_id":"c2","rejection_reason":"no")") +
           stats("6", 300, 200, 15) +
           event(
               "7", "MessageEvent", "agent",
               R"(,"llm_response_id":"r2","llm_message":{"role":"assistant","content":[{"type":"text","text":"Done."}]})");
}

capture::ParsedSession read(const std::string& text, const std::string& path = "/p/events.jsonl") {
    InMemoryDisk disk;
    put(disk, path, text);
    return agent().read_from(path, disk);
}

}  // namespace

TEST_CASE("openhands: parallel calls are one reply, and what a call cost is the growth of the sum",
          "[capture]") {
    const auto parsed = read(conversation());
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    REQUIRE(record.steps.size() == 3);
    CHECK(record.system_prompts.at(0).second == "Be careful.");
    CHECK(record.tool_definitions.size() == 1);
    CHECK(record.task.description == "Look at it.");
    const trace::Step& reply = record.steps[1];
    REQUIRE(reply.tool_calls.size() == 2);
    CHECK(reply.content == "Look.");
    CHECK(reply.reasoning_content == "Hm.");
    CHECK(reply.observations[0].error == "exit_code:2");
    CHECK(reply.observations[1].error == "rejected");
    CHECK(reply.token_usage.input_tokens.value() == 40);
    CHECK(reply.token_usage.cache_read_tokens.value() == 60);
    CHECK(record.steps[2].token_usage.input_tokens.value() == 60);
    CHECK(record.steps[2].token_usage.output_tokens.value() == 5);
    CHECK(record.metrics.total_input_tokens.value() == 100);
    CHECK(record.metrics.total_output_tokens.value() == 15);
    CHECK(record.metrics.estimated_cost_usd == 0.25);
}

TEST_CASE("openhands: a conversation's folder is read as a whole", "[capture]") {
    InMemoryDisk disk;
    put(disk, "/p/x/base_state.json",
        R"({"id":"conv-1","agent":{"llm":{"model":"gpt-4o"}},"workspace":{"working_dir":"/home/me/app"},)"
        R"("stats":{"usage_to_metrics":{"agent":{"accumulated_token_usage":{"model":"gpt-4o","prompt_tokens":50,)"
        R"("cache_read_tokens":20,"completion_tokens":5}}}}})");
    put(disk, "/p/x/events/event-00000-a.json",
        event("1", "MessageEvent", "user", R"(,"llm_message":{"content":"Look."})"));
    put(disk, "/p/x/events/event-00001-b.json", action("2", "r1", "c1"));
    capture::Sources sources(disk);
    const auto found = capture::discover("/p", capture::agents(), sources);
    REQUIRE(found.sessions.size() == 1);
    CHECK(found.sessions[0].session.locator == "/p/x/base_state.json");
    CHECK(found.sessions[0].session.project == "/home/me/app");
    const auto parsed = agent().read(found.sessions[0].session, sources);
    REQUIRE(parsed.record);
    CHECK(parsed.record->session_id == "conv-1");
    CHECK(parsed.record->steps.size() == 2);
    CHECK(parsed.files.size() == 3);
    CHECK(parsed.record->metrics.total_input_tokens.value() == 30);
    CHECK(parsed.record->metadata.find("opentraces_usage")->string_or() == "session");
    put(disk, "/p/x/events/event-00002-c.json", "{}");
    capture::Sources later(disk);
    CHECK(capture::discover("/p", capture::agents(), later).sessions.at(0).session.fingerprint !=
          found.sessions[0].session.fingerprint);
}

TEST_CASE("openhands: the list of events of the first generation", "[capture]") {
    const auto parsed = read(
        R"([{"id":0,"timestamp":"2025-01-01T00:00:00","source":"user","action":"message","args":{"content":"Look."}},)"
        R"({"id":1,"timestamp":"2025-01-01T00:00:01","source":"agent","action":"run","args":{"command":"ls","thought":"Hm."},)"
        R"("llm_metrics":{"accumulated_token_usage":{"model":"m","prompt_tokens":10,"completion_tokens":2}},)"
        R"("tool_call_metadata":{"function_name":"execute_bash","model_response":{"id":"r1","model":"m"}}},)"
        R"({"id":2,"timestamp":"2025-01-01T00:00:02","source":"agent","observation":"run","content":"a","cause":1,)"
        R"("extras":{"metadata":{"exit_code":1}}},)"
        R"({"id":3,"timestamp":"2025-01-01T00:00:03","source":"environment","observation":"agent_state_changed","content":""}])",
        "/p/run.json");
    REQUIRE(parsed.record);
    REQUIRE(parsed.record->steps.size() == 2);
    const trace::Step& reply = parsed.record->steps[1];
    CHECK(reply.content == "Hm.");
    CHECK(reply.tool_calls.at(0).tool_name == "execute_bash");
    CHECK(reply.observations.at(0).error == "exit_code:1");
    CHECK(reply.token_usage.input_tokens.value() == 10);
}

TEST_CASE("openhands: strange events are counted", "[capture]") {
    const auto strange = read(conversation() + event("9", "MarsEvent", "agent", ""));
    CHECK(strange.report.unknown_line_types.at("MarsEvent") == 1);
}

TEST_CASE("openhands: the fixture, exactly", "[capture]") {
    const auto disk = fs::posix_disk();
    const auto parsed =
        agent().read_from(source_folder() + "/tests/fixtures/sessions/openhands/events.jsonl", *disk);
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps.size() == 2);
    CHECK(parsed.record->metrics.total_input_tokens.value() == 107458 - 68193);
    CHECK(parsed.record->metrics.total_output_tokens.value() == 1347);
    CHECK(parsed.evidence.usage.at(0).cache_read_tokens == 68193);
}
