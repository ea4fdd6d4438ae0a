#include "cli/program.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <deque>
#include <map>

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

std::string help_of(const CLI::App& program) {
    const CLI::App& app = innermost(program);
    return app.help(words_before(app));
}

Error no_such_line(const CLI::ParseError& error, const CLI::App& program) {
    const CLI::App& app = innermost(program);
    const std::string before = words_before(app);
    const std::string command = before + (before.empty() ? "" : " ") + app.get_name();
    return {ErrorCode::BadOption, error.what(), "Run: " + command + " --help"};
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
        {"index", "The index that a dataset has of its shards"},
        {"key", "The key behind pseudonyms, shared between machines or in a team"},
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
};

void Program::Parts::declare_globals() {
    app.set_version_flag("--version", "opentraces " + std::string(program_version()));
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

Program::Program() : m_parts(std::make_unique<Parts>()) {
    m_parts->declare_globals();
    for (const Command& command : cli::commands())
        m_parts->declare(command);
    // Last, so that commands do not inherit it.
    OptionSet(m_parts->app, m_parts->global_options)
        .footer(
            "Exit status: 0 ok, 1 internal, 2 usage, 3 auth or configuration, 4 network,\n"
            "5 corrupt data, 6 not found, 7 busy, 8 a check said no, 130 interrupted.\n"
            "Every command explains itself with --help.");
}

Program::~Program() = default;

// CLI11 reports everything by exceptions, help included; its own exit numbers are replaced.
Program::Request Program::parse(const std::vector<std::string>& arguments) {
    CLI::App& app = m_parts->app;
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::CallForVersion& version) {
        return {nullptr, fmt::format("{}\n", version.what())};
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
            return {nullptr, help_of(app)};
        throw no_such_line(error, app);
    }
    const CLI::App* const chosen = &innermost(app);
    for (const Parts::Entry& entry : m_parts->entries) {
        if (entry.app != chosen) continue;
        for (const auto& check : entry.declaration.checks)
            check();
        return {&entry.run, {}};
    }
    return {nullptr, help_of(app)};
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
