// Which dataset a command is about: said by its place or by --repo, and understood in one way.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "cli/dataset_memory.hpp"
#include "cli/project_context.hpp"

namespace opentraces::cli {

// --repo R, under its older names --remote and --dataset too, which no help shows.
void add_repo_option(OptionSet& accepted, std::string& target, const std::string& about);
// For commands about a dataset: [DATASET] or --repo, not both.
void add_dataset(OptionSet& accepted, std::string& target);

// What dataset::open() takes, of what the user wrote. Errors of dataset::resolve_name.
std::string dataset_named(Context& context, const std::string& given, const Project& project);
std::string dataset_named(Context& context, const std::string& given, const DatasetMemory& memory);

}  // namespace opentraces::cli
