// Sessions exported in parts.
#include "catch.hpp"
#include "doubles/traces.hpp"
#include "opentraces/enrich/enrich.hpp"
#include "opentraces/enrich/episodes.hpp"
#include "opentraces/flow/export.hpp"
#include "opentraces/trace/codec.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

trace::TraceRecord two_tasks() {
    trace::TraceRecord record;
    record.agent.name = "claude-code";
    record.session_id = "s1";
    record.trace_id = trace_id_for("claude-code", "s1", 0).str();
    const auto add = [&record](trace::Role role, const std::string& text) -> trace::Step& {
        trace::Step& step = record.steps.emplace_back();
        step.step_index = static_cast<std::int64_t>(record.steps.size());
        step.role = role;
        step.content = text;
        return step;
    };
    const auto edits = [&](const std::string& file) {
        trace::Step& step = add(trace::Role::Agent, "I write");
        step.token_usage.output_tokens = 5;
        trace::ToolCall& call = step.tool_calls.emplace_back();
        call.tool_call_id = file;
        call.tool_name = "Bash";
        call.input.set("command", "echo x > " + file);
        trace::Observation& observation = step.observations.emplace_back();
        observation.source_call_id = file;
        observation.content = "";
    };
    add(trace::Role::User, "first");
    edits("a.txt");
    add(trace::Role::System, "<command-name>/clear</command-name>");
    add(trace::Role::User, "second");
    edits("b.txt");
    add(trace::Role::System, "<command-name>/clear</command-name>");
    enrich::complete(record, {});
    return record;
}

struct Exported {
    json::StringSink sink;
    flow::ExportTally tally;
    std::uint64_t documents = 0;

    Exported(const std::string& format_name, const std::vector<trace::TraceRecord>& records) {
        const formats::Format& format = formats::format_named(format_name);
        const auto exporter = format.open({});
        const auto output = format.layout == formats::Layout::Lines
                                ? flow::export_to_stream(format, std::string(exporter->preamble()), sink)
                                : flow::export_to_nowhere();
        flow::Export exported(*exporter, *output, true);
        for (const trace::TraceRecord& record : records)
            exported.line("in", 1, trace::encode(record));
        output->finish();
        tally = exported.tally();
        documents = output->documents();
    }
};

}  // namespace

TEST_CASE("export episodes: every format gets each part as a trace of its own") {
    for (const formats::Format& format : formats::formats()) {
        CAPTURE(format.name);
        Exported exported(std::string(format.name), {two_tasks()});
        CHECK(exported.tally.records == 1);
        CHECK(exported.tally.episodes == 3);
        CHECK(exported.tally.failures.empty());
        // Attribution is all that agent-trace is about, and none of the parts has it.
        const bool writes = format.name != "agent-trace";
        CHECK(exported.tally.written == (writes ? 2 : 0));
        CHECK(exported.tally.without == (writes ? 1 : 3));
        CHECK(exported.documents == exported.tally.written);
    }
}

TEST_CASE("export episodes: a patch that no part has is a remark") {
    Exported exported("atif", {two_tasks()});
    bool told = false;
    for (const Diagnostic& remark : exported.tally.remarks)
        told |= remark.field == "outcome" && remark.words == "of edits in several episodes: no one has it";
    CHECK(told);
}

TEST_CASE("export episodes: what was captured in parts is not divided again") {
    std::vector<trace::TraceRecord> parts = enrich::episodes_of(two_tasks());
    parts.pop_back();
    Exported exported("atif", parts);
    CHECK(exported.tally.records == 2);
    CHECK(exported.tally.episodes == 2);
    CHECK(exported.sink.text().find("episode-1/episode-1") == std::string::npos);
    CHECK(exported.sink.text() == Exported("atif", {two_tasks()}).sink.text());
}
