#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/confirmation.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/init.hpp"
#include "opentraces/store/registry.hpp"

namespace opentraces::cli {
namespace {

std::int64_t unpushed(store::Store& store) {
    const auto counts = store.counts();
    std::int64_t total = 0;
    for (const auto& [stage, count] : counts)
        total += stage == store::Stage::Pushed ? 0 : count;
    return total;
}

void confirm_loss(Context& context, std::int64_t lost) {
    const std::string what = fmt::format("{} not pushed would be deleted", counted(lost, "trace"));
    confirm(context, what, what + ". Delete them?", "nothing was removed");
}

Answer run(Context& context, bool yes) {
    std::int64_t deleted = 0;
    std::string root;
    store::ProjectConfig config;
    {
        const Project project = open_project(context);
        const auto lock = project.store->lock();
        root = project.root;
        config = project.config;
        deleted = unpushed(*project.store);
        if (deleted > 0 && !yes) confirm_loss(context, deleted);
    }
    fs::Disk& disk = context.ports.disk;
    const flow::RemovedProject removed = flow::remove_project(root, config, disk);
    store::forget_project(root, context.ports.environment.opentraces_home(), disk);
    Answer answer;
    json::Array left;
    for (const std::string& path : removed.left)
        left.emplace_back(path);
    answer.fields.append("project", root);
    answer.fields.append("removed_hook", !removed.hooks.empty());
    answer.fields.append("removed_hooks", json::Array(removed.hooks.begin(), removed.hooks.end()));
    answer.fields.append("deleted_unpushed", deleted);
    answer.fields.append("left", std::move(left));
    answer.text = fmt::format("Removed opentraces from {}. Datasets on the Hub are as they were.\n",
                              printable_line(root));
    for (const std::string& path : removed.left)
        answer.text += fmt::format("  left, because opentraces did not make it: {}\n", printable_line(path));
    return answer;
}

}  // namespace

Run declare_remove(OptionSet& accepted) {
    auto yes = std::make_shared<bool>(false);
    accepted.add_flag("-y,--yes", *yes, "Delete traces that were not pushed without asking");
    accepted.example("opentraces remove --yes", "Forget the project, pushed or not");
    return [yes](Context& context) { return run(context, *yes); };
}

}  // namespace opentraces::cli
