// Commands that look at one dataset: which one.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/core/environment.hpp"
#include "opentraces/store/project.hpp"
#include "option_set.hpp"

namespace opentraces::cli {

void add_dataset_option(OptionSet& accepted, std::string& target);

// The option, which may be the name of a remote of the project; else the project's default remote; else "".
std::string dataset_name(const std::string& given, const store::ProjectConfig& config);

// owner/name[@revision] of a dataset's address on the Hub. Error BadOption for any other address.
std::string dataset_at_address(const Environment& environment, std::string_view address);

}  // namespace opentraces::cli
