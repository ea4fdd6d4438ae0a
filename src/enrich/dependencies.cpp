#include <algorithm>
#include <array>
#include <set>

#include "enrich/imports.hpp"
#include "enrich/known_names.hpp"
#include "enrich/shell.hpp"
#include "opentraces/core/text.hpp"
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
    if (command.empty()) return std::nullopt;
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

// What the project is called in its own files, and what it calls its own modules.
class OwnNames {
public:
    explicit OwnNames(const trace::TraceRecord& record) {
        if (record.task.repository) m_modules.push_back("/" + *record.task.repository);
        for (const trace::Step& step : record.steps) {
            for (const trace::Snippet& snippet : step.snippets) {
                add_path(snippet.file_path);
                if (snippet.text) add_manifest(snippet.file_path, *snippet.text);
            }
            for (const trace::Observation& observation : step.observations)
                if (observation.content) add_go_package(*observation.content);
        }
    }

    bool has(const std::string& name) const {
        if (m_names.count(name) > 0) return true;
        const std::size_t slash = name.find('/');
        if (name.starts_with('@') && m_scopes.count(name.substr(0, slash)) > 0) return true;
        return std::any_of(m_modules.begin(), m_modules.end(), [&](const std::string& module) {
            if (module.starts_with('/')) return name.ends_with(module);  // on whatever host
            return name == module || name.starts_with(module + "/") || module.starts_with(name + "/");
        });
    }

private:
    // Names of files and folders that the session touched: their imports are the project's own.
    void add_path(std::string_view path) {
        while (!path.empty()) {
            const std::size_t end = std::min(path.find_first_of("/\\"), path.size());
            const std::string_view part = path.substr(0, end);
            m_names.emplace(part.substr(0, part.find('.')));
            path.remove_prefix(std::min(end + 1, path.size()));
        }
    }

    void add_manifest(std::string_view path, std::string_view text) {
        const std::string_view name = path.substr(path.find_last_of("/\\") + 1);
        if (name == "go.mod") add_after(text, "module ", "\n");
        if (name == "package.json") add_package(quoted_after(text, "\"name\":"));
        if (name == "pyproject.toml" || name == "Cargo.toml") add_package(quoted_after(text, "name = "));
        if (name.starts_with("tsconfig") || name.starts_with("jsconfig")) add_aliases(text);
    }

    void add_after(std::string_view text, std::string_view mark, std::string_view end) {
        const std::size_t at = text.find(mark);
        if (at == std::string_view::npos) return;
        const std::string_view rest = text.substr(at + mark.size());
        const std::string_view module = trim(rest.substr(0, rest.find(end)));
        if (!module.empty()) m_modules.emplace_back(module);
    }

    static std::string_view quoted_after(std::string_view text, std::string_view mark) {
        const std::size_t at = text.find(mark);
        if (at == std::string_view::npos) return {};
        const std::string_view rest = text.substr(at + mark.size());
        const std::size_t open = rest.find('"');
        const std::size_t close = rest.find('"', open + 1);
        return open == std::string_view::npos || open > 2 || close == std::string_view::npos
                   ? std::string_view{}
                   : rest.substr(open + 1, close - open - 1);
    }

    // Packages of one scope are one project's.
    void add_package(std::string_view package) {
        if (package.empty()) return;
        std::string name(package);
        if (name.starts_with('@')) m_scopes.insert(name.substr(0, name.find('/')));
        m_names.insert(name);
        std::replace(name.begin(), name.end(), '-', '_');
        m_names.insert(std::move(name));
    }

    // "paths": {"@app/*": [...]}
    void add_aliases(std::string_view text) {
        for (std::size_t at = text.find("/*\":"); at != std::string_view::npos;
             at = text.find("/*\":", at + 1)) {
            const std::size_t open = text.rfind('"', at);
            if (open == std::string_view::npos) continue;
            const std::string alias(text.substr(open + 1, at - open - 1));
            m_names.insert(alias);
            m_scopes.insert(alias);
        }
    }

    // "ok  \tgithub.com/owner/name/pkg\t0.1s" of a test run
    void add_go_package(std::string_view output) {
        for (const std::string_view mark : {"ok  \t", "?   \t", "FAIL\t"}) {
            const std::size_t at = output.find(mark);
            if (at == std::string_view::npos || (at > 0 && output[at - 1] != '\n')) continue;
            std::string_view package = output.substr(at + mark.size());
            package = package.substr(0, package.find_first_of(" \t\n"));
            const bool hosted = package.starts_with("github.com/") || package.starts_with("gitlab.com/");
            std::size_t end = package.find('/');
            for (int part = 0; part < (hosted ? 2 : 1) && end != std::string_view::npos; ++part)
                end = package.find('/', end + 1);
            if (package.find('.') != std::string_view::npos) m_modules.emplace_back(package.substr(0, end));
            return;
        }
    }

    std::set<std::string> m_names;
    std::set<std::string> m_scopes;  // "@acme"
    std::vector<std::string> m_modules;
};

void add_imports(const trace::Snippet& snippet, const OwnNames& own, std::set<std::string>& names) {
    if (!snippet.text || !snippet.language) return;
    for (std::string& name : imports_of(*snippet.text, *snippet.language)) {
        if (name.size() > 1 && !is_usual_folder(name) && !own.has(name)) names.insert(std::move(name));
    }
}

}  // namespace

std::vector<std::string> dependencies_of(const trace::TraceRecord& record) {
    std::set<std::string> names;
    const OwnNames own(record);
    for (const trace::Step& step : record.steps) {
        for (const trace::ToolCall& call : step.tool_calls) {
            for (const Command& command : commands_of(shell_line(call)))
                add_installs(unwrapped(command), names);
        }
        for (const trace::Snippet& snippet : step.snippets)
            add_imports(snippet, own, names);
    }
    std::erase_if(names, [&own](const std::string& name) {
        return own.has(name) && name.find('/') != std::string::npos;
    });
    return {names.begin(), names.end()};
}

}  // namespace opentraces::enrich
