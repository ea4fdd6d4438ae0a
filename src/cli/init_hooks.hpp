// What init says and asks of the hooks of a project.
#pragma once

#include <string>
#include <vector>

#include "cli/command.hpp"
#include "opentraces/flow/hooks.hpp"
#include "opentraces/flow/init.hpp"

namespace opentraces::cli {

// Of every agent that can have one in the project, in the order of the agents.
std::vector<flow::HookCondition> hook_conditions(Context& context, const std::string& root);
// Before anything is written: errors as flow::check_hooks().
void check_hooks(Context& context, const std::string& root, const store::ProjectConfig& config,
                 const flow::Agents& seen);
// Each once.
flow::Agents agents_of(const std::vector<capture::Found>& sessions);
// For people: whose sessions are captured when they end, and what they have to do for it.
std::string hooks_text(Context& context, const std::string& root, const store::ProjectConfig& config);

}  // namespace opentraces::cli
