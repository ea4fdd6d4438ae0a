#include "opentraces/flow/rescan.hpp"

#include <fmt/format.h>

#include "cli/capture_fields.hpp"
#include "cli/command.hpp"
#include "cli/dataset_option.hpp"
#include "cli/project_context.hpp"
#include "cli/terminal_progress.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/shell.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::string remote;
    std::string output;
    bool all = false;
    bool stored_only = false;
};

constexpr std::size_t k_shown = 20;

json::Array traces_array(const std::vector<flow::RescannedTrace>& traces, bool stored) {
    json::Array array;
    for (const flow::RescannedTrace& trace : traces) {
        json::Object object;
        object.append("trace_id", trace.trace_id);
        object.append("content_hash", trace.content_hash);
        object.append(stored ? "stage" : "shard", trace.place);
        if (!stored) object.append("line", static_cast<std::int64_t>(trace.line));
        object.append("findings_by_rule", counts_object(trace.findings));
        object.append("bytes", trace.bytes);
        array.emplace_back(std::move(object));
    }
    return array;
}

json::Object fields_of(const flow::RescanReport& report, const std::string& output) {
    json::Object fields;
    fields.append("remote", text_or_null(report.remote));
    fields.append("url", text_or_null(report.url));
    fields.append("head", text_or_null(report.head));
    fields.append("shard_count", report.shards);
    fields.append("shards_vouched_for", report.vouched);
    fields.append("shards_remembered", report.remembered);
    fields.append("shards_read", report.shards_read);
    fields.append("shards_with_findings", report.shards_with_findings);
    fields.append("published_read", report.traces_read);
    fields.append("stored_read", report.stored_read);
    fields.append("published_traces", traces_array(report.published, false));
    fields.append("stored_traces", traces_array(report.stored, true));
    fields.append("more_traces", report.more);
    fields.append("findings_by_rule", counts_object(report.findings));
    fields.append("bytes", report.bytes);
    fields.append("plan_file", text_or_null(output));
    return fields;
}

std::string rules_text(const std::map<std::string, std::int64_t>& findings) {
    std::string text;
    for (const auto& [rule, count] : findings)
        text += fmt::format("{}{} x {}", text.empty() ? "" : ", ", count, rule);
    return text;
}

std::string list_text(const std::vector<flow::RescannedTrace>& traces) {
    std::string text;
    for (std::size_t i = 0; i < std::min(traces.size(), k_shown); ++i)
        text += fmt::format("  {}  {}: {}, {}\n", printable_line(traces[i].trace_id),
                            printable_line(traces[i].place), rules_text(traces[i].findings),
                            bytes_text(traces[i].bytes));
    if (traces.size() > k_shown)
        text += fmt::format("  and {} more; --json names them\n", traces.size() - k_shown);
    return text;
}

std::string text_of(const flow::RescanReport& report, const std::string& output) {
    std::string text = list_text(report.published) + list_text(report.stored);
    if (!report.remote.empty())
        text += fmt::format("{}: {}, {} vouched for by today's rules, {} read before, {} read now\n",
                            printable_line(report.remote), counted(report.shards, "shard"), report.vouched,
                            report.remembered, report.shards_read);
    text += fmt::format("In the project: {} read\n", counted(report.stored_read, "trace"));
    if (report.is_clean()) return text + "Today's rules find nothing in them.\n";
    if (!report.published.empty() && output.empty())
        text +=
            "To mend what is published: opentraces rescan --output plan.jsonl, then opentraces takedown "
            "--plan "
            "plan.jsonl\n";
    if (!report.published.empty() && !output.empty())
        text += fmt::format("To mend what is published: opentraces takedown --plan {} --repo {}\n",
                            shell_quoted(output), shell_quoted(printable_line(report.remote)));
    if (!report.stored.empty())
        text += "To mend what is stored: opentraces recapture, or opentraces reject ID\n";
    return text;
}

// The default remote may be one that nothing was pushed to, or none.
bool looks_at_dataset(const Options& given, const Project& project) {
    return !given.stored_only && (!given.remote.empty() || !project.config.remotes.empty());
}

Answer run(Context& context, const Options& given) {
    const Project project = open_project(context);
    flow::RescanOptions options;
    options.published = looks_at_dataset(given, project);
    if (options.published) options.remote = dataset_named(context, given.remote, project);
    options.must_exist = !given.remote.empty();
    options.all = given.all;
    if (!given.output.empty())
        options.output = fs::absolute(given.output, context.ports.environment, context.ports.disk);
    options.scan = scrub_options(context, &project.config, project.root);
    const flow::RescanReport report =
        flow::rescan(context.ports, *project.store, project.root, options, context.progress);
    Answer answer;
    answer.fields = fields_of(report, given.output);
    answer.text = text_of(report, given.output);
    if (!report.is_clean())
        answer.error =
            Error(ErrorCode::CheckFailed, "today's rules find something in traces that are there",
                  "Run: opentraces takedown for what is published, opentraces recapture for the rest.");
    return answer;
}

}  // namespace

Run declare_rescan(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    add_dataset(accepted, options->remote);
    accepted.add_option("-o,--output", options->output, "Write a plan for takedown --plan").type_name("FILE");
    accepted.add_flag(
        "--all", options->all,
        "Also shards that passed today's rules before they were pushed, by the dataset's index");
    accepted.add_flag("--stored", options->stored_only, "Only the traces of the project, no dataset");
    accepted.check([options] {
        if (options->stored_only && (!options->remote.empty() || !options->output.empty() || options->all))
            throw Error(ErrorCode::BadOption, "--stored is about no dataset");
    });
    accepted.example("opentraces rescan", "The project's traces and its dataset");
    accepted.example("opentraces rescan ./dataset --all -o plan.jsonl", "Every shard, and a plan");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
