#include "opentraces/flow/migrate.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/failure_fields.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"

namespace opentraces::cli {
namespace {

Answer run(Context& context) {
    const Project project = open_project(context);
    if (!flow::has_python_traces(project.root, context.ports.disk)) {
        throw Error(ErrorCode::NotFound, "there are no traces of the Python tool in " + project.root);
    }
    const store::RemoteConfig* remote = project.config.find_remote();
    const flow::MigrateResult result =
        flow::migrate(project.root, remote == nullptr ? "" : remote->target, *project.store,
                      scrub_options(context, &project.config, project.root), context.ports.disk,
                      context.ports.ids, context.progress);
    json::Object stages;
    for (const auto& [stage, count] : result.stages)
        stages.append(std::string(store::name_of(stage)), count);
    Answer answer;
    answer.fields.append("migrated", result.migrated);
    answer.fields.append("unchanged", result.unchanged);
    answer.fields.append("counts", std::move(stages));
    answer.fields.append("held_back", result.held_back);
    tell_failures(answer, result.failed, "trace");
    answer.text =
        fmt::format("{} migrated, {} there already\n", counted(result.migrated, "trace"), result.unchanged);
    if (result.held_back > 0) {
        answer.text += fmt::format("{} committed before need review now: see opentraces list --stage inbox\n",
                                   counted(result.held_back, "trace"));
    }
    if (!context.json) context.terminal.err(failures_text(result.failed));
    return answer;
}

}  // namespace

Run declare_migrate(OptionSet& accepted) {
    accepted.footer("The old files stay as they are. Every record is scrubbed again.");
    accepted.example("opentraces migrate", "Take over state.json and staging/ of the Python tool");
    return run;
}

}  // namespace opentraces::cli
