#include "opentraces/cli/run.hpp"

#include <algorithm>

#include "cli/program.hpp"
#include "cli/project_context.hpp"
#include "cli/terminal_progress.hpp"
#include "opentraces/cli/error_text.hpp"
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

int run_chosen(const Run& chosen, const Globals& globals, flow::Ports& ports, Terminal& terminal) {
    Environment environment = ports.environment;
    if (!globals.directory.empty()) {
        environment.working_directory = fs::absolute(globals.directory, environment, ports.disk);
    }
    flow::Ports moved{ports.disk, ports.clock, ports.ids, ports.transport, environment};
    TerminalProgress progress(terminal, ports.clock);
    progress.set_quiet(globals.quiet);
    Context context{moved, terminal, progress, globals.json, globals.quiet};
    guard_user_folder(context);
    Answer answer = chosen(context);
    const int status = answer.exit_status;
    print_answer(context, std::move(answer));
    return status;
}

int run_guarded(const std::vector<std::string>& arguments, flow::Ports& ports, Terminal& terminal) {
    // Also for what cannot be parsed.
    const bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
    try {
        Program program;
        const Program::Request request = program.parse(arguments);
        if (request.run != nullptr) return run_chosen(*request.run, program.globals(), ports, terminal);
        terminal.out(request.text);
        return 0;
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
    int status = run_guarded(arguments, ports, terminal);
    try {
        terminal.flush();
    } catch (const Error& error) {
        terminal.err(error_text(error));
        status = error.exit_status();
    }
    return status;
}

}  // namespace opentraces::cli
