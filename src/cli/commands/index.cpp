#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/dataset_option.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/index_rebuild.hpp"

namespace opentraces::cli {
namespace {

Answer run(Context& context, const std::string& target) {
    const Project project = open_project(context);
    flow::IndexRebuildOptions options;
    options.remote = dataset_named(context, target, project);
    options.settings = project.config.card;
    options.scan = scrub_options(context, &project.config, project.root);
    const flow::IndexRebuildReport report =
        flow::rebuild_index(context.ports, *project.store, project.root, options, context.progress);
    json::Array damage;
    for (const std::string& text : report.damage)
        damage.emplace_back(text);
    Answer answer;
    answer.fields.append("remote", report.remote);
    answer.fields.append("url", text_or_null(report.url));
    answer.fields.append("shard_count", report.shards);
    answer.fields.append("trace_count", report.traces);
    answer.fields.append("scan_receipts_kept", report.receipts);
    answer.fields.append("damage", std::move(damage));
    answer.fields.append("commit", text_or_null(report.commit));
    answer.fields.append("commit_url", text_or_null(report.commit_url));
    for (const std::string& text : report.damage)
        answer.text += printable_line(text) + "\n";
    answer.text += fmt::format("Read {} with {} of {}; {}\n", counted(report.shards, "shard"),
                               counted(report.traces, "trace"), printable_line(report.remote),
                               report.commit.empty() ? "the index is as it should be." : "wrote the index.");
    return answer;
}

}  // namespace

Run declare_index_rebuild(OptionSet& accepted) {
    auto target = std::make_shared<std::string>();
    add_dataset(accepted, *target);
    accepted.example("opentraces index rebuild ./dataset", "When a push or verify calls the index damaged");
    return [target](Context& context) { return run(context, *target); };
}

}  // namespace opentraces::cli
