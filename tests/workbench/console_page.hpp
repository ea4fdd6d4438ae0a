// A page of the documentation as a test: its blocks of ```console are run, in their order, in one shell.
//
//   $ opentraces list                 a command; what follows is what it says
//   $ opentraces assess --gate        # exit 8: the status that it ends with, 0 where nothing is said
//
// "…" in an expected line stands for any text, as a line of its own for any number of lines. What only the
// test needs is in comments of the page, <!-- run: command -->, and runs at its place.
#pragma once

#include <string>
#include <vector>

#include "workbench/workbench.hpp"

namespace opentraces::testing {

struct ConsoleStep {
    int line = 0;  // of the page
    std::string command;
    int exit = 0;
    bool shown = false;                 // false: of a comment
    std::vector<std::string> expected;  // output
};

std::vector<ConsoleStep> console_steps(const std::string& page);

// Whether the text has the expected lines.
bool says(const std::string& text, const std::vector<std::string>& expected);

// Runs the steps; a test fails at each whose status is another and, if `compare`, whose output is.
void run_console(Workbench& bench, const std::string& page, bool compare);

}  // namespace opentraces::testing
