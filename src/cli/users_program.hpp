// A program that the user has chosen, run without a shell.
#pragma once

#include <string>
#include <vector>

namespace opentraces::cli {

// Split at blanks, nothing else interpreted.
std::vector<std::string> command_words(const std::string& text);
// As the system takes them; valid as long as the texts are.
std::vector<char*> pointers_to(std::vector<std::string>& texts);

}  // namespace opentraces::cli
