// A trace at a glance: what was asked for, what was changed, committed and tested.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "opentraces/store/store.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::cli {

struct OutlineEntry {
    std::string step;  // its index, as the record has it
    std::string text;  // one line, not cut
    bool failed = false;
};

struct OutlineFile {
    std::string path;
    std::int64_t changes = 0;  // calls that named it; 0 when only the attribution knows it
};

struct Outline {
    std::vector<OutlineEntry> prompts;
    std::vector<OutlineFile> files;  // in the order of their first change
    std::vector<OutlineEntry> commits;
    std::vector<OutlineEntry> tests;  // commands that run tests; failed when the tool said so
};

// Files from calls of tools that write, and from the attribution; commits and tests from shell commands.
Outline outline_of(const trace::TraceRecord& record);
json::Object outline_object(const Outline& outline);
std::string outline_text(const Outline& outline, Terminal& terminal);

// Whether a shell command makes a commit, or runs tests; looks at each of its parts.
bool makes_commit(std::string_view command);
bool runs_tests(std::string_view command);

}  // namespace opentraces::cli
