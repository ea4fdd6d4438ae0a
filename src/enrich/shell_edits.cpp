#include "enrich/shell_edits.hpp"

#include <algorithm>
#include <initializer_list>

#include "enrich/git_text.hpp"

namespace opentraces::enrich {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool has_option(const Command& words, std::string_view option) {
    return std::any_of(words.begin() + 1, words.end(),
                       [option](const std::string& word) { return word.starts_with(option); });
}

bool edits_in_place(const Command& given) {
    Command words = unwrapped(given);
    if (words.size() > 2 && words[0] == "xargs") {
        const auto program = std::find_if(words.begin() + 1, words.end(),
                                          [](const std::string& word) { return !word.starts_with('-'); });
        words.erase(words.begin(), program);
    }
    if (words.empty()) return false;
    const std::string& program = words[0];
    if (program == "sed" || program == "gsed")
        return has_option(words, "-i") || has_option(words, "--in-place");
    if (program == "perl" || program == "ruby") {
        return std::any_of(words.begin() + 1, words.end(), [](const std::string& word) {
            return word.size() > 1 && word[0] == '-' && word[1] != '-' &&
                   word.find('i') != std::string::npos && word.size() < 6;
        });
    }
    if (is_one_of(program, {"rm", "mv", "cp", "patch", "truncate"})) return words.size() > 1;
    const auto git = git_command_of(words);
    if (!git) return false;
    if (is_one_of(git->verb, {"mv", "rm", "apply", "restore"}))
        return !git->has("--staged") && !git->has("--cached");
    return git->verb == "checkout" && git->has("--");
}

bool is_file(std::string_view target) {
    return !target.empty() && !target.starts_with("/dev/") && !target.starts_with("/tmp/") &&
           !target.starts_with('$') && !target.starts_with('&');
}

bool writes_by_redirection(const ShellCommand& command) {
    const bool tees = !command.words.empty() && command.words.front() == "tee" && command.words.size() > 1 &&
                      is_file(command.words.back());
    return tees ||
           std::any_of(command.redirections.begin(), command.redirections.end(), [](const Redirection& one) {
               return (one.mark == ">" || one.mark == ">>" || one.mark == "1>") && is_file(one.to);
           });
}

// What formatters say when there was something to do.
bool says_changed(std::string_view output) {
    for (const std::string_view words : {"Fixed ", " reformatted", "Applied fix"}) {
        const std::size_t at = output.find(words);
        if (at != std::string_view::npos && output.find(" file", at) - at < 40) return true;
    }
    return false;
}

}  // namespace

bool edits_files(const ShellRun& run) {
    if (!run.has_result || !run.started) return false;
    return std::any_of(run.commands.begin(), run.commands.end(),
                       [](const ShellCommand& command) {
                           return edits_in_place(command.words) || writes_by_redirection(command);
                       }) ||
           says_changed(run.output);
}

}  // namespace opentraces::enrich
