// Texts that are secrets: typed unseen or piped in, never a part of the command line.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"

namespace opentraces::cli {

// From a terminal one, asked for with `question`; else every line of standard input that is not empty. Error
// BadOption when there is none.
std::vector<std::string> secret_texts(Context& context, const std::string& question);

}  // namespace opentraces::cli
