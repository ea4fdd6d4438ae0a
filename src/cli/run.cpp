#include "opentraces/cli/run.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/terminal_progress.hpp"
#include "opentraces/cli/error_text.hpp"
#include "opentraces/core/version.hpp"
#include "opentraces/json/visible.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::cli {
namespace {

constexpr std::string_view k_about =
    "Turns coding-agent sessions into reviewed, redacted datasets on the Hugging Face Hub.";

struct Globals {
    bool json = false;
    bool quiet = false;
    std::string directory;
};

struct Program {
    CLI::App app{std::string(k_about), "opentraces"};
    Globals globals;
    std::map<std::string, CLI::App*> groups;
    std::vector<std::pair<CLI::App*, Run>> runs;
};

std::string group_summary(const std::string& group) {
    static const std::map<std::string, std::string> k_summaries{
        {"session", "The commands about traces under their older names"},
        {"auth", "Log in to the Hub, and see who you are there"},
        {"remote", "The datasets that this project pushes to"},
        {"config", "Settings of the project and of the user"},
        {"index", "The index that a dataset has of its shards"},
        {"key", "The key behind pseudonyms, shared between machines or in a team"},
    };
    const auto found = k_summaries.find(group);
    return found == k_summaries.end() ? "Commands called " + group : found->second;
}

// "a b" needs a group "a" first.
CLI::App* parent_of(Program& program, std::string_view name, std::string_view section) {
    const std::size_t space = name.find(' ');
    if (space == std::string_view::npos) return &program.app;
    const std::string group(name.substr(0, space));
    CLI::App*& app = program.groups[group];
    if (app != nullptr) return app;
    app = program.app.add_subcommand(group, group_summary(group));
    app->fallthrough();
    app->group(std::string(section));
    app->require_subcommand(0, 1);
    return app;
}

void declare_commands(Program& program) {
    for (const Command& command : commands()) {
        CLI::App* parent = parent_of(program, command.name, command.section);
        const std::size_t space = command.name.find(' ');
        const std::string name(space == std::string_view::npos ? command.name
                                                               : command.name.substr(space + 1));
        CLI::App* app = parent->add_subcommand(name, std::string(command.summary));
        if (parent == &program.app) app->group(std::string(command.section));
        app->fallthrough();
        OptionSet options(*app);
        program.runs.emplace_back(app, command.declare(options));
    }
}

void declare_globals(Program& program) {
    program.app.set_version_flag("--version", "opentraces " + std::string(program_version()));
    program.app.set_help_flag("-h,--help", "Show this help and exit");
    program.app.add_flag("--json", program.globals.json, "Print exactly one JSON object on standard output");
    program.app.add_flag("-q,--quiet", program.globals.quiet, "No progress or notes on standard error");
    program.app.add_option("-C,--directory", program.globals.directory, "Work as if started in this folder")
        ->type_name("DIR");
    program.app.require_subcommand(0, 1);
}

// The run function of the most specific command that was named.
const Run* chosen_run(const Program& program) {
    const CLI::App* app = &program.app;
    while (!app->get_subcommands().empty())
        app = app->get_subcommands().front();
    for (const auto& [declared, run] : program.runs) {
        if (declared == app) return &run;
    }
    return nullptr;
}

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

std::string help_of(const Program& program) {
    const CLI::App& app = innermost(program.app);
    return app.help(words_before(app));
}

void print_object(Terminal& terminal, json::Object object) {
    const std::string line = json::to_visible(json::Value(std::move(object))) + "\n";
    if (terminal.has_data()) {
        terminal.err(line);
    } else {
        terminal.out(line);
    }
}

void print_answer(Context& context, Answer&& answer) {
    if (answer.printed) return;
    if (!context.json) {
        context.terminal.out(answer.text);
        return;
    }
    json::Object object;
    object.append("status", answer.status);
    for (json::Member& member : answer.fields)
        object.append(std::move(member.first), std::move(member.second));
    print_object(context.terminal, std::move(object));
}

int report(const Error& error, bool json, Terminal& terminal) {
    if (json) {
        print_object(terminal, error_object(error));
    } else {
        terminal.err(error_text(error));
    }
    return error.exit_status();
}

// CLI11 reports everything by exceptions, help included; its own exit numbers are replaced.
int report_parse(const CLI::ParseError& error, const Program& program, bool json, Terminal& terminal) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
        const auto* version = dynamic_cast<const CLI::CallForVersion*>(&error);
        terminal.out(version != nullptr ? fmt::format("{}\n", error.what()) : help_of(program));
        return 0;
    }
    const CLI::App& app = innermost(program.app);
    const std::string before = words_before(app);
    const std::string command = before + (before.empty() ? "" : " ") + app.get_name();
    return report(Error(ErrorCode::BadOption, error.what(), "Run: " + command + " --help"), json, terminal);
}

int run_chosen(Program& program, flow::Ports& ports, Terminal& terminal) {
    Environment environment = ports.environment;
    if (!program.globals.directory.empty()) {
        environment.working_directory = fs::absolute(program.globals.directory, environment, ports.disk);
    }
    flow::Ports moved{ports.disk, ports.clock, ports.ids, ports.transport, environment};
    TerminalProgress progress(terminal, ports.clock);
    progress.set_quiet(program.globals.quiet);
    Context context{moved, terminal, progress, program.globals.json, program.globals.quiet};
    const Run* run = chosen_run(program);
    if (run == nullptr) {
        terminal.out(help_of(program));
        return 0;
    }
    guard_user_folder(context);
    Answer answer = (*run)(context);
    const int status = answer.exit_status;
    print_answer(context, std::move(answer));
    return status;
}

int run_guarded(Program& program, const std::vector<std::string>& arguments, flow::Ports& ports,
                Terminal& terminal) {
    const bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
    try {
        std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
        program.app.parse(reversed);
        return run_chosen(program, ports, terminal);
    } catch (const CLI::ParseError& error) {
        return report_parse(error, program, json, terminal);
    } catch (const Error& error) {
        return report(error, json, terminal);
    } catch (const std::bad_alloc&) {
        return report(Error(ErrorCode::Internal, "out of memory"), json, terminal);
    } catch (const std::exception& error) {
        return report(Error(ErrorCode::Internal, error.what()), json, terminal);
    }
}

}  // namespace

int run(const std::vector<std::string>& arguments, flow::Ports& ports, Terminal& terminal) {
    Program program;
    declare_globals(program);
    declare_commands(program);
    // Last, so that commands do not inherit it.
    program.app.footer(
        "Exit status: 0 ok, 1 internal, 2 usage, 3 auth or configuration, 4 network,\n"
        "5 corrupt data, 6 not found, 7 busy, 8 a check said no, 130 interrupted.\n"
        "Every command explains itself with --help.");
    int status = run_guarded(program, arguments, ports, terminal);
    try {
        terminal.flush();
    } catch (const Error& error) {
        terminal.err(error_text(error));
        status = error.exit_status();
    }
    return status;
}

}  // namespace opentraces::cli
