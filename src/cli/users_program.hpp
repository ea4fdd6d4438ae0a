// A program that the user has chosen, run without a shell.
#pragma once

#include <string>
#include <vector>

namespace opentraces::cli {

// Split at blanks, nothing else interpreted.
std::vector<std::string> command_words(const std::string& text);

}  // namespace opentraces::cli
