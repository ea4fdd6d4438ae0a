#include "catch.hpp"
#include "opentraces/core/md5.hpp"
#include "opentraces/json/writer.hpp"
#include "unit/capture/fixture_sessions.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_folder = "/home/me/.kimi/sessions/" + md5_hex("/home/me/app") + "/s-1/";
const std::string k_path = k_folder + "context.jsonl";

std::string fixture() {
    return session_bytes("kimi/early/context.jsonl");
}

capture::ParsedSession parsed_context(const std::string& text) {
    return read_at(k_path, text, "kimi");
}

}  // namespace

TEST_CASE("kimi: a session that is its context alone", "[capture]") {
    const auto parsed = parsed_context(fixture());
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == "s-1");
    CHECK(record.task.description == "look at it");
    REQUIRE(record.system_prompts.size() == 1);
    CHECK(record.system_prompts[0].second == "You are Kimi.");
    CHECK_FALSE(record.timestamp_start);
    CHECK_FALSE(record.agent.model);
    CHECK(json::to_compact(*record.metadata.find("opentraces_usage")) == "\"none\"");
    CHECK(parsed.report.unknown_lines() == 0);
    CHECK(parsed.evidence.turn_ended);
    const auto& steps = record.steps;
    REQUIRE(steps.size() == 5);
    CHECK(steps[0].role == trace::Role::System);
    CHECK(steps[0].content == "<system>CHECKPOINT 0</system>");
    CHECK(steps[1].role == trace::Role::User);
    CHECK(steps[2].reasoning_content == "Where?");
    CHECK(steps[2].content == "I look.");
    CHECK(steps[2].system_prompt_hash == record.system_prompts[0].first);
    REQUIRE(steps[2].observations.size() == 2);
    CHECK(steps[2].tool_calls[0].input.find("command")->string_or() == "make");
    CHECK(steps[2].observations[0].error == "exit_code:2");
    CHECK(steps[2].observations[0].content ==
          "<system>ERROR: Command failed with exit code: 2.</system>\nno rule");
    CHECK_FALSE(steps[2].observations[1].error);
    CHECK(steps[3].reasoning_content == "[encrypted reasoning]");
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].path == "a.txt");
}

TEST_CASE("kimi: failures without a code, roles that are not known", "[capture]") {
    const auto parsed = parsed_context(
        fixture() +
        R"({"role":"assistant","content":"","tool_calls":[{"type":"function","id":"t9","function":{"name":"X","arguments":"{}"}}]})"
        "\n"
        R"({"role":"tool","tool_call_id":"t9","content":"<system>ERROR: not found</system>"})"
        "\n"
        R"({"role":"oracle","content":"x"})"
        "\n");
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps.back().observations[0].error == "tool_error");
    CHECK(parsed.report.unknown_line_types.at("oracle") == 1);
    CHECK_FALSE(parsed.evidence.turn_ended);
}

TEST_CASE("kimi: the context is the session only where there is no log", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_path, fixture());
    put(disk, k_folder + "context_1.jsonl", fixture());
    put(disk, k_folder + "context_sub_1.jsonl", fixture());
    put(disk, "/home/me/.kimi/kimi.json", R"({"work_dirs":[{"path":"/home/me/app"}]})");
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    const auto found = [&] {
        capture::Sources sources(disk);
        return capture::discover_project("/home/me/app", capture::agents(), environment, sources);
    };
    REQUIRE(found().sessions.size() == 1);
    CHECK(found().sessions[0].session.locator == k_path);
    CHECK(found().sessions[0].agent->name == "kimi");
    put(disk, k_folder + "wire.jsonl",
        R"({"type":"metadata","protocol_version":"1.1"})"
        "\n");
    REQUIRE(found().sessions.size() == 1);
    CHECK(found().sessions[0].session.locator == k_folder + "wire.jsonl");
}

TEST_CASE("kimi: a context that is cut at any byte is a record or refused with a reason", "[capture]") {
    check_every_cut(k_path, fixture(), "kimi");
}
