#include "cli/known_projects.hpp"

#include <algorithm>
#include <set>

#include "cli/failure_fields.hpp"
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
                "opentraces list --everywhere names them.");
}

std::vector<std::string> registered_paths(Context& context) {
    return store::registered_projects(context.ports.environment.opentraces_home(), context.ports.disk);
}

}  // namespace

std::vector<std::string> projects_named(Context& context, const std::vector<std::string>& names) {
    const Environment& environment = context.ports.environment;
    const auto known = registered_paths(context);
    std::set<std::string> chosen;
    for (const std::string& name : names) {
        const std::string path =
            is_path(name) ? fs::absolute(name, environment, context.ports.disk) : std::string();
        bool found = false;
        for (const std::string& project : known) {
            if (project != path && (!path.empty() || fs::file_name(project) != name)) continue;
            found = true;
            chosen.insert(project);
        }
        if (!found) throw_unknown(name);
    }
    return {chosen.begin(), chosen.end()};
}

json::Array left_out_array(const std::vector<ProjectLeftOut>& left_out) {
    json::Array array;
    for (const ProjectLeftOut& project : left_out) {
        flow::Failures one;
        one.add(project.path, project.why);
        array.emplace_back(failure_object(one.kept().front()));
    }
    return array;
}

std::vector<ProjectLeftOut> visit_projects(Context& context, const std::vector<std::string>& names,
                                           ProjectUse use, const std::function<void(Project&)>& visit) {
    std::vector<ProjectLeftOut> left_out;
    const std::vector<std::string> paths =
        names.empty() ? registered_paths(context) : projects_named(context, names);
    for (const std::string& path : paths) {
        try {
            const auto folder = context.ports.disk.info(path);
            if (!folder) throw Error(ErrorCode::NotFound, path + " has gone");
            if (!folder->is_directory()) throw Error(ErrorCode::UntrustedProject, path + " is no folder");
            Project project = use == ProjectUse::Write ? open_project_at(context, path)
                                                       : open_project_for_reading_at(context, path);
            visit(project);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Interrupted) throw;
            context.progress.warning("project left out: " + error.message());
            left_out.push_back({path, error});
        }
    }
    return left_out;
}

}  // namespace opentraces::cli
