// What is wrong with a dataset, in answers.
#pragma once

#include <string>
#include <vector>

#include "opentraces/flow/verify.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::cli {

json::Array problems_array(
    const std::vector<flow::DatasetProblem>& problems);                        // [{kind, path, line, detail}]
std::string problems_text(const std::vector<flow::DatasetProblem>& problems);  // a line each

}  // namespace opentraces::cli
