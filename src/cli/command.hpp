// What a command is: a name in the list, options, and a function from context to answer.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "opentraces/cli/terminal.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/json/value.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::cli {

struct Context {
    flow::Ports& ports;
    Terminal& terminal;
    flow::Progress& progress;
    bool json = false;
    bool quiet = false;
};

// Either people read `text` or programs read `fields` (the JSON object, "status" is put first).
struct Answer {
    json::Object fields;
    std::string text;
    int exit_status = 0;
    std::string status = "ok";
    bool printed = false;  // the command has written its own output: a filter or a stream
};

using Run = std::function<Answer(Context&)>;

struct Command {
    std::string_view name;     // "session list" for a command inside a group
    std::string_view section;  // of the help page
    std::string_view summary;
    Run (*declare)(CLI::App&);
};

std::span<const Command> commands();

// One per file in src/cli/commands/.
Run declare_assess(CLI::App& app);
Run declare_auth_status(CLI::App& app);
Run declare_capture(CLI::App& app);
Run declare_card(CLI::App& app);
Run declare_commit(CLI::App& app);
Run declare_config_get(CLI::App& app);
Run declare_config_set(CLI::App& app);
Run declare_config_show(CLI::App& app);
Run declare_discard(CLI::App& app);
Run declare_export(CLI::App& app);
Run declare_import(CLI::App& app);
Run declare_index_rebuild(CLI::App& app);
Run declare_init(CLI::App& app);
Run declare_key_export(CLI::App& app);
Run declare_key_import(CLI::App& app);
Run declare_key_status(CLI::App& app);
Run declare_list(CLI::App& app);
Run declare_log(CLI::App& app);
Run declare_login(CLI::App& app);
Run declare_logout(CLI::App& app);
Run declare_migrate(CLI::App& app);
Run declare_parse(CLI::App& app);
Run declare_pull(CLI::App& app);
Run declare_push(CLI::App& app);
Run declare_reject(CLI::App& app);
Run declare_remote_add(CLI::App& app);
Run declare_remote_remove(CLI::App& app);
Run declare_remote_set(CLI::App& app);
Run declare_remote_show(CLI::App& app);
Run declare_remote_use(CLI::App& app);
Run declare_remove(CLI::App& app);
Run declare_reset(CLI::App& app);
Run declare_scan(CLI::App& app);
Run declare_show(CLI::App& app);
Run declare_status(CLI::App& app);
Run declare_validate(CLI::App& app);
Run declare_verify(CLI::App& app);
Run declare_whoami(CLI::App& app);

}  // namespace opentraces::cli
