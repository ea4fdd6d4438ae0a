// Aider: many sessions in one file of Markdown.
#include "capture/session_rows.hpp"
#include "catch.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/trace/codec.hpp"
#include "unit/capture/fixture_sessions.hpp"
#include "unit/capture/session_lines.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

const std::string k_path = "/home/me/app/.aider.chat.history.md";
const std::string k_start = "\n# aider chat started at 2026-07-01 09:15:30\n\n";

const capture::Agent& aider() {
    return *capture::find_agent("aider");
}

std::vector<capture::ParsedSession> read_all(const std::string& text) {
    InMemoryDisk disk;
    put(disk, k_path, text);
    capture::Sources sources(disk);
    std::vector<capture::ParsedSession> sessions;
    for (const capture::SessionRef& session : aider().list(k_path, sources))
        sessions.push_back(aider().read(session, sources));
    return sessions;
}

std::string recorded() {
    return session_bytes("aider/recorded/.aider.chat.history.md");
}

std::string error_of(const trace::Step& step, std::size_t call) {
    return step.observations.at(call).error.value_or("");
}

}  // namespace

TEST_CASE("aider: prompts, replies and Aider's own words are told apart", "[capture]") {
    const auto sessions = read_all(recorded());
    REQUIRE(sessions.size() == 3);
    REQUIRE(sessions[0].record);
    const trace::TraceRecord& record = *sessions[0].record;
    CHECK(record.agent.version == "0.86.1");
    CHECK(record.agent.model == "openai/gpt-4o");
    CHECK(record.timestamp_start == "2026-07-01T09:15:30");
    CHECK_FALSE(record.timestamp_end.has_value());
    CHECK(record.task.description == "The sum is wrong.\nPlease fix it.");
    CHECK(record.session_id ==
          "2026-07-01T09:15:30-" + sha256_hex("The sum is wrong.\nPlease fix it.").substr(0, 8));
    using enum trace::Role;
    std::vector<trace::Role> roles;
    for (const trace::Step& step : record.steps)
        roles.push_back(step.role);
    CHECK(roles == std::vector<trace::Role>{System, System, System, User, Agent, System, Agent, System,
                                            System, System});
    CHECK(record.steps[1].content == "/add src/sum.py");
    CHECK(record.steps[4].content->find("> A quotation of the model.\n\n#### What I do\n") !=
          std::string::npos);
    CHECK(record.steps[4].content->ends_with("```"));
    CHECK(record.steps[8].content == "/run pytest");
}

TEST_CASE("aider: edits are calls, and Aider's words after them their results", "[capture]") {
    const auto sessions = read_all(recorded());
    const trace::Step& first = sessions[0].record->steps[4];
    REQUIRE(first.tool_calls.size() == 3);
    CHECK(first.tool_calls[0].tool_name == "edit");
    CHECK(
        json::to_compact(json::Value(first.tool_calls[0].input)) ==
        R"({"path":"src/sum.py","edits":[{"search":"for i in range(1, n):\n","replace":"for i in range(n):\n"}]})");
    CHECK(first.tool_calls[1].tool_name == "write_file");
    CHECK(first.tool_calls[1].input.find("content")->string_or() ==
          "> not a quotation\nassert sum_to(3) == 3\n");
    CHECK(error_of(first, 0).empty());
    CHECK(error_of(first, 1).empty());
    CHECK(error_of(first, 2) == "tool_error");
    REQUIRE(sessions[0].evidence.changes.size() == 3);
    CHECK(sessions[0].evidence.changes[2].path == "src/other.py");
    REQUIRE(sessions[0].evidence.commits.size() == 1);
    CHECK(sessions[0].evidence.commits[0].sha == "1a2b3c4");
}

TEST_CASE("aider: whole files and diffs are edits when Aider says that it has applied them", "[capture]") {
    const auto sessions = read_all(recorded());
    REQUIRE(sessions[1].record);
    const trace::TraceRecord& record = *sessions[1].record;
    CHECK(record.task.description == "/ask what is in a.py?");
    CHECK(record.agent.model == "deepseek/deepseek-chat");
    const trace::Step& reply = record.steps.at(5);
    REQUIRE(reply.tool_calls.size() == 2);
    CHECK(reply.tool_calls[0].input.find("content")->string_or() == "y = 2\n");
    CHECK(reply.tool_calls[1].input.find("diff")->string_or() == "@@ ... @@\n-import a\n+import b\n");
    REQUIRE(sessions[1].evidence.changes.size() == 2);
    CHECK(sessions[1].evidence.changes[0].written == "y = 2\n");
    CHECK(sessions[1].evidence.changes[1].hunks.size() == 1);
    CHECK(sessions[1].evidence.interrupted);
}

TEST_CASE("aider: tokens are rounded, a line for each call of the model; cached ones are a part of the sent",
          "[capture]") {
    const auto sessions = read_all(recorded());
    const trace::TraceRecord& record = *sessions[0].record;
    CHECK(record.steps[4].token_usage.input_tokens == 1300);
    CHECK(record.steps[4].token_usage.cache_read_tokens == 1200);
    CHECK(record.steps[4].token_usage.output_tokens == 132);
    CHECK(record.steps[6].token_usage.input_tokens == 12000 - 1100 - 2000);
    CHECK(record.steps[6].token_usage.cache_write_tokens == 1100);
    CHECK(record.metadata.find("opentraces_usage")->string_or() == "rounded");
    CHECK(sessions[0].evidence.actual_cost_usd == 0.03);
    CHECK_FALSE(sessions[1].evidence.actual_cost_usd.has_value());
    const auto none = read_all(k_start + "#### hi  \n\nHello.\n\n> Applied edit to a  \n");
    CHECK(none.at(0).record->metadata.find("opentraces_usage")->string_or() == "none");
}

TEST_CASE("aider: a session is found by its time, whatever is written before or after it", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_path, recorded());
    capture::Sources sources(disk);
    const auto before = aider().list(k_path, sources);
    REQUIRE(before.size() == 3);
    CHECK(before[0].locator == k_path + "#2026-07-01 09:15:30");
    CHECK(before[2].locator == k_path + "#2026-07-01 11:00:00~2");
    CHECK(before[0].project == "/home/me/app");
    put(disk, k_path,
        "\n# aider chat started at 2026-06-01 00:00:00\n" + recorded() + "> more  \n" +
            "\n# aider chat started at 2026-07-02 00:00:00\n");
    capture::Sources later(disk);
    const auto after = aider().list(k_path, later);
    REQUIRE(after.size() == 5);
    CHECK(after[1].locator == before[0].locator);
    CHECK(after[1].fingerprint == before[0].fingerprint);
    CHECK(after[2].fingerprint == before[1].fingerprint);
    CHECK(after[3].fingerprint != before[2].fingerprint);
    CHECK(aider().read(before[2], sources).reason == "fewer than 2 steps");
    // It stands elsewhere than when it was listed.
    REQUIRE(aider().read(before[0], sources).record);
    CHECK(aider().read(before[0], sources).record->steps.size() == 10);
    CHECK(aider().read({"aider", k_path + "#1999-01-01 00:00:00", {}, {}}, sources).reason ==
          "the chat history has no such session");
}

TEST_CASE("aider: what is kept of a session as it was holds no other", "[capture]") {
    InMemoryDisk disk;
    put(disk, k_path, recorded() + "#### again  \n\nYes.\n\n> Applied edit to a  \n");
    const capture::SessionRef session{"aider", k_path + "#2026-07-01 11:00:00~2", {}, {}};
    const auto excerpt = capture::excerpt_of(session, disk);
    REQUIRE(excerpt);
    CHECK(excerpt->path == k_path);
    CHECK(excerpt->bytes.find("A variable.") == std::string::npos);
    const auto before = aider().read_from(session.locator, disk);
    put(disk, k_path, excerpt->bytes);
    const auto after = aider().read_from(session.locator, disk);
    REQUIRE(before.record);
    REQUIRE(after.record);
    CHECK(trace::encode(*after.record) == trace::encode(*before.record));
    CHECK_THROWS_AS(capture::excerpt_of({"aider", k_path + "#1999", {}, {}}, disk), Error);
}

TEST_CASE("aider: a history whose blanks an editor has taken away", "[capture]") {
    const auto sessions = read_all(session_bytes("aider/.aider.chat.history.md"));
    REQUIRE(sessions.size() == 3);
    REQUIRE(sessions[0].record);
    const trace::TraceRecord& record = *sessions[0].record;
    REQUIRE(record.steps.size() == 3);
    CHECK(record.steps[0].content == "add a retry to the webhook");
    CHECK(record.steps[1].content->ends_with("#### Step 1\nWrap the call in a loop."));
    REQUIRE(record.steps[1].tool_calls.size() == 1);
    CHECK(record.steps[1].tool_calls[0].input.find("path")->string_or() == "src/webhook.py");
    CHECK(sessions[1].record->steps.size() == 3);
    CHECK(sessions[2].reason == "fewer than 2 steps");
}

TEST_CASE("aider: edits of the format patch", "[capture]") {
    const auto sessions = read_all(k_start +
                                   "#### go  \n\n*** Begin Patch\n*** Update File: a.py\n@@\n-old\n+new\n"
                                   "*** End Patch\n\n> Applied edit to a.py  \n> Applied edit to a.py  \n");
    REQUIRE(sessions.at(0).record);
    const trace::Step& reply = sessions[0].record->steps.at(1);
    REQUIRE(reply.tool_calls.size() == 1);
    CHECK(reply.tool_calls[0].tool_name == "apply_patch");
    CHECK(sessions[0].evidence.changes.size() == 1);
}

TEST_CASE("aider: only a chat history is one", "[capture]") {
    CHECK(agents_that_know(k_path, recorded()) == std::vector<std::string>{"aider"});
    CHECK(agents_that_know("/tmp/renamed.md", recorded()) == std::vector<std::string>{"aider"});
    CHECK(agents_that_know("/tmp/readme.md", "# Read me\n# aider chat started at noon\n").empty());
    CHECK(read_at(k_path, "# notes\n", "aider").reason ==
          "not a chat history of Aider: no line begins a session");
    Environment environment;
    environment.variables = {{"AIDER_CHAT_HISTORY_FILE", "logs/chat.md"}};
    CHECK(aider().places("/home/me/app", environment).at(0).path == "/home/me/app/logs/chat.md");
}

TEST_CASE("aider: cut at any byte its sessions are records or refused for a reason", "[capture]") {
    const std::string text = recorded();
    for (std::size_t length = 0; length < text.size(); length += 3) {
        INFO(length);
        for (const capture::ParsedSession& parsed : read_all(text.substr(0, length))) {
            REQUIRE((parsed.verdict == capture::ParseVerdict::Trace) == parsed.record.has_value());
            REQUIRE((parsed.record || !parsed.reason.empty()));
        }
    }
}
