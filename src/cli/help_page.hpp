// What `opentraces help` and --help show: another reading of the list of commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/program.hpp"

namespace opentraces::cli {

struct PageStyle {
    int width = 80;  // columns; wider terminals get no wider lines
    bool colour = false;
};

// `place`: "" is the program, "remote" a group, "remote add" a command, "environment" every variable that is
// read. Error BadOption with what may have been meant when there is no such place.
std::string help_page(const Program& program, std::string_view place, const PageStyle& style);
// The same for programs: {"help":{…}}.
json::Object help_object(const Program& program, std::string_view place);

// Every command and group that is told of.
std::vector<std::string> help_places(const Program& program);
// "docs/commands/remote-add.md": relative to the root of the repository.
std::string page_path(const Command& command);

}  // namespace opentraces::cli
