// A project with a few traces of different kinds, for commands that list and choose.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "catch.hpp"
#include "doubles/command_bench.hpp"
#include "doubles/traces.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::testing {

struct SampleTrace {
    std::string session;
    std::string text = "Fix the bug";
    std::string agent = "claude-code";
    std::string model = "anthropic/claude-sonnet-4";
    std::string ended = "2026-02-01T10:00:00Z";
    std::int64_t input = 1000;
    std::optional<double> cost = 0.25;
    int more_steps = 0;
};

class TraceBench : public CommandBench {
public:
    TraceBench() {
        const Result made = run({"init", "--agent", "claude-code", "--remote", "./dataset", "--no-hook"});
        INFO(made.err);
        REQUIRE(made.exit == 0);
    }

    void stage(const SampleTrace& sample) {
        trace::TraceRecord record = sample_record(sample.session, sample.text, sample.agent);
        record.agent.model = sample.model;
        record.metrics.total_input_tokens = sample.input;
        record.metrics.estimated_cost_usd = sample.cost;
        record.timestamp_start.reset();
        record.timestamp_end.reset();
        if (!sample.ended.empty()) record.timestamp_end = sample.ended;
        for (int i = 0; i < sample.more_steps; ++i)
            record.steps.push_back(record.steps.back());
        stage_record(std::move(record));
    }

    void stage_record(trace::TraceRecord record) {
        const std::string source = "/sessions/" + record.session_id;
        const auto store = store::Store::open(project(), *m_disk, m_clock);
        store->stage(security::scrub(std::move(record), {}), source);
    }

    // The trace id of a session.
    std::string id(const std::string& session) {
        const json::Value answer = run({"list", "--json", session}).json();
        return std::string(answer["traces"].at(0)["trace_id"].string_or());
    }

private:
    std::unique_ptr<fs::Disk> m_disk = fs::posix_disk();
    FixedClock m_clock{*parse_iso8601("2026-03-01T11:00:00Z")};
};

}  // namespace opentraces::testing
