// Records for the tests of exporters.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include "opentraces/json/reader.hpp"
#include "opentraces/trace/codec.hpp"
#include "opentraces/trace/record.hpp"
#include "where.hpp"

namespace opentraces::testing {

inline std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline json::Value parsed(std::string_view text) {
    return json::parse(text);
}

inline std::string worked_path(const std::string& name) {
    return opentraces::testing::source_folder() + "/tests/fixtures/export/worked/" + name;
}

inline trace::TraceRecord worked_record() {
    return *trace::decode(json::parse(read_file(worked_path("trace-record.json")))).record;
}

// Builds a record step by step; later calls are about the last step.
struct Builder {
    trace::TraceRecord record;

    Builder() {
        record.trace_id = "00000000-0000-4000-8000-000000000001";
        record.session_id = "session";
        record.agent.name = "agent";
    }
    Builder& step(trace::Role role, std::string content, int index) {
        trace::Step step;
        step.role = role;
        step.step_index = index;
        if (!content.empty()) step.content = std::move(content);
        record.steps.push_back(std::move(step));
        return *this;
    }
    Builder& user(std::string content, int index = 100) {
        return step(trace::Role::User, std::move(content), index);
    }
    Builder& system(std::string content, int index = 100) {
        return step(trace::Role::System, std::move(content), index);
    }
    Builder& agent(std::string content, int index = 100) {
        return step(trace::Role::Agent, std::move(content), index);
    }
    trace::Step& last() { return record.steps.back(); }
    Builder& of(int parent) {
        last().parent_step = parent;
        return as(trace::CallType::Subagent);
    }
    Builder& as(trace::CallType type) {
        last().call_type = type;
        return *this;
    }
    Builder& ref(std::string reference) {
        last().subagent_trajectory_ref = std::move(reference);
        return *this;
    }
    Builder& at(std::string time) {
        last().timestamp = std::move(time);
        return *this;
    }
    Builder& call(std::string id, std::string tool) {
        trace::ToolCall call;
        call.tool_call_id = std::move(id);
        call.tool_name = std::move(tool);
        last().tool_calls.push_back(std::move(call));
        return *this;
    }
    Builder& input(std::string key, std::string value) {
        last().tool_calls.back().input.set(std::move(key), std::move(value));
        return *this;
    }
    Builder& observe(std::string id, trace::OptText content, trace::OptText error = {}) {
        last().observations.push_back({std::move(id), std::move(content), std::nullopt, std::move(error)});
        return *this;
    }
};

}  // namespace opentraces::testing
