#include "opentraces/cli/run.hpp"

#include <algorithm>

#include "cli/error_text.hpp"
#include "cli/help_page.hpp"
#include "cli/program.hpp"
#include "cli/project_context.hpp"
#include "cli/terminal_progress.hpp"
#include "cli/version_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/json/visible.hpp"

namespace opentraces::cli {
namespace {

void print_object(Terminal& terminal, json::Object object) {
    const std::string line = json::to_visible(json::Value(std::move(object))) + "\n";
    if (terminal.has_data()) {
        terminal.err(line);
    } else {
        terminal.out(line);
    }
}

void print_answer(Terminal& terminal, bool json, const Answer& answer) {
    if (answer.printed) return;
    if (!json) {
        terminal.out(answer.text);
        return;
    }
    print_object(terminal, answer_object(answer));
}

// Also for what cannot be parsed.
bool wants_json(const std::vector<std::string>& arguments) {
    const auto end = std::find(arguments.begin(), arguments.end(), "--");
    return std::find(arguments.begin(), end, "--json") != end;
}

int tell(const Error& error, bool json, Terminal& terminal) {
    if (json) {
        print_object(terminal, error_object(error));
    } else {
        terminal.err(error_text(error));
    }
    return error.exit_status();
}

void print_page(Terminal& terminal, bool json, const std::string& text, json::Object&& object) {
    Answer answer;
    answer.text = text;
    answer.fields = std::move(object);
    print_answer(terminal, json, answer);
}

int run_chosen(const Run& chosen, const Globals& globals, flow::Ports& ports, Terminal& terminal) {
    Environment environment = ports.environment;
    if (!globals.directory.empty()) {
        environment.working_directory = fs::absolute(globals.directory, environment, ports.disk);
        const auto folder = ports.disk.info(environment.working_directory);
        if (!folder || !folder->is_directory())
            throw Error(ErrorCode::NotFound, "-C: there is no folder " + printable_line(globals.directory));
    }
    flow::Ports moved{ports.disk, ports.clock, ports.ids, ports.transport, environment};
    TerminalProgress progress(terminal, ports.clock);
    progress.set_quiet(globals.quiet);
    Context context{moved, terminal, progress, globals.json, globals.quiet};
    guard_user_folder(context);
    const Answer answer = chosen(context);
    const int status = answer.exit_status();
    print_answer(terminal, globals.json, answer);
    return status;
}

int run_request(const std::vector<std::string>& arguments, flow::Ports& ports, Terminal& terminal,
                const Build& build) {
    const bool json = wants_json(arguments);
    Program program;
    const Program::Request request = program.parse(arguments);
    switch (request.kind) {
        case Program::Request::Kind::Run:
            return run_chosen(*request.run, program.globals(), ports, terminal);
        case Program::Request::Kind::Version:
            print_page(terminal, json, version_text(build), version_object(build));
            return 0;
        case Program::Request::Kind::Help:
            print_page(terminal, json,
                       help_page(program, request.place, {terminal.width(), terminal.colour()}),
                       help_object(program, request.place));
            return 0;
    }
    return 0;
}

int run_guarded(const std::vector<std::string>& arguments, flow::Ports& ports, Terminal& terminal,
                const Build& build) {
    try {
        return run_request(arguments, ports, terminal, build);
    } catch (const Error& error) {
        return report(error, arguments, terminal);
    } catch (const std::bad_alloc&) {
        return report(Error(ErrorCode::Internal, "out of memory"), arguments, terminal);
    } catch (const std::exception& error) {
        return report(Error(ErrorCode::Internal, error.what()), arguments, terminal);
    }
}

}  // namespace

int report(const Error& error, const std::vector<std::string>& arguments, Terminal& terminal) {
    return tell(error, wants_json(arguments), terminal);
}

int run(const std::vector<std::string>& arguments, flow::Ports& ports, Terminal& terminal,
        const Build& build) {
    int status = run_guarded(arguments, ports, terminal, build);
    try {
        terminal.flush();
    } catch (const Error& error) {
        terminal.err(error_text(error));
        status = error.exit_status();
    }
    return status;
}

}  // namespace opentraces::cli
