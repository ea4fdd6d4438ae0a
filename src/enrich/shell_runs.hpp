// The shell calls of a session, in order, each with what it printed and the folder of each command.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "enrich/shell.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

struct ShellRun {
    std::int64_t step = 0;  // step_index
    const trace::ToolCall* call = nullptr;
    std::vector<ShellCommand> commands;
    std::vector<std::string> folders;  // of each command: absolute, or relative to where the session began
    std::string output;                // without escape sequences of terminals
    bool has_result = false;           // false: none in the log, or the command went on in the background
    bool failed = false;               // exit status other than 0, refused or interrupted
    bool started = true;               // false: refused before it ran
};

// `working_directory` is where the session began; a `cd` lasts until the output says that it was taken back.
std::vector<ShellRun> shell_runs_of(const std::vector<trace::Step>& steps,
                                    std::string_view working_directory);

// "/a/b" and "../c" -> "/a/c"; drives as Git for Windows names them: "D:\x" -> "/d/x".
std::string folder_at(std::string_view from, std::string_view path);
bool is_at_or_below(std::string_view path, std::string_view folder);

}  // namespace opentraces::enrich
