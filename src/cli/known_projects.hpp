// The projects of this user, by the names that people give them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "opentraces/store/registry.hpp"

namespace opentraces::cli {

// The paths of registered projects that `names` mean, sorted, each once: a path, or the name of a project's
// folder. Error NotFound for a name of none.
std::vector<std::string> projects_named(Context& context, const std::vector<std::string>& names);

// A registered project that was not used, and why.
struct ProjectLeftOut {
    std::string path;
    Error why;
};
json::Array left_out_array(const std::vector<ProjectLeftOut>& left_out);

enum class ProjectUse { Read, Write };
// Opens one project after the other, sorted by path, and shows it: those that are meant by `names`, or all.
// One that has gone, that its user did not make, or that is broken keeps no other from its turn; it is told
// to the user and answered. Only Error Interrupted ends it.
std::vector<ProjectLeftOut> visit_projects(Context& context, const std::vector<std::string>& names,
                                           ProjectUse use, const std::function<void(Project&)>& visit);

}  // namespace opentraces::cli
