// Published sessions with every number counted by hand.
#include <algorithm>

#include "catch.hpp"
#include "opentraces/capture/agent.hpp"
#include "where.hpp"

namespace {

using namespace opentraces;

capture::ParsedSession parse_fixture(const std::string& name) {
    const auto disk = fs::posix_disk();
    const std::string folder = opentraces::testing::source_folder() + "/tests/fixtures/sessions/claude-code/";
    return capture::find_agent("claude-code")->read_from(folder + name, *disk);
}

std::int64_t output_tokens(const capture::ParsedSession& parsed) {
    return parsed.record->metrics.total_output_tokens.value();
}

TEST_CASE("a reply written over several lines is one step with one usage", "[capture]") {
    const auto parsed = parse_fixture("9265dc4e-fa94-4c08-9932-fca495724501.jsonl");
    REQUIRE(parsed.verdict == capture::ParseVerdict::Trace);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 5);
    CHECK(steps[0].role == trace::Role::User);
    for (std::size_t at = 1; at < 5; ++at) {
        CHECK(steps[at].role == trace::Role::Agent);
        CHECK(steps[at].model == "anthropic/claude-opus-4-5-20251101");
        CHECK(steps[at].agent_role == "main");
        CHECK(steps[at].reasoning_content);
    }
    CHECK(steps[1].tool_calls.at(0).tool_name == "Glob");
    CHECK(steps[1].tool_calls.at(0).duration_ms->value() == 568);
    CHECK(steps[2].tool_calls.at(0).tool_name == "Read");
    CHECK(steps[3].tool_calls.at(0).tool_name == "Edit");
    CHECK(parsed.record->metrics.total_input_tokens.value() == 9 + 7 + 7 + 7);
    CHECK(output_tokens(parsed) == 139 + 5 + 326 + 1);
    CHECK(parsed.record->session_id == "9265dc4e-fa94-4c08-9932-fca495724501");
    CHECK(parsed.record->agent.version == "2.1.31");
    CHECK(parsed.record->environment.os == "darwin");
}

TEST_CASE("parallel calls of one reply whose results arrive in between stay together", "[capture]") {
    const auto parsed = parse_fixture("1af7fc5e-8455-4414-9ccd-011d40f70b2a.jsonl");
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 9);
    CHECK(steps[3].tool_calls.size() == 5);
    CHECK(steps[3].observations.size() == 5);
    CHECK(steps[4].tool_calls.size() == 3);
    CHECK(steps[6].observations.at(0).error == "tool_error");
    CHECK(output_tokens(parsed) == 322 + 285 + 146 + 41 + 1 + 86 + 72);
    CHECK(parsed.record->task.description == "/init");
    CHECK(parsed.record->task.source == "slash_command");
    CHECK(steps[1].role == trace::Role::System);
}

TEST_CASE("a session of a recent version", "[capture]") {
    const auto parsed = parse_fixture("d7d4e19e-608d-44ef-b166-cd050ef274ba.jsonl");
    REQUIRE(parsed.record);
    // Prompt, three lists that the model is shown, two replies.
    CHECK(parsed.record->steps.size() == 6);
    CHECK(output_tokens(parsed) == 82 + 25);
    CHECK(parsed.record->agent.model == "anthropic/claude-opus-5");
    CHECK(parsed.record->metadata.find("stop_reason")->string_or() == "end_turn");
    REQUIRE(parsed.evidence.changes.size() == 1);
    CHECK(parsed.evidence.changes[0].created);
    CHECK(parsed.evidence.changes[0].hunks.at(0).lines == std::vector<std::string>{"+Hello, world!"});
    CHECK(parsed.report.unknown_lines() == 0);
}

TEST_CASE("interrupts and local commands are not tasks", "[capture]") {
    const auto parsed = parse_fixture("short.jsonl");
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 5);
    CHECK(parsed.record->task.description == "mix phx.server doesnt seem to start");
    CHECK(steps[1].tool_calls.size() == 2);
    CHECK(steps[2].role == trace::Role::User);
    CHECK(steps[3].role == trace::Role::System);
    CHECK(steps[4].role == trace::Role::System);
}

TEST_CASE("broken lines and repeated lines are counted and do not lose the session", "[capture]") {
    const auto parsed = parse_fixture("edge_cases.jsonl");
    REQUIRE(parsed.record);
    CHECK(parsed.record->steps.size() == 10);
    CHECK(parsed.report.skipped.size() == 3);
    CHECK(parsed.report.skipped[0].line == 13);
    CHECK(parsed.report.skipped[0].words == "not a JSON object");
    CHECK(parsed.report.repeated_lines == 2);
    CHECK(parsed.report.unknown_line_types == std::map<std::string, std::size_t>{{"(none)", 1}});
    CHECK(parsed.record->steps[3].observations.at(0).error == "tool_error");
    CHECK(parsed.record->steps[7].observations.at(0).error == "no_result");
}

TEST_CASE("a sub-agent file beside the session follows the step that called it", "[capture]") {
    const auto parsed = parse_fixture("agents-beside/sample-session.jsonl");
    REQUIRE(parsed.record);
    const auto& steps = parsed.record->steps;
    REQUIRE(steps.size() == 8);
    CHECK(parsed.files.size() == 2);
    CHECK(steps[1].subagent_trajectory_ref == "a12eb64");
    for (std::size_t at = 2; at < 5; ++at) {
        CHECK(steps[at].call_type == trace::CallType::Subagent);
        CHECK(steps[at].parent_step->value() == 2);
    }
    CHECK(steps[3].agent_role == "explore");
    CHECK(steps[5].call_type == trace::CallType::Main);
    CHECK_FALSE(steps[5].parent_step);
}

TEST_CASE("a sub-agent file that no call names is still included", "[capture]") {
    const auto parsed = parse_fixture("subagents-below/0a1b2c3d-4e5f-4061-8071-2a3b4c5d6e7f.jsonl");
    REQUIRE(parsed.record);
    REQUIRE(parsed.record->steps.size() == 4);
    CHECK(parsed.record->steps[3].call_type == trace::CallType::Subagent);
    CHECK(parsed.record->steps[3].agent_role == "general");
    CHECK_FALSE(parsed.record->steps[3].parent_step);
    CHECK(parsed.record->steps[3].observations.at(0).content == "a.txt:1: TODO fix");
}

TEST_CASE("a sub-agent file on its own is a session of its own", "[capture]") {
    const auto parsed = parse_fixture("agents-beside/agent-a12eb64.jsonl");
    REQUIRE(parsed.record);
    CHECK(parsed.record->session_id == "679761ba-80c0-4cd3-a586-cc6a1fc56308/agent-a12eb64");
    CHECK(parsed.record->steps.size() == 3);
    CHECK(parsed.record->steps[1].call_type == trace::CallType::Subagent);
    CHECK(parsed.files.size() == 1);
}

TEST_CASE("discovery lists main sessions in order and leaves sub-agents out", "[capture]") {
    const auto disk = fs::posix_disk();
    const std::string folder = opentraces::testing::source_folder() + "/tests/fixtures/sessions/claude-code";
    capture::Sources sources(*disk);
    const auto found = capture::discover(folder, capture::agents(), sources).sessions;
    std::vector<std::string> paths;
    for (const auto& session : found)
        paths.push_back(session.session.locator.substr(folder.size() + 1));
    CHECK(std::is_sorted(paths.begin(), paths.end()));
    const auto has = [&paths](const std::string& path) {
        return std::count(paths.begin(), paths.end(), path) == 1;
    };
    CHECK(has("edge_cases.jsonl"));
    CHECK(has("agents-beside/sample-session.jsonl"));
    CHECK_FALSE(has("agents-beside/agent-a12eb64.jsonl"));
    CHECK(has("subagents-below/0a1b2c3d-4e5f-4061-8071-2a3b4c5d6e7f.jsonl"));
    CHECK(std::none_of(paths.begin(), paths.end(), [](const std::string& path) {
        return path.find("/subagents/") != std::string::npos || !path.ends_with(".jsonl");
    }));
}

}  // namespace
