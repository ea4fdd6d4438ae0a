#include <fmt/format.h>

#include "cli/completion.hpp"
#include "opentraces/core/shell.hpp"

namespace opentraces::cli {
namespace {

// For autoload (a file _opentraces below $fpath) and for source alike.
constexpr const char* k_script = R"zsh(#compdef opentraces
# zsh completion of opentraces. Made by: opentraces completion zsh
# Words that only the program knows: ids, remotes.
_opentraces_ask() {{
  local -a found
  found=(${{(f)"$($_opentraces_program ${{_opentraces_folder:+-C}} ${{_opentraces_folder:+$_opentraces_folder}} complete $1 2>/dev/null </dev/null)"}})
  compadd -a found
}}
_opentraces() {{
  local _opentraces_program=$words[1] _opentraces_folder=''
  local command='' word
  local -i i at=1
  local -a choices
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    case $word in
      (-C|--directory) ((i++)); _opentraces_folder=$words[i] ;;
      (-*) ;;
      (*)
        case "${{command:+$command }}$word" in
          ({places}) command=${{command:+$command }}$word at=i ;;
        esac
        ;;
    esac
  done
  words=("opentraces $command" "${{(@)words[at+1,-1]}}")
  ((CURRENT -= at - 1))
  case $command in
{cases}  esac
}}
if [[ $funcstack[1] == _opentraces ]]; then
  _opentraces "$@"
else
  compdef _opentraces opentraces
fi
)zsh";

// What stands in brackets, or between colons, of _arguments.
std::string escaped(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        if (c == '[' || c == ']' || c == ':' || c == '\\') safe += '\\';
        safe += c;
    }
    return safe;
}

std::string values_of(const OptionDescription& option) {
    if (option.candidates != Candidates::Files)
        return fmt::format("{{_opentraces_ask {}{}}}", name_of(option.candidates),
                           option.candidates == Candidates::Remotes ? "; _files" : "");
    if (option.choices.empty()) return "_files";
    std::string text;
    for (const std::string& choice : option.choices)
        text += (text.empty() ? "(" : " ") + choice;
    return text + ")";
}

std::string specification(const OptionDescription& option) {
    const std::vector<std::string> spellings = option.spellings();
    std::string rest = "[" + escaped(option.about) + "]";
    if (!option.value.empty())
        rest += (option.value_optional ? "::" : ":") + escaped(option.value) + ":" + values_of(option);
    std::string text;
    for (const std::string& spelling : spellings) {
        std::string excluded;
        for (const std::string& other : spellings)
            excluded += (excluded.empty() ? "(" : " ") + other;
        text += " \\\n      " + single_quoted((option.repeatable ? "*" : excluded + ")") + spelling + rest);
    }
    return text;
}

std::string argument(const OptionDescription& option, std::size_t place) {
    return " \\\n      " + single_quoted((option.repeatable ? "*" : std::to_string(place)) + ":" +
                                         escaped(option.names) + ":" + values_of(option));
}

std::string words_of(const CompletionPlace& place) {
    std::string text = "      if [[ $words[CURRENT] != -* ]]; then\n        choices=(";
    for (const CompletionPlace::Word& word : place.words)
        text += "\n          " + single_quoted(escaped(word.text) + ":" + word.about);
    return text + "\n        )\n        _describe command choices\n        return\n      fi\n";
}

}  // namespace

std::string zsh_completion(const std::vector<CompletionPlace>& places) {
    std::string names;
    std::string cases;
    for (const CompletionPlace& place : places) {
        if (!place.name.empty()) names += (names.empty() ? "" : "|") + single_quoted(place.name);
        std::string specifications;
        for (const OptionDescription& option : place.options)
            specifications += specification(option);
        std::size_t at = 0;
        for (const OptionDescription& option : place.arguments)
            specifications += argument(option, ++at);
        cases += fmt::format("    ({})\n{}      _arguments -s{}\n      ;;\n", single_quoted(place.name),
                             place.is_command ? "" : words_of(place), specifications);
    }
    return fmt::format(k_script, fmt::arg("places", names), fmt::arg("cases", cases));
}

}  // namespace opentraces::cli
