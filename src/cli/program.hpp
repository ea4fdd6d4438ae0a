// The command line as a whole: every command of commands.cpp with its options. Opens nothing.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.hpp"

namespace opentraces::cli {

// What holds for every command.
struct Globals {
    bool json = false;
    bool quiet = false;
    std::string directory;  // as it was typed; empty: the working directory
};

struct CommandDescription {
    const Command& command;
    const Declaration& declaration;
};

class Program {
public:
    Program();
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    // What the arguments ask for. Error BadOption when they ask for nothing that there is.
    struct Request {
        enum class Kind { Run, Help, Version };
        Kind kind = Kind::Help;
        const cli::Run* run = nullptr;  // Run
        std::string place;              // Help: a command, a group, or "" for the program
    };
    Request parse(const std::vector<std::string>& arguments);

    const Globals& globals() const;
    // In the order of the list.
    std::vector<CommandDescription> commands() const;
    const Declaration& global_options() const;

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

// One line.
std::string_view program_about();
// Of the words that commands are grouped under: "session".
std::string group_summary(std::string_view group);
// Of the commands that name starts with; empty when it stands alone: "session" of "session list".
std::string_view group_of(std::string_view command);

}  // namespace opentraces::cli
