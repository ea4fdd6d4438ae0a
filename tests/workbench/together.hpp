// Several processes at work in one project at once, on sessions that grow meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "workbench/workbench.hpp"

namespace opentraces::testing {

struct TogetherOptions {
    int workers = 2;
    int rounds = 0;  // of each; 0: until the time is over
    std::chrono::seconds time{0};
    std::uint64_t seed = 1;
    std::filesystem::path session;  // whose lines all sessions are made of
};

struct TogetherReport {
    std::map<std::string, std::int64_t> runs;  // command -> how often
    std::int64_t busy = 0;                     // ended with 7 and said LOCKED
    std::int64_t sessions = 0;
    std::string broken;  // the first answer that is none of the documented; empty if there was none
};

// In the bench's project, which is initialised: each worker lets sessions grow, captures, commits, pushes and
// looks. Afterwards everything is captured, committed and pushed by one.
TogetherReport work_together(Workbench& bench, const TogetherOptions& options);

}  // namespace opentraces::testing
