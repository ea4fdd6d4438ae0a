#include "enrich/ending.hpp"

#include <algorithm>
#include <string>

#include "opentraces/core/text.hpp"

namespace opentraces::enrich {
namespace {

bool starts_with_one(std::string_view text, std::initializer_list<std::string_view> starts) {
    return std::any_of(starts.begin(), starts.end(),
                       [text](std::string_view start) { return text.starts_with(start); });
}

SessionEnd end_by(const std::string& error) {
    const std::string text = to_lower_ascii(error);
    for (const std::string_view words :
         {"prompt is too long", "context limit", "context window", "conversation is too long",
          "exceed context", "context_length_exceeded", "maximum context length", "ran out of room"}) {
        if (text.find(words) != std::string::npos) return SessionEnd::ContextExhausted;
    }
    return SessionEnd::ApiError;
}

// What the program adds around commands of its own, after which nothing is different.
bool changes_nothing(const trace::Step& step) {
    if (step.role == trace::Role::System || step.call_type == trace::CallType::Warmup) return true;
    const std::string_view text = step.content ? trim(*step.content) : std::string_view{};
    if (step.role == trace::Role::User)
        return text.empty() || starts_with_one(text, {"<command-name>", "<local-command-", "<bash-",
                                                      "Caveat: The messages below"});
    return step.tool_calls.empty() &&
           (text == "No response requested." || (text.empty() && !step.reasoning_content));
}

bool is_unanswered(const trace::Step& step) {
    return std::any_of(
        step.observations.begin(), step.observations.end(),
        [](const trace::Observation& observation) { return observation.error == "no_result"; });
}

std::optional<SessionEnd> end_at(const trace::TraceRecord& record, const trace::Step& step,
                                 const Evidence& evidence) {
    if (step.role == trace::Role::User) {
        if (trim(*step.content).starts_with("[Request interrupted by user")) return SessionEnd::Interrupted;
        return std::nullopt;
    }
    if (is_unanswered(step)) return std::nullopt;
    if (!step.tool_calls.empty())
        return evidence.turn_ended ? std::optional(SessionEnd::Completed) : std::nullopt;
    const json::Value* reason = record.metadata.find("stop_reason");
    const std::string_view said = reason == nullptr ? std::string_view{} : reason->string_or();
    if (said == "model_context_window_exceeded") return SessionEnd::ContextExhausted;
    if (said == "max_tokens" || said == "refusal" || said.starts_with("error")) return std::nullopt;
    return SessionEnd::Completed;
}

}  // namespace

std::string_view name_of(SessionEnd end) {
    switch (end) {
        case SessionEnd::Completed:
            return "completed";
        case SessionEnd::Interrupted:
            return "interrupted";
        case SessionEnd::ApiError:
            return "api_error";
        case SessionEnd::ContextExhausted:
            return "context_exhausted";
    }
    return {};
}

std::optional<SessionEnd> ending_of(const trace::TraceRecord& record, const Evidence& evidence) {
    if (!evidence.final_error.empty()) return end_by(evidence.final_error);
    if (evidence.interrupted) return SessionEnd::Interrupted;
    const bool has_main = std::any_of(record.steps.begin(), record.steps.end(), [](const trace::Step& step) {
        return step.call_type == trace::CallType::Main;
    });
    for (auto step = record.steps.rbegin(); step != record.steps.rend(); ++step) {
        const bool inside =
            has_main ? step->call_type == trace::CallType::Subagent : step->parent_step.has_value();
        if (!inside && !changes_nothing(*step)) return end_at(record, *step, evidence);
    }
    return std::nullopt;
}

}  // namespace opentraces::enrich
