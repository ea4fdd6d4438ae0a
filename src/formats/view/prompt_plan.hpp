// Where a system prompt becomes visible in a run.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "formats/view/prepared.hpp"

namespace opentraces::formats {

struct ShownPrompt {
    std::size_t before_step = 0;  // number in the run's steps
    std::string_view hash;
    std::string_view text;
};

// One at the start of the run, one before each agent step whose prompt differs from the one before; none for
// a text that the run has as a system step, or that the record does not have.
std::vector<ShownPrompt> shown_prompts(const trace::TraceRecord& record, const Run& run);

}  // namespace opentraces::formats
