// Shell command lines as words: enough to see which programs run with which arguments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

// One command of a line: program and arguments without quotes, leading assignments and `sudo` left out.
using Command = std::vector<std::string>;

// Splits at ; & | and line ends outside quotes. Texts of here-documents are not commands.
std::vector<Command> commands_of(std::string_view line);

// The command line of a shell tool call, empty for other tools.
std::string_view shell_line(const trace::ToolCall& call);

}  // namespace opentraces::enrich
