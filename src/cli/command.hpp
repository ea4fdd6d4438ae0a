// What a command is: a name in the list, options, and a function from context to answer.
#pragma once

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
#include "option_set.hpp"

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
    Run (*declare)(OptionSet&);
};

std::span<const Command> commands();

// One per file in src/cli/commands/.
Run declare_assess(OptionSet& set);
Run declare_auth_status(OptionSet& set);
Run declare_capture(OptionSet& set);
Run declare_card(OptionSet& set);
Run declare_commit(OptionSet& set);
Run declare_config_get(OptionSet& set);
Run declare_config_set(OptionSet& set);
Run declare_config_show(OptionSet& set);
Run declare_discard(OptionSet& set);
Run declare_export(OptionSet& set);
Run declare_import(OptionSet& set);
Run declare_index_rebuild(OptionSet& set);
Run declare_init(OptionSet& set);
Run declare_key_export(OptionSet& set);
Run declare_key_import(OptionSet& set);
Run declare_key_status(OptionSet& set);
Run declare_list(OptionSet& set);
Run declare_log(OptionSet& set);
Run declare_login(OptionSet& set);
Run declare_logout(OptionSet& set);
Run declare_migrate(OptionSet& set);
Run declare_parse(OptionSet& set);
Run declare_pull(OptionSet& set);
Run declare_push(OptionSet& set);
Run declare_reject(OptionSet& set);
Run declare_remote_add(OptionSet& set);
Run declare_remote_remove(OptionSet& set);
Run declare_remote_set(OptionSet& set);
Run declare_remote_show(OptionSet& set);
Run declare_remote_use(OptionSet& set);
Run declare_remove(OptionSet& set);
Run declare_reset(OptionSet& set);
Run declare_scan(OptionSet& set);
Run declare_show(OptionSet& set);
Run declare_status(OptionSet& set);
Run declare_validate(OptionSet& set);
Run declare_verify(OptionSet& set);
Run declare_whoami(OptionSet& set);

}  // namespace opentraces::cli
