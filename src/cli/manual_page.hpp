// Manual pages (man(7) of groff and mandoc) from the list of commands.
#pragma once

#include <string>

#include "cli/program.hpp"

namespace opentraces::cli {

// "opentraces-session-list"; "opentraces" for no command.
std::string manual_name(std::string_view command);
// Of the program.
std::string manual_page(const Program& program);
// Of one command.
std::string manual_page(const Program& program, const CommandDescription& described);

}  // namespace opentraces::cli
