// Commands that look at one dataset: which one.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "opentraces/store/project.hpp"

namespace opentraces::cli {

void add_dataset_option(CLI::App& app, std::string& target);

// The option, which may be the name of a remote of the project; else the project's default remote; else "".
std::string dataset_name(const std::string& given, const store::ProjectConfig& config);

}  // namespace opentraces::cli
