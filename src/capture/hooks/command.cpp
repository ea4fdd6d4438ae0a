#include "capture/hooks/format.hpp"
#include "opentraces/core/shell.hpp"

namespace opentraces::capture {
namespace {

constexpr std::string_view k_call = " capture --hook";
constexpr std::string_view k_by_name = "if command -v opentraces >/dev/null 2>&1; then opentraces";
constexpr std::string_view k_by_path = "; elif [ -x ";
constexpr std::string_view k_then = "]; then ";
constexpr std::string_view k_shell = "sh -c ";

std::string words_of(const HookSpec& spec) {
    std::string words = std::string(k_call) + " --quiet";
    if (!spec.agent.empty()) words += " --agent " + std::string(spec.agent);
    return words;
}

// What the shell of the command is given.
std::string given_to_shell(std::string_view command) {
    if (!command.starts_with(k_shell)) return std::string(command);
    return shell_unquoted(command.substr(k_shell.size()));
}

}  // namespace

std::string hook_command(const HookSpec& spec, const std::string& program) {
    const std::string words = words_of(spec);
    std::string command = std::string(k_by_name) + words;
    if (!program.empty()) {
        const std::string path = shell_quoted(program);
        command += std::string(k_by_path) + path + " " + std::string(k_then) + path + words;
    }
    command += "; fi";
    return spec.agent.empty() ? command : std::string(k_shell) + single_quoted(command);
}

bool is_own_command(std::string_view command) {
    if (command.find("opentraces") == std::string_view::npos) return false;
    // The Python tool installed another form, which never worked.
    return command.find(k_call) != std::string_view::npos ||
           command.find(" _capture") != std::string_view::npos;
}

bool goes_by_name(std::string_view command) {
    return given_to_shell(command).starts_with(std::string(k_by_name) + std::string(k_call));
}

std::string program_in(std::string_view command) {
    const std::string given = given_to_shell(command);
    const std::string_view text = given;
    const std::size_t end = text.rfind(k_call);
    if (end == std::string_view::npos) return {};
    std::size_t begin = text.rfind(k_then, end);
    begin = begin == std::string_view::npos ? 0 : begin + k_then.size();
    if (begin == 0 && goes_by_name(command)) return {};
    const std::string word = shell_unquoted(text.substr(begin, end - begin));
    return word.starts_with('/') ? word : std::string();
}

}  // namespace opentraces::capture
