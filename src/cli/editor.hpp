// The user's editor, run without a shell.
#pragma once

#include <string>
#include <vector>

#include "opentraces/core/environment.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::cli {

// Program with its full path, and its arguments: VISUAL, else EDITOR, words split at blanks and nothing else
// interpreted. Error ConfigInvalid if neither is set, or there is no such program in the absolute folders of
// PATH.
std::vector<std::string> editor_command(const Environment& environment, fs::Disk& disk);

// Runs until it has ended, with the user's terminal. Its exit status; 128 and more: ended by a signal, or
// not started.
int run_editor(std::vector<std::string> command, const std::string& path, const Environment& environment);

}  // namespace opentraces::cli
