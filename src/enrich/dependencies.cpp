#include <algorithm>
#include <array>
#include <set>

#include "enrich/imports.hpp"
#include "enrich/known_names.hpp"
#include "enrich/shell.hpp"
#include "opentraces/enrich/enrich.hpp"

namespace opentraces::enrich {
namespace {

enum class Registry { Npm, PyPi, Gems, Go, Crates };

struct Install {
    Registry registry;
    std::size_t first_argument;
};

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// "npm install x", "python -m pip install x", "uv pip install x", "cargo add x": where the packages begin.
std::optional<Install> install_in(const Command& command) {
    const auto word = [&command](std::size_t at) {
        return at < command.size() ? std::string_view(command[at]) : std::string_view{};
    };
    const std::string_view program = word(0);
    if (is_one_of(program, {"npm", "yarn", "pnpm", "bun"}) && is_one_of(word(1), {"install", "add", "i"}))
        return Install{Registry::Npm, 2};
    if (is_one_of(program, {"pip", "pip3"}) && word(1) == "install") return Install{Registry::PyPi, 2};
    if (is_one_of(program, {"python", "python3"}) && word(1) == "-m" && word(2) == "pip" &&
        word(3) == "install")
        return Install{Registry::PyPi, 4};
    if (program == "uv" && word(1) == "pip" && word(2) == "install") return Install{Registry::PyPi, 3};
    if (is_one_of(program, {"uv", "poetry", "pdm"}) && word(1) == "add") return Install{Registry::PyPi, 2};
    if (program == "gem" && word(1) == "install") return Install{Registry::Gems, 2};
    if (program == "go" && word(1) == "get") return Install{Registry::Go, 2};
    if (program == "cargo" && word(1) == "add") return Install{Registry::Crates, 2};
    return std::nullopt;
}

bool takes_value(std::string_view option) {
    return is_one_of(option, {"-r",
                              "--requirement",
                              "-c",
                              "--constraint",
                              "-e",
                              "--editable",
                              "-t",
                              "--target",
                              "-i",
                              "--index-url",
                              "--extra-index-url",
                              "-F",
                              "--features",
                              "-v",
                              "--version",
                              "--prefix",
                              "-C",
                              "--dir",
                              "--group",
                              "-G",
                              "--filter",
                              "-w",
                              "--workspace",
                              "--registry"});
}

bool is_place(std::string_view argument) {
    return argument.starts_with('.') || argument.starts_with('/') || argument.starts_with('~') ||
           argument.starts_with('$') || argument.find("://") != std::string_view::npos ||
           argument.starts_with("git+") || argument.starts_with("file:") || argument.ends_with(".whl") ||
           argument.ends_with(".tgz") || argument.ends_with(".txt") ||
           argument.find('*') != std::string_view::npos || argument.find('>') == 0 || argument.find('<') == 0;
}

std::string package_name(std::string_view argument, Registry registry) {
    const bool scoped = registry == Registry::Npm && argument.starts_with('@');
    const std::string_view ends = registry == Registry::PyPi   ? "=<>!~[;@"
                                  : registry == Registry::Gems ? ":"
                                                               : "@";
    const std::size_t end = argument.find_first_of(ends, scoped ? 1 : 0);
    std::string name(argument.substr(0, end));
    const bool has_folders = name.find('/') != std::string::npos;
    if (has_folders && registry != Registry::Go && !scoped) return {};
    return name;
}

void add_installs(const Command& command, std::set<std::string>& names) {
    const auto install = install_in(command);
    if (!install) return;
    for (std::size_t at = install->first_argument; at < command.size(); ++at) {
        const std::string& argument = command[at];
        if (argument.starts_with('-')) {
            if (takes_value(argument)) ++at;
            continue;
        }
        if (argument.find_first_of("<>") == 0 || argument.ends_with('>')) break;
        if (is_place(argument)) continue;
        std::string name = package_name(argument, install->registry);
        if (name.size() > 1) names.insert(std::move(name));
    }
}

// Names of files and folders that the session touched: their imports are the project's own.
std::set<std::string> own_modules(const std::vector<trace::Step>& steps) {
    std::set<std::string> names;
    for (const trace::Step& step : steps) {
        for (const trace::Snippet& snippet : step.snippets) {
            std::string_view path = snippet.file_path;
            while (!path.empty()) {
                const std::size_t end = std::min(path.find_first_of("/\\"), path.size());
                const std::string_view part = path.substr(0, end);
                names.emplace(part.substr(0, part.find('.')));
                path.remove_prefix(std::min(end + 1, path.size()));
            }
        }
    }
    return names;
}

void add_imports(const trace::Snippet& snippet, const std::set<std::string>& own,
                 std::set<std::string>& names) {
    if (!snippet.text || !snippet.language) return;
    for (std::string& name : imports_of(*snippet.text, *snippet.language)) {
        if (name.size() > 1 && !is_usual_folder(name) && own.count(name) == 0) names.insert(std::move(name));
    }
}

}  // namespace

std::vector<std::string> dependencies_of(const std::vector<trace::Step>& steps) {
    std::set<std::string> names;
    const std::set<std::string> own = own_modules(steps);
    for (const trace::Step& step : steps) {
        for (const trace::ToolCall& call : step.tool_calls) {
            for (const Command& command : commands_of(shell_line(call)))
                add_installs(command, names);
        }
        for (const trace::Snippet& snippet : step.snippets)
            add_imports(snippet, own, names);
    }
    return {names.begin(), names.end()};
}

}  // namespace opentraces::enrich
