#include "cli/known_projects.hpp"

#include <algorithm>
#include <set>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

bool is_path(std::string_view name) {
    return name == "." || name == ".." || name.find('/') != std::string_view::npos;
}

[[noreturn]] void throw_unknown(const std::string& name) {
    throw Error(ErrorCode::NotFound, "no project is called '" + printable_line(name) + "'",
                "Give the name or the path of a folder in which opentraces init was run; "
                "opentraces list --everywhere shows them.");
}

}  // namespace

std::vector<std::string> projects_named(Context& context, const std::vector<std::string>& names) {
    const Environment& environment = context.ports.environment;
    const auto known = store::registered_projects(environment.opentraces_home(), context.ports.disk);
    std::set<std::string> chosen;
    for (const std::string& name : names) {
        const std::string path =
            is_path(name) ? fs::absolute(name, environment, context.ports.disk) : std::string();
        bool found = false;
        for (const store::RegisteredProject& project : known) {
            if (project.path != path && (!path.empty() || fs::file_name(project.path) != name)) continue;
            found = true;
            chosen.insert(project.path);
        }
        if (!found) throw_unknown(name);
    }
    return {chosen.begin(), chosen.end()};
}

}  // namespace opentraces::cli
