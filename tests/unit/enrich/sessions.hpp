// Small sessions of shell calls for tests of what follows from them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "opentraces/enrich/enrich.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::testing {

struct ShellCall {
    std::string command;
    std::string output = {};
    std::string error = {};  // "no_result", "exit_code:1", empty
};

struct ShellSession {
    trace::TraceRecord record;
    enrich::Evidence evidence;

    explicit ShellSession(const std::vector<ShellCall>& calls) {
        record.trace_id = "T";
        evidence.working_directory = "/home/me/app";
        for (const ShellCall& call : calls)
            add(call);
    }

    void add(const ShellCall& one) {
        trace::Step& step = record.steps.emplace_back();
        const std::string id = "t" + std::to_string(record.steps.size());
        step.step_index = static_cast<std::int64_t>(record.steps.size());
        step.role = trace::Role::Agent;
        trace::ToolCall& call = step.tool_calls.emplace_back();
        call.tool_call_id = id;
        call.tool_name = "Bash";
        call.input.set("command", one.command);
        trace::Observation& observation = step.observations.emplace_back();
        observation.source_call_id = id;
        if (!one.output.empty()) observation.content = one.output;
        if (!one.error.empty()) observation.error = one.error;
    }

    const trace::TraceRecord& completed() {
        enrich::complete(record, evidence);
        return record;
    }
};

}  // namespace opentraces::testing
