#include "cli/program.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <deque>
#include <map>

#include "cli/help_page.hpp"
#include "opentraces/core/suggestion.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/core/version.hpp"

namespace opentraces::cli {
namespace {

constexpr std::string_view k_about =
    "Turns coding-agent sessions into reviewed, redacted datasets on the Hugging Face Hub.";

// The app of the most specific command that was named.
const CLI::App& innermost(const CLI::App& app) {
    const auto chosen = app.get_subcommands();
    return chosen.empty() ? app : innermost(*chosen.front());
}

// The words that lead to the chosen command, without its own name: "opentraces session".
std::string words_before(const CLI::App& app) {
    const CLI::App* parent = app.get_parent();
    if (parent == nullptr) return {};
    const std::string before = words_before(*parent);
    return before + (before.empty() ? "" : " ") + parent->get_name();
}

// "remote add", as help_page() takes it.
std::string place_of(const CLI::App& app) {
    const std::string before = words_before(app);
    if (before.empty()) return {};
    const std::string name = before + " " + app.get_name();
    return name.substr(name.find(' ') + 1);
}

using Texts = std::vector<std::string>;

// What may be written instead of a word that nobody expected.
Texts words_at(const Program& program, const std::string& place) {
    Texts words;
    for (const std::string& name : help_places(program)) {
        if (place.empty()) {
            words.push_back(name);
        } else if (group_of(name) == place) {
            words.push_back(name.substr(place.size() + 1));
        }
    }
    return words;
}

Texts options_at(const Program& program, const std::string& place) {
    Texts names{"--help"};
    const auto add = [&names](const Declaration& declaration) {
        for (const OptionDescription& option : declaration.options)
            if (!option.is_positional())
                for (const std::string& spelling : option.spellings())
                    names.push_back(spelling);
    };
    add(program.global_options());
    for (const auto& [command, declaration] : program.commands())
        if (command.name == place) add(declaration);
    if (place.empty()) names.emplace_back("--version");
    return names;
}

// "add" is "remote add", too.
Texts with_last_words(Texts names) {
    const std::size_t count = names.size();
    for (std::size_t i = 0; i < count; ++i)
        if (const std::size_t space = names[i].find(' '); space != std::string::npos)
            names.push_back(names[i].substr(space + 1));
    return names;
}

std::string meant_by(const std::string& word, const Program& program, const std::string& place) {
    if (word.starts_with("-"))
        return did_you_mean(word.substr(0, word.find('=')), options_at(program, place));
    const Texts names = words_at(program, place);
    if (const std::string known = nearest(word, names); !known.empty())
        return "Did you mean '" + (place.empty() ? "" : place + " ") + known + "'?";
    const std::string last = nearest(word, with_last_words(names));
    for (const std::string& name : names)
        if (!last.empty() && name.ends_with(" " + last)) return "Did you mean '" + name + "'?";
    return {};
}

std::string named(const std::string& place) {
    return place.empty() ? "opentraces" : "opentraces " + place;
}

// In the order in which they were given.
Error not_expected(const Texts& words, const Program& program, const std::string& place, bool is_command) {
    std::string all;
    for (const std::string& word : words)
        all += (all.empty() ? "" : " ") + word;
    const std::string& first = words.front();
    std::string message = fmt::format("{} does not take {}", named(place), printable_line(all));
    if (!is_command && !first.starts_with("-"))
        message = fmt::format("there is no command '{}'",
                              printable_line(place.empty() ? first : place + " " + first));
    const std::string meant = meant_by(first, program, place);
    return {ErrorCode::BadOption, message,
            fmt::format("{}{}Run: {} --help", meant, meant.empty() ? "" : " ", named(place))};
}

// The library's words, where they are for its own users.
std::string words_of(const CLI::ParseError& error) {
    const std::string text = error.what();
    const std::string option = text.substr(0, text.find(':'));
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) == nullptr) return text;
    if (text.find("At Most") != std::string::npos) return option + " can be given only once";
    return option + " needs a value";
}

}  // namespace

std::string_view program_about() {
    return k_about;
}

std::string group_summary(std::string_view group) {
    static const std::map<std::string, std::string, std::less<>> k_summaries{
        {"session", "The commands about traces under their older names"},
        {"auth", "Log in to the Hub, and see who you are there"},
        {"remote", "The datasets that this project pushes to"},
        {"config", "Settings of the project and of the user"},
        {"rules", "What the scanner looks for"},
        {"index", "The index that a dataset has of its shards"},
        {"key", "The key behind pseudonyms, shared between machines or in a team"},
        {"hooks", "The hook by which an agent tells that a session has ended"},
    };
    const auto found = k_summaries.find(group);
    return found == k_summaries.end() ? fmt::format("Commands called {}", group) : found->second;
}

std::string_view group_of(std::string_view command) {
    const std::size_t space = command.find(' ');
    return space == std::string_view::npos ? std::string_view() : command.substr(0, space);
}

struct Program::Parts {
    struct Entry {
        const Command* command = nullptr;
        CLI::App* app = nullptr;
        Declaration declaration;
        Run run;
    };

    CLI::App app{std::string(k_about), "opentraces"};
    Globals globals;
    Declaration global_options;
    std::map<std::string, CLI::App*, std::less<>> groups;
    std::deque<Entry> entries;  // declarations stay where options refer to them

    void declare_globals();
    // "a b" needs a group "a" first.
    CLI::App& parent_of(const Command& command);
    void declare(const Command& command);
    // nullptr for a group and for the program.
    const Entry* find(const CLI::App& app) const;
};

void Program::Parts::declare_globals() {
    app.set_version_flag("-V,--version", std::string(program_version()));
    app.set_help_flag("-h,--help", "Show this help and exit");
    OptionSet options(app, global_options);
    options.add_flag("--json", globals.json, "Print exactly one JSON object on standard output");
    options.add_flag("-q,--quiet", globals.quiet, "No progress or notes on standard error");
    options.add_option("-C,--directory", globals.directory, "Work as if started in this folder")
        .type_name("DIR");
    app.require_subcommand(0, 1);
}

CLI::App& Program::Parts::parent_of(const Command& command) {
    const std::string group(group_of(command.name));
    if (group.empty()) return app;
    CLI::App*& parent = groups[group];
    if (parent != nullptr) return *parent;
    parent = app.add_subcommand(group, group_summary(group));
    parent->fallthrough();
    parent->group(std::string(command.section));
    parent->require_subcommand(0, 1);
    return *parent;
}

void Program::Parts::declare(const Command& command) {
    CLI::App& parent = parent_of(command);
    const std::string name(command.name.substr(command.name.find(' ') + 1));
    Entry& entry = entries.emplace_back();
    entry.command = &command;
    entry.app = parent.add_subcommand(name, std::string(command.summary));
    if (&parent == &app) entry.app->group(std::string(command.section));
    entry.app->fallthrough();
    OptionSet options(*entry.app, entry.declaration);
    entry.run = command.declare(options);
}

const Program::Parts::Entry* Program::Parts::find(const CLI::App& chosen) const {
    for (const Entry& entry : entries)
        if (entry.app == &chosen) return &entry;
    return nullptr;
}

Program::Program() : m_parts(std::make_unique<Parts>()) {
    m_parts->declare_globals();
    for (const Command& command : cli::commands())
        m_parts->declare(command);
    // Last, so that commands do not inherit it.
    OptionSet options(m_parts->app, m_parts->global_options);
    options.footer(
        "  0 ok, 1 internal, 2 usage, 3 auth or configuration, 4 network, 5 corrupt data,\n"
        "  6 not found, 7 busy, 8 a check said no, 130 interrupted");
    options.example("opentraces init --agent claude-code", "Make this folder a project");
    options.example("opentraces capture", "Take in the sessions that it has");
    options.example("opentraces list", "See what is waiting for review");
    options.example("opentraces commit --all -m \"Fix the parser\"", "Mark it as ready");
    options.example("opentraces push --repo ./dataset", "Publish it, here into a folder");
}

Program::~Program() = default;

// CLI11 reports everything by exceptions, help included; its own exit numbers are replaced.
Program::Request Program::parse(const std::vector<std::string>& arguments) {
    CLI::App& app = m_parts->app;
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::CallForVersion&) {
        return {Request::Kind::Version, nullptr, {}};
    } catch (const CLI::ParseError& error) {
        const CLI::App& chosen = innermost(app);
        const std::string place = place_of(chosen);
        if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
            return {Request::Kind::Help, nullptr, place};
        const Texts extra = app.remaining(true);
        if (!extra.empty()) throw not_expected(extra, *this, place, m_parts->find(chosen) != nullptr);
        throw Error(ErrorCode::BadOption, words_of(error), "Run: " + named(place) + " --help");
    }
    const CLI::App& chosen = innermost(app);
    const Parts::Entry* const entry = m_parts->find(chosen);
    if (entry == nullptr) return {Request::Kind::Help, nullptr, place_of(chosen)};
    for (const auto& check : entry->declaration.checks)
        check();
    return {Request::Kind::Run, &entry->run, {}};
}

const Globals& Program::globals() const {
    return m_parts->globals;
}

std::vector<CommandDescription> Program::commands() const {
    std::vector<CommandDescription> commands;
    for (const Parts::Entry& entry : m_parts->entries)
        commands.push_back({*entry.command, entry.declaration});
    return commands;
}

const Declaration& Program::global_options() const {
    return m_parts->global_options;
}

}  // namespace opentraces::cli
