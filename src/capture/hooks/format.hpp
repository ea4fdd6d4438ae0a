// The kinds of files that agents read their hooks from. Texts are whole files; errors have no file name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "opentraces/capture/hook.hpp"

namespace opentraces::capture {

// The hook hands the session over and ends; ten seconds are for machines under load.
inline constexpr int k_hook_seconds = 10;

struct HookFormat {
    // As with_hook() and without_hook().
    std::string (*with)(const HookSpec& spec, const std::string& text, const std::string& command,
                        const MayStay& may_stay) = nullptr;
    std::string (*without)(const HookSpec& spec, const std::string& text) = nullptr;
    // The first command of ours, or this very one; empty when the entry is ours but its command is not.
    std::optional<std::string> (*find)(const HookSpec& spec, const std::string& text,
                                       const std::string& command) = nullptr;
    // Whether nothing is left in it that a file of ours does not begin with.
    bool (*is_bare)(const std::string& text) = nullptr;
    std::string_view beginning;  // of a new file
    unsigned mode = 0644;        // of a new file
};

// {"hooks": {EVENT: [{"hooks": [{"type": "command", "command": ..., "timeout": ...}]}]}}
// (Claude Code documentation, "Hooks"; Codex, Gemini CLI, Qwen Code and Factory Droid read the same).
extern const HookFormat k_matcher_groups;
// {"version": 1, "hooks": {EVENT: [{"command": ...}]}} (Cursor documentation, "Hooks").
extern const HookFormat k_versioned_list;
// The same without a version (Windsurf documentation, "Cascade Hooks").
extern const HookFormat k_plain_list;
// The same with "bash" for the command and "timeoutSec" (GitHub documentation, "Copilot CLI hooks").
extern const HookFormat k_copilot_list;
// [[hooks]] of a TOML file: event, command and timeout (Kimi CLI documentation, "Hooks").
extern const HookFormat k_toml_tables;
// A module of JavaScript that is all ours and that the agent loads: HookSpec::script.
extern const HookFormat k_module;
// A program of the shell that is all ours and that the agent runs: HookSpec::script.
extern const HookFormat k_program;

// Whether a command in a settings file is one of ours, of whatever version.
bool is_own_command(std::string_view command);

[[noreturn]] void throw_unexpected_hooks(std::size_t line, const std::string& what);

}  // namespace opentraces::capture
