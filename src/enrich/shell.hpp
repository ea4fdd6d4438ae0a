// Shell command lines as words: enough to see which programs run with which arguments, where, and what
// decides about them. Nothing is expanded and nothing is run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

// One command of a line: program and arguments without quotes, leading assignments and `sudo` left out.
using Command = std::vector<std::string>;

// How a command is joined to the one before it.
enum class Joint { First, Then, And, Or, Pipe };

struct Redirection {
    std::string mark;  // ">", ">>", "<", "<<<", with the number of a descriptor before it: "2>"
    std::string to;
};

struct ShellCommand {
    Command words;
    Joint joint = Joint::First;
    int depth = 0;  // in how many ( ), { } or loops it stands
    bool background = false;
    std::vector<Redirection> redirections;
    std::string here_document;  // its text, empty when there is none
    bool has_here_document = false;
    bool expands_here_document = false;  // the word after << has no quotes
};

// Splits at ; & | and line ends outside quotes. Texts of here-documents are no commands, `$( )` are words.
std::vector<ShellCommand> shell_commands_of(std::string_view line);
// Their words alone.
std::vector<Command> commands_of(std::string_view line);

// Without what only changes how it runs: env, time, timeout, nice, nohup, rtk and their like, with options.
// `wrapper` becomes the last of them that prints in words of its own ("rtk").
Command unwrapped(const Command& command, std::string* wrapper = nullptr);

// The command line of a shell tool call, empty for other tools.
std::string shell_line(const trace::ToolCall& call);

}  // namespace opentraces::enrich
