// Sessions captured in parts, and what becomes of them when they go on or the setting changes.
#include <algorithm>

#include "catch.hpp"
#include "doubles/traces.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/trace/codec.hpp"
#include "unit/store/workbench.hpp"

using namespace opentraces;
using namespace opentraces::testing;
using store::Stage;

namespace {

// One letter for each step: u(ser), a(gent), c(lear).
std::string g_steps;

trace::Step step_of(char kind, std::int64_t index) {
    trace::Step step;
    step.step_index = index;
    step.call_type = trace::CallType::Main;
    step.timestamp = "2026-01-01T10:" + std::string(index < 10 ? "0" : "") + std::to_string(index) + ":00Z";
    step.role = kind == 'u' ? trace::Role::User : kind == 'a' ? trace::Role::Agent : trace::Role::System;
    step.content = kind == 'c' ? "<command-name>/clear</command-name>" : "text " + std::to_string(index);
    if (kind != 'a') return step;
    step.token_usage.input_tokens = 10;
    trace::ToolCall& call = step.tool_calls.emplace_back();
    call.tool_call_id = "t" + std::to_string(index);
    call.tool_name = "Read";
    return step;
}

capture::ParsedSession read_steps(const capture::SessionRef&, capture::Sources&) {
    capture::ParsedSession parsed;
    parsed.verdict = capture::ParseVerdict::Trace;
    trace::TraceRecord& record = parsed.record.emplace();
    record.agent.name = "probe";
    record.session_id = "s1";
    record.trace_id = trace_id_for("probe", "s1", 0).str();
    for (const char kind : g_steps)
        record.steps.push_back(step_of(kind, static_cast<std::int64_t>(record.steps.size()) + 1));
    record.timestamp_start = record.steps.front().timestamp;
    record.timestamp_end = record.steps.back().timestamp;
    // Said of the session's end: the last part has it.
    record.metadata.set("title", "after " + std::to_string(record.steps.size()));
    parsed.evidence.usage.push_back({"", 1, 10 * std::count(g_steps.begin(), g_steps.end(), 'a')});
    return parsed;
}

struct Reading {
    StoreBench bench;
    capture::Agent agent;
    capture::SessionRef session{"probe", "/sessions/one", {}, {}};
    flow::CaptureOptions options;
    flow::SilentProgress progress;
    flow::CaptureResult last;

    Reading() {
        agent.name = "probe";
        agent.version = "1";
        agent.read = read_steps;
        options.episodes = true;
    }
    Reading& read(const std::string& steps) {
        g_steps = steps;
        session.fingerprint = steps;
        last = flow::capture({{&agent, session}}, *bench.store, options, *bench.disk, progress);
        CHECK(last.failed.empty());
        return *this;
    }
    // "<session>.<revision> <stage> <steps>" of each, sorted.
    std::vector<std::string> stored() {
        std::vector<std::string> rows;
        for (const store::TraceRow& row : bench.store->list({}))
            rows.push_back(row.session_id + "." + std::to_string(row.revision) + " " +
                           std::string(name_of(row.stage)) + " " + std::to_string(row.steps));
        std::sort(rows.begin(), rows.end());
        return rows;
    }
    TraceId id(const std::string& session_id) { return trace_id_for("probe", session_id, 0); }
    std::string line(const std::string& session_id) { return bench.store->read_line(id(session_id)); }
    void commit(const std::string& session_id) { bench.store->commit({id(session_id)}, "", bench.ids); }
    void push(const std::string& session_id) {
        commit(session_id);
        bench.push({id(session_id)});
    }
};

using Rows = std::vector<std::string>;
const Rows k_two{"s1/episode-1.0 inbox 2", "s1/episode-2.0 inbox 3"};

}  // namespace

TEST_CASE("capture episodes: off, a session is one trace; on, one for each part") {
    Reading reading;
    reading.options.episodes = false;
    CHECK(reading.read("uacua").stored() == Rows{"s1.0 inbox 5"});
    Reading parts;
    CHECK(parts.read("uacua").stored() == k_two);
    CHECK(parts.last.captured == 2);
    CHECK(parts.last.traces.size() == 2);
}

TEST_CASE("capture episodes: capturing twice changes nothing") {
    Reading reading;
    reading.read("uacua");
    const std::string before = reading.line("s1/episode-1") + reading.line("s1/episode-2");
    for (const bool again : {false, true}) {
        reading.options.reparse = again;
        reading.read("uacua");
        CHECK(reading.last.unchanged == 2);
        CHECK(reading.last.captured + reading.last.updated == 0);
        CHECK(reading.line("s1/episode-1") + reading.line("s1/episode-2") == before);
    }
}

TEST_CASE("capture episodes: in the inbox the last part grows, the ones before stay, new ones follow") {
    Reading reading;
    reading.read("uacu");
    const std::string first = reading.line("s1/episode-1");
    CHECK(reading.read("uacua").stored() == k_two);
    CHECK(reading.last.updated == 1);
    CHECK(reading.last.unchanged == 1);
    CHECK(reading.line("s1/episode-1") == first);
    CHECK(reading.read("uacuacua").stored() ==
          Rows{"s1/episode-1.0 inbox 2", "s1/episode-2.0 inbox 3", "s1/episode-3.0 inbox 3"});
    CHECK(reading.line("s1/episode-1") == first);
}

TEST_CASE("capture episodes: a committed or pushed part that did not change stays as it is") {
    for (const bool pushed : {false, true}) {
        CAPTURE(pushed);
        Reading reading;
        reading.read("uacua");
        for (const char* const part : {"s1/episode-1", "s1/episode-2"})
            pushed ? reading.push(part) : reading.commit(part);
        const std::string stage = pushed ? "pushed" : "committed";
        const std::string second = reading.line("s1/episode-2");
        CHECK(reading.read("uacuacua").stored() == Rows{"s1/episode-1.0 " + stage + " 2",
                                                        "s1/episode-2.0 " + stage + " 3",
                                                        "s1/episode-3.0 inbox 3"});
        CHECK(reading.line("s1/episode-2") == second);
        CHECK(reading.last.unchanged == 2);
    }
}

TEST_CASE("capture episodes: other settings count for a committed part too") {
    Reading reading;
    reading.read("uacua");
    reading.commit("s1/episode-1");
    reading.options.scrub.custom_strings = {"text"};
    reading.read("uacua");
    CHECK(reading.stored() ==
          Rows{"s1/episode-1.0 committed 2", "s1/episode-1.1 inbox 2", "s1/episode-2.0 inbox 3"});
}

TEST_CASE("capture episodes: the last part is a new revision when it goes on after the push") {
    Reading reading;
    reading.read("uacua");
    reading.push("s1/episode-2");
    CHECK(reading.read("uacuaua").stored() ==
          Rows{"s1/episode-1.0 inbox 2", "s1/episode-2.0 pushed 3", "s1/episode-2.1 inbox 5"});
}

TEST_CASE("capture episodes: turned on later, the parts take the place of what is in the inbox") {
    Reading reading;
    reading.options.episodes = false;
    reading.read("uacua");
    reading.options.episodes = true;
    CHECK(reading.read("uacua").stored() == k_two);
    reading.options.episodes = false;
    CHECK(reading.read("uacua").stored() == Rows{"s1.0 inbox 5"});
}

TEST_CASE("capture episodes: turned on later, what has left the inbox as a whole stays whole") {
    for (const std::string stage : {"committed", "pushed", "rejected"}) {
        CAPTURE(stage);
        Reading reading;
        reading.options.episodes = false;
        reading.read("uacua");
        if (stage == "committed") reading.commit("s1");
        if (stage == "pushed") reading.push("s1");
        if (stage == "rejected") reading.bench.store->reject({reading.id("s1")});
        reading.options.episodes = true;
        CHECK(reading.read("uacua").stored() == Rows{"s1.0 " + stage + " 5"});
        reading.read("uacuacua");
        const Rows grown =
            stage == "rejected" ? Rows{"s1.0 rejected 8"} : Rows{"s1.0 " + stage + " 5", "s1.1 inbox 8"};
        CHECK(reading.stored() == grown);
    }
}

TEST_CASE("capture episodes: turned off later, a session of which a part has left the inbox stays in parts") {
    Reading reading;
    reading.read("uacua");
    reading.push("s1/episode-1");
    reading.options.episodes = false;
    CHECK(reading.read("uacuacua").stored() ==
          Rows{"s1/episode-1.0 pushed 2", "s1/episode-2.0 inbox 3", "s1/episode-3.0 inbox 3"});
}

TEST_CASE("capture episodes: what is back in the inbox may change its form") {
    Reading reading;
    reading.options.episodes = false;
    reading.read("uacua");
    reading.commit("s1");
    reading.bench.store->reset({reading.id("s1")});
    reading.options.episodes = true;
    CHECK(reading.read("uacua").stored() == k_two);
}

TEST_CASE("capture episodes: a part that the session has lost goes from the inbox, and from nowhere else") {
    Reading reading;
    reading.read("uacuacua");
    CHECK(reading.read("uacua").stored() == k_two);
    reading.read("uacuacua");
    reading.commit("s1/episode-3");
    CHECK(reading.read("uacua").stored() ==
          Rows{"s1/episode-1.0 inbox 2", "s1/episode-2.0 inbox 3", "s1/episode-3.0 committed 3"});
}

TEST_CASE("capture episodes: a copy elsewhere that says less takes nothing away") {
    Reading reading;
    reading.read("uacua");
    reading.session.locator = "/backup/one";
    CHECK(reading.read("ua").stored() == k_two);
    reading.options.episodes = false;
    CHECK(reading.read("ua").stored() == k_two);
    Reading whole;
    whole.options.episodes = false;
    whole.read("uacua");
    whole.session.locator = "/backup/one";
    whole.options.episodes = true;
    CHECK(whole.read("ua").stored() == Rows{"s1.0 inbox 5"});
}

TEST_CASE("capture episodes: a part that only begins is captured when it says something") {
    Reading reading;
    CHECK(reading.read("uac").stored() == Rows{"s1/episode-1.0 inbox 2"});
    CHECK(reading.read("uacua").stored() == k_two);
}

TEST_CASE("capture episodes: nothing is replaced when a trace of the session was committed meanwhile") {
    Reading reading;
    reading.options.episodes = false;
    reading.read("uacua");
    reading.commit("s1");
    const auto stage = [&] {
        std::vector<security::ScrubbedTrace> parts;
        parts.push_back(sample_trace("s1/episode-1", "Fix it", "probe"));
        reading.bench.store->stage_instead(std::move(parts), "/sessions/one", {reading.id("s1")});
    };
    CHECK(error_of(stage).code() == ErrorCode::InvalidState);
    CHECK(reading.stored() == Rows{"s1.0 committed 5"});
}

TEST_CASE("capture episodes: traces of other sessions are not the session's parts") {
    Reading reading;
    for (const char* const other : {"s1/episode", "s1/agent-x", "s10", "s1/episode-"})
        reading.bench.store->stage(sample_trace(other, "Fix it", "probe"), "/sessions/one");
    reading.bench.store->stage(sample_trace("s1/episode-2", "Fix it", "another"), "/sessions/one");
    const auto rows = reading.bench.store->of_session("probe", "s1", "/episode-");
    CHECK(rows.size() == 1);  // "s1/episode-" itself, which nobody makes
    CHECK(reading.read("uacua").last.captured == 2);
}

TEST_CASE("parse: --episodes writes a record for each part") {
    Reading reading;
    g_steps = "uacuac";
    json::StringSink out;
    const flow::ParseResult result = flow::parse({{&reading.agent, reading.session}}, {{}, true},
                                                 *reading.bench.disk, out, reading.progress);
    CHECK(result.files == 1);
    CHECK(result.written == 2);
    CHECK(out.text().find("s1/episode-2") != std::string::npos);
}
