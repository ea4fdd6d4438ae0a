#include "catch.hpp"
#include "unit/capture/session_lines.hpp"
#include "where.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_folder = source_folder() + "/tests/fixtures/sessions/iflow/";
const std::string k_made_up = "session-11111111-2222-4333-8444-555555555555";
const std::string k_published = "session-5de701fc-7454-4858-a249-95cac4fd3b51";
const std::string k_place = "/home/me/.iflow/projects/-home-me-app/";

const capture::Agent& iflow() {
    return *capture::find_agent("iflow");
}

std::string fixture(const std::string& id) {
    return fs::posix_disk()->read_all(k_folder + id + ".jsonl");
}

capture::ParsedSession read_text(const std::string& text) {
    InMemoryDisk disk;
    put(disk, k_place + "s.jsonl", text);
    return iflow().read_from(k_place + "s.jsonl", disk);
}

}  // namespace

TEST_CASE("iflow: a published session, whose replies are written while they stream", "[capture]") {
    const auto parsed = read_text(fixture(k_published));
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    CHECK(record.session_id == k_published);
    CHECK(record.agent.version == "1.0.0");
    CHECK(record.agent.model == "glm-4.7");
    CHECK(record.environment.os == "windows");
    REQUIRE(record.steps.size() == 5);
    CHECK(record.steps[1].tool_calls.size() == 3);
    CHECK(record.steps[2].tool_calls.size() == 2);
    CHECK(record.steps[3].tool_calls.size() == 1);
    CHECK(record.steps[1].observations[0].content->starts_with("# Tauri + Yew"));
    CHECK(record.steps[4].content->find("DOCKER_API_VERSION") != std::string::npos);
    // Its counts are all zero: none is known.
    CHECK(parsed.evidence.usage.empty());
    CHECK(record.metadata.find("opentraces_usage")->string_or() == "none");
    CHECK(record.outcome.patch->find("+    std::env::set_var") != std::string::npos);
    CHECK(parsed.report.repeated_lines == 2);
}

TEST_CASE("iflow: a session of all kinds of lines", "[capture]") {
    const auto parsed = read_text(fixture(k_made_up));
    REQUIRE(parsed.record);
    const trace::TraceRecord& record = *parsed.record;
    REQUIRE(record.steps.size() == 6);
    CHECK(record.steps[0].role == trace::Role::System);
    CHECK(record.steps[1].content == "fix it\n[image: image/png, 3 bytes]");
    CHECK(record.steps[2].reasoning_content == "Hm.");
    CHECK(record.steps[2].tool_calls.size() == 2);
    CHECK(record.steps[2].token_usage.input_tokens.value() == 100);
    CHECK(record.steps[2].observations[0].content == "File modified");
    CHECK(record.steps[2].observations[1].error == "exit_code:2");
    CHECK(record.steps[3].content == "And this.");
    CHECK(record.steps[3].tool_calls.size() == 2);
    CHECK(record.steps[3].observations[0].error == "tool_error");
    CHECK(record.steps[3].observations[1].error == "interrupted");
    CHECK(record.steps[4].content == "Done.");
    CHECK(record.steps[5].role == trace::Role::System);
    REQUIRE(parsed.evidence.usage.size() == 1);
    CHECK(parsed.evidence.usage[0].replies == 2);
    CHECK(parsed.evidence.usage[0].input_tokens == 220);
    CHECK(parsed.evidence.usage[0].output_tokens == 13);
    CHECK(record.environment.vcs.branch == "main");
    CHECK(record.outcome.patch->find("-one\n+two\n") != std::string::npos);
    CHECK(record.metadata.find("interrupted_turns")->integer() == 1);
    CHECK(record.metadata.find("opentraces_terminal_state")->string_or() == "interrupted");
    CHECK(parsed.report.unknown_line_types.at("summary") == 1);
    CHECK(parsed.report.unknown_blocks.at("hologram") == 1);
}

TEST_CASE("iflow: known by its session ids, and Claude Code's sessions by theirs", "[capture]") {
    InMemoryDisk disk;
    const auto owner = [&disk](const std::string& text) {
        put(disk, "/p/any.jsonl", text);
        capture::Sources sources(disk);
        return std::string(
            capture::discover("/p/any.jsonl", capture::agents(), sources).sessions[0].agent->name);
    };
    CHECK(owner(fixture(k_published)) == "iflow");
    CHECK(owner(user("u1", "", "hello") + reply("a1", "u1", "m1", call("t1", "Bash", "{}"))) ==
          "claude-code");
    CHECK(read_text(user("u1", "", "hello")).reason.starts_with("not an iFlow session"));
}

TEST_CASE("iflow: a project gets its own sessions, whatever their folder is called", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_place + k_made_up + ".jsonl", fixture(k_made_up));
    put(disk, "/home/me/.iflow/projects/-C-exp/" + k_published + ".jsonl", fixture(k_published));
    Environment environment;
    environment.variables["HOME"] = "/home/me";
    const capture::Agent* const only[] = {&iflow()};
    capture::Sources sources(disk);
    const auto found = capture::discover_project("/home/me/app", only, environment, sources);
    REQUIRE(found.sessions.size() == 1);
    CHECK(found.other_projects == 1);
}
