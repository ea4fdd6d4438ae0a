// Small scrubbed traces for tests of what happens to traces.
#pragma once

#include <string>
#include <utility>

#include "opentraces/security/scrub.hpp"

namespace opentraces::testing {

inline trace::TraceRecord sample_record(const std::string& session, const std::string& text = "Fix the bug",
                                        const std::string& agent = "claude-code") {
    trace::TraceRecord record;
    record.session_id = session;
    record.agent.name = agent;
    record.agent.model = "anthropic/claude-sonnet-4";
    record.task.description = text;
    record.timestamp_start = "2026-01-01T10:00:00Z";
    // Another text than the usual one is taken for a session that went on: it ends later.
    const int minute = text == "Fix the bug" ? 0 : text == "Even more" ? 2 : 1;
    record.timestamp_end = "2026-01-01T11:0" + std::to_string(minute) + ":00Z";
    record.metrics.total_input_tokens = 1200;
    record.metrics.total_output_tokens = 340;
    record.metrics.estimated_cost_usd = 0.25;
    trace::Step user;
    user.role = trace::Role::User;
    user.content = text;
    trace::Step answer;
    answer.step_index = 1;
    answer.role = trace::Role::Agent;
    answer.content = "Done.";
    trace::ToolCall call;
    call.tool_call_id = "call_1";
    call.tool_name = "Read";
    answer.tool_calls.push_back(std::move(call));
    record.steps = {user, answer};
    return record;
}

inline security::ScrubbedTrace sample_trace(const std::string& session,
                                            const std::string& text = "Fix the bug",
                                            const std::string& agent = "claude-code",
                                            const security::ScrubOptions& options = {}) {
    return security::scrub(sample_record(session, text, agent), options);
}

// A text that is scrubbed differently under each pseudonym key.
inline const std::string k_text_with_name = "Look at /home/jane/app";

// A text that needs review once scrubbed; put together here so that no file holds what looks like a token.
inline std::string text_with_token() {
    return std::string("use ghp") + "_" + "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5";
}

}  // namespace opentraces::testing
