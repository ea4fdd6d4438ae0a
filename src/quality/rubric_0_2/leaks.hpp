// The five credential patterns and the one path that the compatible rubric looks for.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/trace/record.hpp"

namespace opentraces::quality {

struct Leaks {
    std::vector<std::string_view> credentials;  // labels, in the rubric's order
    bool home_of_user = false;                  // "/Users/<user_name>/" occurs
};

// Answers what a search in the record's canonical text would; an escape never stands inside such a match,
// so the texts are searched as they are. `user_name` may be empty.
Leaks find_leaks(const trace::TraceRecord& record, std::string_view user_name);

}  // namespace opentraces::quality
