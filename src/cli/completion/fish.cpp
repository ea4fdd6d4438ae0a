#include <fmt/format.h>

#include "cli/completion.hpp"

namespace opentraces::cli {
namespace {

constexpr const char* k_script = R"(# fish completion of opentraces. Made by: opentraces completion fish
function __opentraces_at
    set -l command
    set -l skipped no
    for word in (commandline -opc)[2..-1]
        if test $skipped = yes
            set skipped no
            continue
        end
        switch $word
            case -C --directory
                set skipped yes
            case '-*'
            case '*'
                if contains -- "$command $word" {places}
                    set command "$command $word"
                end
        end
    end
    test "$command" = "$argv"
end
# Words that only the program knows: ids, remotes.
function __opentraces_ask
    set -l words (commandline -opc)
    set -l folder
    for i in (seq 2 (count $words))
        if contains -- $words[$i] -C --directory
            set folder -C $words[(math $i + 1)]
        end
    end
    $words[1] $folder complete $argv[1] 2>/dev/null </dev/null
end
{rows})";

// fish knows no escape but of the quote and of the backslash.
std::string quoted(std::string_view text) {
    std::string safe = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') safe += '\\';
        safe += c;
    }
    return safe + "'";
}

std::string place_name(const CompletionPlace& place) {
    return place.name.empty() ? "" : " " + place.name;
}

std::string condition(const CompletionPlace& place) {
    return "complete -c opentraces -n " + quoted("__opentraces_at " + quoted(place_name(place)));
}

std::string asking(const OptionDescription& option) {
    return fmt::format("(__opentraces_ask {})", name_of(option.candidates));
}

std::string option_row(const CompletionPlace& place, const OptionDescription& option) {
    std::string row = condition(place);
    for (const std::string& spelling : option.spellings())
        row += spelling.starts_with("--") ? " -l " + spelling.substr(2) : " -s " + spelling.substr(1);
    std::string choices;
    for (const std::string& choice : option.choices)
        choices += (choices.empty() ? "" : " ") + choice;
    if (option.candidates != Candidates::Files) {
        row += " -x -a " + quoted(asking(option));
    } else if (!choices.empty()) {
        row += " -x -a " + quoted(choices);
    } else if (!option.value.empty()) {
        row += " -r";
    }
    return row + " -d " + quoted(option.about) + "\n";
}

}  // namespace

std::string fish_completion(const std::vector<CompletionPlace>& places) {
    std::string names;
    std::string rows;
    for (const CompletionPlace& place : places) {
        if (!place.name.empty()) names += (names.empty() ? "" : " ") + quoted(place_name(place));
        for (const CompletionPlace::Word& word : place.words)
            rows += condition(place) + " -f -a " + quoted(word.text) + " -d " + quoted(word.about) + "\n";
        if (!place.arguments.empty() && place.arguments.front().candidates != Candidates::Files)
            rows += condition(place) + " -a " + quoted(asking(place.arguments.front())) + "\n";
        for (const OptionDescription& option : place.options)
            rows += option_row(place, option);
    }
    return fmt::format(k_script, fmt::arg("places", names), fmt::arg("rows", rows));
}

}  // namespace opentraces::cli
