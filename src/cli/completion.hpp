// Shell scripts that complete commands and options, from the list of commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/program.hpp"

namespace opentraces::cli {

// `shell` is bash, zsh or fish.
std::string completion_script(const Program& program, std::string_view shell);

// A place on the command line that has its own words: the program (""), a group ("session"), a command
// ("session list").
struct CompletionPlace {
    struct Word {
        std::string text;
        std::string about;
    };
    std::string name;
    std::vector<Word> words;                 // what may stand here; empty: files
    std::vector<OptionDescription> options;  // with those that hold everywhere
    std::vector<OptionDescription> arguments;
    bool is_command = false;
};
// The program, then groups and commands in the order of the list.
std::vector<CompletionPlace> completion_places(const Program& program);

std::string bash_completion(const std::vector<CompletionPlace>& places);
std::string zsh_completion(const std::vector<CompletionPlace>& places);
std::string fish_completion(const std::vector<CompletionPlace>& places);

}  // namespace opentraces::cli
