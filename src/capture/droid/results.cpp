#include "capture/droid/results.hpp"

#include <algorithm>
#include <array>

#include "capture/numbers.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture::droid {
namespace {

// Before the output in older versions, behind it in newer ones.
constexpr std::string_view k_failed = "Error: Command failed (exit code: ";
constexpr std::string_view k_exited = "[Process exited with code ";

constexpr std::array<std::string_view, 4> k_stopped{
    "Error: Tool execution cancelled by user", "Tool execution cancelled by user",
    "Error: Request cancelled by user", "Request cancelled by user"};

std::string exit_code(std::string_view number) {
    const auto code = leading_number(number);
    return code && *code != 0 ? "exit_code:" + std::to_string(*code) : std::string();
}

std::string exit_code_in(std::string_view text) {
    if (text.starts_with(k_failed)) return exit_code(text.substr(k_failed.size()));
    const std::string_view all = trim(text);
    const std::string_view last = all.substr(all.rfind('\n') + 1);
    return last.starts_with(k_exited) ? exit_code(last.substr(k_exited.size())) : std::string();
}

}  // namespace

std::string error_of(bool failed, std::string_view text) {
    std::string code = exit_code_in(text);
    if (!code.empty()) return code;
    const bool stopped = std::any_of(k_stopped.begin(), k_stopped.end(),
                                     [text](std::string_view words) { return text.starts_with(words); });
    if (stopped) return "interrupted";
    return failed ? "tool_error" : "";
}

}  // namespace opentraces::capture::droid
