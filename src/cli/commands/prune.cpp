#include "opentraces/flow/prune.hpp"

#include <fmt/format.h>

#include <map>

#include "cli/command.hpp"
#include "cli/confirmation.hpp"
#include "cli/project_context.hpp"
#include "cli/terminal_progress.hpp"
#include "cli/trace_fields.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::int64_t older_than = 30;  // days
    bool dry_run = false;
    bool yes = false;
};

struct Part {
    std::int64_t files = 0;
    std::uint64_t bytes = 0;
};
using Parts = std::map<flow::PruneKind, Part>;

Parts parts_of(const std::vector<flow::PruneItem>& plan) {
    Parts parts;
    for (const flow::PruneItem& item : plan) {
        ++parts[item.kind].files;
        parts[item.kind].bytes += item.bytes;
    }
    return parts;
}

std::string plan_text(const Parts& parts) {
    std::string text;
    for (const auto& [kind, part] : parts)
        text += fmt::format("  {:<11} {} ({})\n", flow::name_of(kind), counted(part.files, "file"),
                            bytes_text(part.bytes));
    return text;
}

Answer answer_of(const Parts& parts, bool removed, std::uint64_t bytes) {
    Answer answer;
    json::Object planned;
    for (const auto kind : {flow::PruneKind::RawCopies, flow::PruneKind::Cache, flow::PruneKind::Spool,
                            flow::PruneKind::Downloads}) {
        const auto part = parts.find(kind);
        json::Object object;
        object.append("files", part == parts.end() ? 0 : part->second.files);
        object.append("bytes", part == parts.end() ? std::uint64_t{0} : part->second.bytes);
        planned.append(std::string(flow::name_of(kind)), std::move(object));
    }
    answer.fields.append("removed", removed);
    answer.fields.append("plan", std::move(planned));
    answer.fields.append("bytes", bytes);
    return answer;
}

Answer run(Context& context, const Options& options) {
    const Project project = open_project(context);
    const auto lock = project.store->lock();
    flow::RawCopies raw(project.root, context.ports.disk);
    const auto plan =
        flow::plan_prune(project.root, *project.store, raw, context.ports.disk, context.ports.clock.now(),
                         std::chrono::hours(24) * options.older_than);
    const Parts parts = parts_of(plan);
    std::uint64_t bytes = 0;
    for (const auto& [kind, part] : parts)
        bytes += part.bytes;
    if (options.dry_run || plan.empty()) {
        Answer answer = answer_of(parts, false, bytes);
        answer.text = plan.empty() ? "Nothing to prune.\n"
                                   : "Would remove\n" + plan_text(parts) + bytes_text(bytes) + " in all\n";
        return answer;
    }
    if (!options.yes)
        confirm(context, "pruning removes files for good and was not confirmed",
                plan_text(parts) + "Remove these for good?", "nothing was removed");
    const std::uint64_t removed = flow::prune(project.root, plan, context.ports.disk);
    Answer answer = answer_of(parts, true, removed);
    answer.text = "Removed\n" + plan_text(parts) + bytes_text(removed) + " in all\n";
    return answer;
}

}  // namespace

Run declare_prune(OptionSet& accepted) {
    constexpr std::int64_t k_longest = 36'500;
    auto options = std::make_shared<Options>();
    accepted.add_option("--older-than", options->older_than, "Files of this many days and more")
        .type_name("N")
        .not_negative()
        .show_default();
    accepted.add_flag("--dry-run", options->dry_run, "Show the plan and remove nothing");
    accepted.add_flag("-y,--yes", options->yes, "Do not ask");
    accepted.check([options] {
        if (options->older_than > k_longest)
            throw Error(ErrorCode::BadOption, "--older-than is a number of days, a hundred years at most");
        if (options->dry_run && options->yes)
            throw Error(ErrorCode::BadOption, "--dry-run and --yes exclude each other");
    });
    accepted.example("opentraces prune --dry-run", "What may go, and how much that is");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
