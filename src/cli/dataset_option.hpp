// Commands that look at one dataset: which one.
#pragma once

#include <string>

#include "cli/option_set.hpp"

namespace opentraces::cli {

void add_dataset_option(OptionSet& accepted, std::string& target);

}  // namespace opentraces::cli
