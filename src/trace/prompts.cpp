#include "opentraces/trace/prompts.hpp"

#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"
#include "opentraces/trace/compaction.hpp"

namespace opentraces::trace {
namespace {

constexpr std::array<std::string_view, 3> k_clearing{"/clear", "/new", "/reset"};

// All of Claude Code, in a user's line: nobody asked the model for anything.
constexpr std::array<std::string_view, 4> k_no_requests{"[Request interrupted by user", "<bash-input>",
                                                        "<teammate-message", "<cross-session-message"};

std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
    const std::size_t from = text.find(open);
    if (from == std::string_view::npos) return {};
    const std::string_view rest = text.substr(from + open.size());
    const std::size_t to = rest.find(close);
    return to == std::string_view::npos ? std::string_view{} : trim(rest.substr(0, to));
}

}  // namespace

std::string typed_command(std::string_view text) {
    const std::string_view name = between(text, "<command-name>", "</command-name>");
    if (name.empty()) return std::string(trim(text));
    std::string typed(name);
    const std::string_view arguments = between(text, "<command-args>", "</command-args>");
    if (!arguments.empty()) typed.append(" ").append(arguments);
    return typed;
}

bool is_main(const Step& step) {
    return !step.parent_step && step.call_type != CallType::Subagent && step.call_type != CallType::Warmup;
}

bool is_request(const Step& step) {
    if (step.role != Role::User || !step.content || !is_main(step)) return false;
    const std::string_view text = trim(*step.content);
    const bool is_other = std::any_of(k_no_requests.begin(), k_no_requests.end(),
                                      [text](std::string_view start) { return text.starts_with(start); });
    return !text.empty() && !is_other && !clears_conversation(step);
}

bool clears_conversation(const Step& step) {
    if (step.role == Role::Agent || !step.content || !is_main(step)) return false;
    if (step.role == Role::System && !is_command_echo(step)) return false;
    const std::string_view text = *step.content;
    const std::string_view name =
        step.role == Role::System ? between(text, "<command-name>", "</command-name>") : trim(text);
    return std::find(k_clearing.begin(), k_clearing.end(), name) != k_clearing.end();
}

}  // namespace opentraces::trace
