#include "opentraces/enrich/episodes.hpp"

#include <cstdio>

#include "catch.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/enrich/enrich.hpp"
#include "opentraces/enrich/usage_tally.hpp"
#include "opentraces/json/writer.hpp"
#include "opentraces/trace/codec.hpp"

using namespace opentraces;

namespace {

using trace::Role;
using trace::Step;
using trace::TraceRecord;

constexpr const char* k_clear =
    "<command-name>/clear</command-name>\n<command-message>clear</command-message>";
constexpr const char* k_caveat = "<local-command-caveat>Caveat: do not answer</local-command-caveat>";
constexpr const char* k_summary = "This session is being continued from a previous conversation that ran out";
constexpr const char* k_model = "anthropic/claude-opus-4-5-20251101";

// A session of one line for each step.
struct Session {
    TraceRecord record;
    enrich::Evidence evidence;

    Session() {
        record.agent.name = "claude-code";
        record.agent.model = k_model;
        record.session_id = "s1";
        record.trace_id = trace_id_for("claude-code", "s1", 0).str();
        record.metadata.set("opentraces_steps", json::Array{});
    }

    Step& add(Role role, const std::string& text) {
        Step& step = record.steps.emplace_back();
        step.step_index = static_cast<std::int64_t>(record.steps.size());
        step.role = role;
        step.call_type = trace::CallType::Main;
        step.content = text;
        // A minute apart.
        char time[32];
        std::snprintf(time, sizeof time, "2026-03-01T10:%02d:00Z", static_cast<int>(record.steps.size()));
        step.timestamp = time;
        return step;
    }
    Session& asked(const std::string& text) { return add(Role::User, text), *this; }
    Session& program(const std::string& text) { return add(Role::System, text), *this; }
    Session& answered(const std::string& text, std::int64_t input = 10, std::int64_t output = 1) {
        Step& step = add(Role::Agent, text);
        step.model = k_model;
        step.token_usage.input_tokens = input;
        step.token_usage.output_tokens = output;
        used(step.step_index.value(), input, output);
        return *this;
    }
    Session& ran(const std::string& command, const std::string& output) {
        answered("I run it");
        Step& step = record.steps.back();
        trace::ToolCall& call = step.tool_calls.emplace_back();
        call.tool_call_id = "t" + std::to_string(record.steps.size());
        call.tool_name = "Bash";
        call.input.set("command", command);
        trace::Observation& observation = step.observations.emplace_back();
        observation.source_call_id = call.tool_call_id;
        observation.content = output;
        return *this;
    }
    Session& agent_step(std::optional<std::int64_t> parent, const std::string& time = {}) {
        answered("of a sub-agent", 5, 1);
        Step& step = record.steps.back();
        step.call_type = trace::CallType::Subagent;
        if (parent) step.parent_step = *parent;
        if (!time.empty()) step.timestamp = time;
        return *this;
    }
    void used(std::int64_t step, std::int64_t input, std::int64_t output) {
        const enrich::ModelUsage usage{k_model, 1, input, output};
        evidence.replies.push_back({step, usage, false});
        enrich::UsageTally(evidence.usage).add(usage);
    }
    void fact(std::int64_t step, const std::string& name, json::Value value) {
        json::Object facts;
        facts.set("step", step);
        facts.set(name, std::move(value));
        record.metadata.find("opentraces_steps")->if_array()->emplace_back(std::move(facts));
    }

    std::vector<TraceRecord> parts() {
        std::vector<TraceRecord> records;
        enrich::complete(record, evidence);
        for (enrich::Episode& episode : enrich::episodes_of(record, evidence))
            records.push_back(std::move(episode.record));
        return records;
    }
    std::vector<TraceRecord> stored_parts() {
        enrich::complete(record, evidence);
        return enrich::episodes_of(record);
    }
};

std::vector<std::pair<std::size_t, std::string>> starts_of(const Session& session) {
    std::vector<std::pair<std::size_t, std::string>> starts;
    for (const enrich::EpisodeStart& start : enrich::episode_starts(session.record))
        starts.emplace_back(start.step, enrich::name_of(start.reason));
    return starts;
}
using Starts = std::vector<std::pair<std::size_t, std::string>>;

std::int64_t input_of(const TraceRecord& part) {
    return part.metrics.total_input_tokens.value();
}

std::string text_of(const json::Value* value) {
    return value == nullptr ? "" : json::to_compact(*value);
}
std::string metadata(const TraceRecord& part, const char* name) {
    return text_of(part.metadata.find(name));
}

}  // namespace

TEST_CASE("episodes: begin at /clear and where the context was compacted") {
    Session session;
    session.asked("first").answered("done").program(k_caveat).program(k_clear).asked("second");
    session.answered("done").program(k_summary).answered("and on");
    CHECK(starts_of(session) == Starts{{0, "start"}, {2, "clear"}, {6, "compaction"}});
}

TEST_CASE("episodes: Codex's own words for a compaction are known") {
    Session session;
    session.asked("first").answered("done");
    session.program("Another language model started to solve this problem and produced a summary of it");
    session.asked("Another language model started to solve this problem, but not I").answered("done");
    CHECK(starts_of(session) == Starts{{0, "start"}, {2, "compaction"}});
}

TEST_CASE("episodes: a typed command alone starts over, words around it do not") {
    for (const char* const command : {"/clear", "/new", " /reset\n"}) {
        CAPTURE(command);
        Session session;
        session.asked("first").answered("done").asked(command).asked("second");
        CHECK(starts_of(session) == Starts{{0, "start"}, {2, "clear"}});
    }
    for (const char* const text : {"/clear the table", "/newer", "please /clear"}) {
        CAPTURE(text);
        Session session;
        session.asked("first").answered("done").asked(text).answered("done");
        CHECK(starts_of(session).size() == 1);
    }
}

TEST_CASE("episodes: what was neither asked nor answered is no part") {
    Session session;
    session.program(k_caveat).program(k_clear).asked("first").answered("done");
    session.program(k_clear).program(k_clear).asked("second");
    CHECK(starts_of(session) == Starts{{0, "start"}, {4, "clear"}});
    CHECK(starts_of(Session()).empty());
}

TEST_CASE("episodes: other commands, the agent's words and sub-agents start nothing") {
    Session session;
    session.asked("first").answered("/clear").program("<command-name>/compact</command-name>");
    session.program("/clear").agent_step(2);
    session.record.steps.back().role = Role::System;
    session.record.steps.back().content = k_summary;
    CHECK(starts_of(session).size() == 1);
}

TEST_CASE("episodes: a session that goes on keeps the parts that it has") {
    Session session;
    session.asked("1").answered("a").program(k_caveat).program(k_clear).program("<local-command-stdout>");
    session.asked("2").answered("b").program(k_summary).program(k_summary).answered("c").program(k_clear);
    const auto all = enrich::episode_starts(session.record);
    REQUIRE(all.size() == 4);
    const std::vector<Step> steps = session.record.steps;
    for (std::size_t length = 0; length <= steps.size(); ++length) {
        session.record.steps.assign(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(length));
        const auto some = enrich::episode_starts(session.record);
        REQUIRE(some.size() <= all.size());
        for (std::size_t at = 0; at < some.size(); ++at)
            CHECK(some[at].step == all[at].step);
    }
}

TEST_CASE("episodes: each part names its session and its place, and has an id of its own") {
    Session session;
    session.asked("first").answered("done").program(k_clear).asked("second").answered("done");
    const auto parts = session.parts();
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].session_id == "s1/episode-1");
    CHECK(parts[1].session_id == "s1/episode-2");
    CHECK(parts[1].trace_id == trace_id_for("claude-code", "s1/episode-2", 0).str());
    CHECK(metadata(parts[0], "opentraces_episode") == R"({"session_id":"s1","index":1,"reason":"start"})");
    CHECK(metadata(parts[1], "opentraces_episode") == R"({"session_id":"s1","index":2,"reason":"clear"})");
    CHECK(enrich::is_episode(parts[0]));
    CHECK_FALSE(enrich::is_episode(session.record));
    CHECK(parts[0].timestamp_end == "2026-03-01T10:02:00Z");
    CHECK(parts[1].timestamp_start == "2026-03-01T10:03:00Z");
    CHECK(parts[1].metrics.total_steps == trace::Integer(3));
    for (const TraceRecord& part : parts)
        CHECK_FALSE(trace::decode(trace::encode(part)).problem);
    for (const TraceRecord& part : session.stored_parts())
        CHECK(part.content_hash == trace::content_hash(part).str());
}

TEST_CASE("episodes: parts of a later revision are others than those of the first") {
    Session session;
    session.asked("first").answered("done").program(k_clear).asked("second").answered("done");
    const auto first = session.parts();
    session.record.trace_id = trace_id_for("claude-code", "s1", 1).str();
    const auto later = session.parts();
    CHECK(first[0].trace_id != later[0].trace_id);
    CHECK(later[0].trace_id != later[1].trace_id);
    CHECK(later[0].session_id == first[0].session_id);
}

TEST_CASE("episodes: a session without a new start is one part under its name, and otherwise as it was") {
    Session session;
    session.asked("first").ran("echo x > a.txt", "");
    const auto parts = session.parts();
    REQUIRE(parts.size() == 1);
    TraceRecord expected = session.record;
    expected.session_id = "s1/episode-1";
    expected.trace_id = parts[0].trace_id;
    expected.metadata.set("opentraces_episode", *parts[0].metadata.find("opentraces_episode"));
    for (auto& file : expected.attribution->files)
        file.conversations[0].url = "opentraces://" + parts[0].trace_id + "/step_2";
    CHECK(trace::encode(parts[0]) == trace::encode(expected));
    CHECK(trace::encode(session.stored_parts()[0]) == trace::encode(expected));
}

TEST_CASE("episodes: steps are numbered anew, and sub-agents stay with the step that called them") {
    Session session;
    session.asked("first").answered("done").program(k_clear).asked("second").answered("I call");
    session.agent_step(5).agent_step(6).answered("done");
    session.agent_step(std::nullopt, "2026-03-01T10:02:30Z").agent_step(std::nullopt, "2026-03-01T10:30:00Z");
    const auto parts = session.parts();
    REQUIRE(parts.size() == 2);
    // Of an unknown caller: the part that had begun by then.
    CHECK(parts[0].steps.size() == 3);
    CHECK(parts[1].steps.size() == 7);
    for (const TraceRecord& part : parts)
        for (std::size_t at = 0; at < part.steps.size(); ++at)
            CHECK(part.steps[at].step_index == trace::Integer(static_cast<std::int64_t>(at) + 1));
    CHECK(parts[1].steps[3].parent_step == trace::Integer(3));
    CHECK(parts[1].steps[4].parent_step == trace::Integer(4));
    CHECK_FALSE(parts[1].steps[6].parent_step);
}

TEST_CASE("episodes: steps that count from 0 still do") {
    Session session;
    session.asked("first").answered("done").program(k_clear).asked("second").answered("done");
    for (Step& step : session.record.steps)
        step.step_index = step.step_index.value() - 1;
    const auto parts = session.stored_parts();
    CHECK(parts[0].steps[0].step_index == trace::Integer(0));
    CHECK(parts[1].steps[0].step_index == trace::Integer(0));
}

TEST_CASE("episodes: the tokens of the parts are those of the session, abandoned replies at their place") {
    Session session;
    session.asked("first").answered("done", 100, 10);
    session.used(2, 7, 3);  // went, and cost
    session.program(k_clear).asked("second").answered("done", 1000, 20);
    const auto parts = session.parts();
    REQUIRE(parts.size() == 2);
    CHECK(input_of(parts[0]) == 107);
    CHECK(input_of(parts[1]) == 1000);
    CHECK(parts[0].metrics.total_output_tokens == trace::Integer(13));
    const double cost = *parts[0].metrics.estimated_cost_usd + *parts[1].metrics.estimated_cost_usd;
    CHECK(cost == Approx(*session.record.metrics.estimated_cost_usd).margin(2e-6));
    // A record alone does not know where they were.
    const auto stored = session.stored_parts();
    CHECK(input_of(stored[0]) == 100);
    CHECK(input_of(stored[1]) == 1007);
}

TEST_CASE("episodes: tokens of no reply are the last part's") {
    Session session;
    session.asked("first").answered("done").program(k_clear).asked("second").answered("done");
    session.evidence.replies.clear();
    session.evidence.usage[0].input_tokens += 500;
    const auto parts = session.parts();
    CHECK(input_of(parts[0]) == 10);
    CHECK(input_of(parts[1]) == 510);
}

TEST_CASE("episodes: a reported cost is shared by what the parts used, and says so") {
    Session session;
    session.asked("first").answered("done", 300, 0).program(k_clear).asked("second").answered("done", 100, 0);
    session.evidence.actual_cost_usd = 1.0;
    for (const auto& parts : {session.parts(), session.stored_parts()}) {
        CHECK(parts[0].metrics.estimated_cost_usd == Approx(0.75));
        CHECK(parts[1].metrics.estimated_cost_usd == Approx(0.25));
        CHECK(metadata(parts[0], "opentraces_cost") == R"({"source":"agent","shared":true})");
    }
}

TEST_CASE("episodes: prices of one's own are those of every part") {
    Session session;
    session.asked("first").answered("done", 300, 0).program(k_clear).asked("second").answered("done", 100, 0);
    const auto own =
        enrich::PriceTable::over_standard("model\tinput\toutput\nclaude-opus-4-5\t1000\t1\n", "own.tsv");
    session.evidence.prices = &own;
    const auto parts = session.parts();
    CHECK(parts[0].metrics.estimated_cost_usd == Approx(0.3));
    CHECK(parts[1].metrics.estimated_cost_usd == Approx(0.1));
    CHECK(metadata(parts[1], "opentraces_cost") == R"({"source":"prices of pricing_file"})");
}

TEST_CASE("episodes: only parts whose replies are not whole have a lower bound") {
    Session session;
    session.asked("first").answered("done").program(k_clear).asked("second").answered("done");
    session.evidence.tokens_are_lower_bound = true;
    session.evidence.replies.back().lower_bound = true;
    const auto parts = session.parts();
    CHECK(metadata(parts[0], "opentraces_cost").find("lower_bound") == std::string::npos);
    CHECK(metadata(parts[1], "opentraces_cost").find("lower_bound") != std::string::npos);
}

TEST_CASE("episodes: the task is what was asked first in the part, else what was being done") {
    Session session;
    session.record.task = {"first, as the reader has it", "user_prompt", "me/app", "abc"};
    session.asked("first").answered("done").program(k_clear).asked("[Request interrupted by user]");
    session.asked("<bash-input>ls</bash-input>").asked("second").answered("done");
    session.program(k_summary).answered("and on").program(k_clear);
    session.asked(
        "<command-message>review</command-message>\n<command-name>/review</command-name>\n"
        "<command-args>all of it</command-args>");
    const auto parts = session.parts();
    REQUIRE(parts.size() == 4);
    CHECK(parts[0].task.description == "first, as the reader has it");
    CHECK(parts[0].task.base_commit == "abc");
    CHECK(parts[1].task.description == "second");
    CHECK(parts[1].task.repository == "me/app");
    CHECK_FALSE(parts[1].task.base_commit);
    CHECK(parts[2].task.description == "second");
    CHECK(parts[2].task.source == "previous_episode");
    CHECK(parts[3].task.description == "/review all of it");
    CHECK(parts[3].task.source == "slash_command");
}

TEST_CASE("episodes: commits, tests and the end are those of the part's own steps") {
    Session session;
    session.asked("first");
    session.ran("git commit -m one", "[main 1111111] one\n 1 file changed");
    session.answered("done").program(k_clear).asked("second");
    session.ran("pytest", "=== 2 failed, 1 passed in 0.1s ===").answered("they fail");
    for (const auto& parts : {session.parts(), session.stored_parts()}) {
        REQUIRE(parts.size() == 2);
        CHECK(parts[0].outcome.committed);
        CHECK(parts[0].outcome.commit_sha == "1111111");
        CHECK(metadata(parts[0], "opentraces_commits").find(R"("step":2)") != std::string::npos);
        CHECK(metadata(parts[0], "opentraces_tests").empty());
        CHECK_FALSE(parts[0].outcome.success);
        CHECK_FALSE(parts[1].outcome.committed);
        CHECK(metadata(parts[1], "opentraces_commits") == "[]");
        CHECK(metadata(parts[1], "opentraces_tests").find(R"("step":3)") != std::string::npos);
        CHECK(parts[1].outcome.success == false);
        CHECK(metadata(parts[0], "opentraces_terminal_state") == R"("completed")");
    }
}

TEST_CASE("episodes: patch and attribution are those of the part's own edits") {
    Session session;
    session.asked("first").ran("echo one > a.txt", "").program(k_clear).asked("second");
    session.ran("echo two > b.txt", "").answered("done");
    const auto parts = session.parts();
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].outcome.patch->find("a.txt") != std::string::npos);
    CHECK(parts[0].outcome.patch->find("b.txt") == std::string::npos);
    REQUIRE(parts[1].attribution);
    CHECK(parts[1].attribution->files.at(0).path == "b.txt");
    CHECK(parts[1].attribution->files.at(0).conversations.at(0).url ==
          "opentraces://" + parts[1].trace_id + "/step_3");
    // What a patch was made of is not in a record: none of the parts gets it, and each says so.
    for (const TraceRecord& part : session.stored_parts()) {
        CHECK_FALSE(part.outcome.patch);
        CHECK_FALSE(part.attribution);
        CHECK(metadata(part, "opentraces_episode").find(R"("not_divided":["outcome.patch","attribution"])") !=
              std::string::npos);
    }
}

TEST_CASE("episodes: a stored patch stays with the part that has all the edits") {
    Session session;
    session.asked("first").answered("done").program(k_clear).asked("second");
    session.ran("echo two > b.txt", "").answered("done");
    const auto parts = session.stored_parts();
    CHECK_FALSE(parts[0].outcome.patch);
    CHECK(parts[1].outcome.patch == session.record.outcome.patch);
    CHECK(parts[1].attribution->files.at(0).conversations.at(0).url ==
          "opentraces://" + parts[1].trace_id + "/step_3");
    CHECK(metadata(parts[1], "opentraces_episode").find("not_divided") == std::string::npos);
}

TEST_CASE("episodes: what is told where it changes is told again where a part begins") {
    Session session;
    session.asked("first").answered("done").program(k_clear).asked("second").answered("done");
    session.fact(1, "branch", "main");
    session.fact(2, "agent_version", "2.0");
    session.fact(4, "branch", "topic");
    const auto parts = session.parts();
    CHECK(metadata(parts[1], "opentraces_steps") ==
          R"([{"step":1,"branch":"main","agent_version":"2.0"},{"step":2,"branch":"topic"}])");
    CHECK(parts[0].environment.vcs.branch == "main");
    CHECK(parts[1].environment.vcs.branch == "topic");
    CHECK(parts[1].agent.version == "2.0");
}

TEST_CASE("episodes: a text that another part shows is there again, once") {
    Session session;
    session.program("rules").asked("first").program("[repeated: the text of step 1]").answered("done");
    session.program(k_clear).program("[repeated: the text of step 1]");
    session.program("[repeated: the text of step 1]").asked("second").answered("done");
    session.fact(1, "context", "rules");
    for (const std::int64_t step : {3, 6, 7})
        session.fact(step, "repeats", std::int64_t{1});
    session.record.metadata.set("opentraces_context", json::Object{});
    const auto parts = session.parts();
    CHECK(parts[0].steps[2].content == "[repeated: the text of step 1]");
    CHECK(parts[1].steps[1].content == "rules");
    CHECK(parts[1].steps[2].content == "[repeated: the text of step 2]");
    CHECK(metadata(parts[1], "opentraces_steps") == R"([{"step":2},{"step":3,"repeats":2}])");
    CHECK(metadata(parts[0], "opentraces_context") == R"({"kept":{"rules":1},"repeated":1})");
    CHECK(metadata(parts[1], "opentraces_context") == R"({"repeated":1})");
}

TEST_CASE("episodes: metadata goes to the part that it is about") {
    Session session;
    session.asked("first").ran("ls", "").program(k_summary).asked("second").ran("ls", "");
    json::Object& all = session.record.metadata;
    all.set("project", "-home-me");
    all.set("title", "Two things");
    all.set("stop_reason", "end_turn");
    all.set("is_compacted", true);
    all.set("model_usage", json::Object{});
    session.fact(2, "stop_reason", "tool_use");
    const auto list = [](const char* key, const char* id) {
        json::Object one;
        one.set(key, id);
        return json::Array{json::Value(std::move(one))};
    };
    all.set("opentraces_missing_agents", list("tool_call_id", "t2"));
    all.set("permission_denials", list("tool_use_id", "t5"));
    all.set("compaction_events", list("trigger", "auto"));
    json::Object notes;
    notes.set("version", "9");
    notes.set("skipped_lines", 3);
    all.set("opentraces_parser", std::move(notes));
    const auto parts = session.parts();
    REQUIRE(parts.size() == 2);
    CHECK(metadata(parts[0], "project") == R"("-home-me")");
    CHECK(metadata(parts[1], "project") == R"("-home-me")");
    CHECK(metadata(parts[0], "title").empty());
    CHECK(metadata(parts[1], "title") == R"("Two things")");
    CHECK(metadata(parts[0], "stop_reason") == R"("tool_use")");
    CHECK(metadata(parts[1], "stop_reason") == R"("end_turn")");
    CHECK(metadata(parts[0], "is_compacted").empty());
    CHECK(metadata(parts[1], "is_compacted") == "true");
    CHECK(metadata(parts[0], "compaction_events").empty());
    CHECK(metadata(parts[1], "compaction_events") == R"([{"trigger":"auto"}])");
    CHECK(metadata(parts[0], "opentraces_missing_agents") == R"([{"tool_call_id":"t2"}])");
    CHECK(metadata(parts[1], "opentraces_missing_agents").empty());
    CHECK(metadata(parts[1], "permission_denials") == R"([{"tool_use_id":"t5"}])");
    CHECK(metadata(parts[0], "opentraces_parser") == R"({"version":"9"})");
    CHECK(metadata(parts[1], "opentraces_parser") == R"({"version":"9","skipped_lines":3})");
    CHECK(metadata(parts[1], "model_usage").empty());
}

TEST_CASE("episodes: replies that another session counts are at the beginning") {
    Session session;
    session.asked("first").answered("done", 100, 10).program(k_clear).asked("second");
    session.answered("done", 100, 10).answered("done", 100, 10);
    json::Object copied;
    copied.set("sessions", json::Array{json::Value("s0")});
    copied.set("replies", 2);
    copied.set("input_tokens", 200);
    copied.set("output_tokens", 20);
    copied.set("cost_usd", 1.0);
    session.record.metadata.set("opentraces_copied", std::move(copied));
    const auto parts = session.parts();
    for (const TraceRecord& part : parts) {
        const json::Value& own = *part.metadata.find("opentraces_copied");
        CHECK(own["replies"].integer() == 1);
        CHECK(own["input_tokens"].integer() == 100);
        CHECK(own["output_tokens"].integer() == 10);
        CHECK(own["cost_usd"].if_number()->as_double() == Approx(0.5));
    }
}

TEST_CASE("episodes: a reward is of the session's end") {
    Session session;
    session.asked("first").answered("done").program(k_clear).asked("second").answered("done");
    session.record.outcome.reward = 0.5;
    session.record.security.scanned = true;
    const auto parts = session.stored_parts();
    CHECK_FALSE(parts[0].outcome.reward);
    CHECK(parts[1].outcome.reward == 0.5);
    CHECK(parts[0].security.scanned);
}

TEST_CASE("episodes: a part that only begins says nothing yet") {
    Session session;
    session.asked("first").answered("done").program(k_clear);
    const auto parts = session.parts();
    REQUIRE(parts.size() == 2);
    CHECK(enrich::says_something(parts[0]));
    CHECK_FALSE(enrich::says_something(parts[1]));
}
