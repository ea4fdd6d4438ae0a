#include <fmt/format.h>

#include "cli/completion.hpp"
#include "opentraces/core/shell.hpp"

namespace opentraces::cli {
namespace {

// COMP_WORDS has "--option=value" as three words. Without an answer, bash completes names of files.
constexpr const char* k_script = R"(# bash completion of opentraces. Made by: opentraces completion bash
_opentraces() {{
    # Words that only the program knows: ids, remotes. The next key must not wait for an error.
    _opentraces_ask() {{
        "${{COMP_WORDS[0]}}" ${{folder:+-C "$folder"}} complete "$1" 2>/dev/null </dev/null
    }}
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
    if [[ $current == '=' ]]; then
        current=''
    elif [[ $previous == '=' ]]; then
        previous=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    local command='' folder='' options='' words='' word i
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${{COMP_WORDS[i]}}
        case $word in
        -C | --directory) ((i++)); folder=${{COMP_WORDS[i]}} ;;
        -*) ;;
        *)
            case "${{command:+$command }}$word" in
            {places}) command=${{command:+$command }}$word ;;
            esac
            ;;
        esac
    done
    COMPREPLY=()
    case "$command $previous" in
{values}    esac
    case $command in
{words}    esac
    [[ $current == -* ]] && words=$options
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _opentraces opentraces
)";

std::string spellings(const OptionDescription& option, const std::string& before,
                      const std::string& between) {
    std::string text;
    for (const std::string& spelling : option.spellings())
        text +=
            (text.empty() ? "" : between) + (before.empty() ? spelling : single_quoted(before + spelling));
    return text;
}

std::string choices_of(const OptionDescription& option) {
    std::string text;
    for (const std::string& choice : option.choices)
        text += (text.empty() ? "" : " ") + choice;
    if (option.candidates != Candidates::Files)
        text = fmt::format("$(_opentraces_ask {})", name_of(option.candidates));
    return text;
}

}  // namespace

std::string bash_completion(const std::vector<CompletionPlace>& places) {
    std::string names;
    std::string values;
    std::string words;
    for (const CompletionPlace& place : places) {
        if (!place.name.empty()) names += (names.empty() ? "" : " | ") + single_quoted(place.name);
        std::string options;
        for (const OptionDescription& option : place.options) {
            options += (options.empty() ? "" : " ") + spellings(option, "", " ");
            if (option.value.empty()) continue;
            const std::string choices = choices_of(option);
            values += fmt::format(
                "    {})\n        {}return\n        ;;\n", spellings(option, place.name + " ", " | "),
                choices.empty() ? ""
                                : "COMPREPLY=($(compgen -W \"" + choices + "\" -- \"$current\"))\n        ");
        }
        std::string here;
        for (const CompletionPlace::Word& word : place.words)
            here += (here.empty() ? "" : " ") + word.text;
        const bool asks = !place.arguments.empty() && place.arguments.front().candidates != Candidates::Files;
        words += fmt::format(
            "    {})\n        words={}\n        options={}\n        ;;\n", single_quoted(place.name),
            asks ? "$(_opentraces_ask " + std::string(name_of(place.arguments.front().candidates)) + ")"
                 : single_quoted(here),
            single_quoted(options));
    }
    return fmt::format(k_script, fmt::arg("places", names), fmt::arg("values", values),
                       fmt::arg("words", words));
}

}  // namespace opentraces::cli
