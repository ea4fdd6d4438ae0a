// What a command is: a name in the list, options, and a function from context to answer.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cli/option_set.hpp"
#include "opentraces/cli/terminal.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::cli {

struct Context {
    flow::Ports& ports;
    Terminal& terminal;
    flow::Progress& progress;
    bool json = false;
    bool quiet = false;
};

// Either people read `text` or programs read `fields`, behind "status" and "error" (answer_object).
struct Answer {
    json::Object fields;
    std::string text;
    // Why the command does not end with 0, though it has an answer. `text` tells people of it.
    std::optional<Error> error = {};
    bool printed = false;  // the command has written its own output: a filter or a stream

    int exit_status() const { return error ? error->exit_status() : 0; }
};

using Run = std::function<Answer(Context&)>;

// Two phases. `declare` says what options there are and what they may be; it has no ports and opens nothing,
// and neither do the checks that it leaves behind. What it answers does the work, once the whole command line
// is known to be right.
struct Command {
    std::string_view name;     // "session list" for a command inside a group
    std::string_view section;  // of the help page
    std::string_view summary;
    Run (*declare)(OptionSet&);
    bool hidden = false;  // for programs, or an older name: works, and is told of nowhere
};

// In commands.cpp, which alone declares what src/cli/commands/ defines.
std::span<const Command> commands();

}  // namespace opentraces::cli
