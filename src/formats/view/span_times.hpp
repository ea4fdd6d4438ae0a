// When the parts of a session began and ended.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/view/prepared.hpp"

namespace opentraces::formats {

// Nanoseconds since the epoch.
struct SpanTime {
    std::int64_t start = 0;
    std::int64_t end = 0;
    bool estimated = false;  // a time that it rests on is missing
};

struct StepTimes {
    SpanTime chat;  // since what came before: the last answer of a tool, or the step in front of it
    std::vector<SpanTime> tools;  // by call
};

struct RunTimes {
    SpanTime agent;
    std::vector<StepTimes> steps;
};

// By run. Records have one time per step, when the model's message was complete.
std::vector<RunTimes> span_times(const Prepared& prepared);

}  // namespace opentraces::formats
