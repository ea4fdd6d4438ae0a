#include <algorithm>

#include "cli/completion.hpp"

namespace opentraces::cli {
namespace {

std::vector<OptionDescription> global_options(const Program& program) {
    std::vector<OptionDescription> options{{.names = "-h,--help", .about = "Show this help"}};
    const auto& declared = program.global_options().options;
    options.insert(options.end(), declared.begin(), declared.end());
    return options;
}

CompletionPlace& place_called(std::vector<CompletionPlace>& places, std::string_view name) {
    const auto found = std::find_if(places.begin(), places.end(),
                                    [name](const CompletionPlace& place) { return place.name == name; });
    if (found != places.end()) return *found;
    places.emplace_back().name = name;
    return places.back();
}

// A group is a word of the program, once.
void add_group(std::vector<CompletionPlace>& places, std::string_view group) {
    auto& words = places.front().words;
    if (std::any_of(words.begin(), words.end(), [group](const auto& word) { return word.text == group; }))
        return;
    words.push_back({std::string(group), group_summary(group)});
    place_called(places, group);
}

}  // namespace

std::vector<CompletionPlace> completion_places(const Program& program) {
    std::vector<CompletionPlace> places(1);
    for (const auto& [command, declaration] : program.commands()) {
        if (command.hidden) continue;
        const std::string_view group = group_of(command.name);
        if (!group.empty()) add_group(places, group);
        place_called(places, group)
            .words.push_back(
                {std::string(command.name.substr(command.name.find(' ') + 1)), std::string(command.summary)});
        CompletionPlace place;
        place.name = command.name;
        place.is_command = true;
        for (const OptionDescription& option : declaration.options)
            (option.is_positional() ? place.arguments : place.options).push_back(option);
        for (const OptionDescription& argument : place.arguments)
            for (const std::string& choice : argument.choices)
                place.words.push_back({choice, argument.about});
        places.push_back(std::move(place));
    }
    for (CompletionPlace& place : places)
        for (const OptionDescription& option : global_options(program))
            place.options.push_back(option);
    places.front().options.push_back({.names = "-V,--version", .about = "Show the version"});
    return places;
}

std::string completion_script(const Program& program, std::string_view shell) {
    const auto places = completion_places(program);
    if (shell == "zsh") return zsh_completion(places);
    if (shell == "fish") return fish_completion(places);
    return bash_completion(places);
}

}  // namespace opentraces::cli
