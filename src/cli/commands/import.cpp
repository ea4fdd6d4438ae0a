#include "opentraces/flow/import.hpp"

#include <fmt/format.h>

#include "cli/capture_fields.hpp"
#include "cli/command.hpp"
#include "cli/dataset_option.hpp"
#include "cli/diagnostic_fields.hpp"
#include "cli/failure_fields.hpp"
#include "cli/project_context.hpp"
#include "cli/standard_input.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/dataset/open.hpp"
#include "opentraces/flow/auto_push.hpp"
#include "opentraces/hub/remote_spec.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::string source;
    std::string parser;
    std::string subset;
    std::string split;
    std::int64_t limit = 0;
    bool dry_run = false;
    bool commit = false;
};

json::Object import_object(const flow::ImportResult& result, const Options& options, std::int64_t committed) {
    const auto stored = [&](std::int64_t count) {
        return options.dry_run ? json::Value() : json::Value(count);
    };
    json::Object object;
    object.append("parser",
                  result.parsers.size() == 1 ? json::Value(result.parsers.begin()->first) : json::Value());
    object.append("parsers", counts_object(result.parsers));
    object.append("detected", result.detected);
    object.append("remote", text_or_null(result.source));
    object.append("head", text_or_null(result.revision));
    object.append("dry_run", options.dry_run);
    object.append("files", result.files);
    object.append("rows", result.rows);
    object.append("parsed", result.parsed);
    object.append("captured", stored(result.captured));
    object.append("updated", stored(result.updated));
    object.append("unchanged", stored(result.unchanged));
    object.append("older", stored(result.older));
    object.append("repeated", result.repeated);
    object.append("skipped_rows", result.skipped);
    object.append("skipped_reasons", counts_object(result.skipped_reasons));
    json::Array remarks;
    for (const auto& [remark, count] : result.remarks)
        remarks.emplace_back(diagnostic_object({.words = remark, .count = static_cast<std::uint64_t>(count)},
                                               {{Part::Words, "message"}, {Part::Count, "count"}}));
    object.append("remarks", std::move(remarks));
    object.append("redactions", result.redactions);
    object.append("need_review", result.needs_review);
    object.append("committed", stored(committed));
    json::Array ids;
    for (const TraceId& id : result.traces)
        ids.emplace_back(id.str());
    object.append("trace_ids", std::move(ids));
    return object;
}

std::string counts_text(const flow::ImportResult& result, const Options& options) {
    if (options.dry_run) {
        std::string parsers;
        for (const auto& [parser, files] : result.parsers)
            parsers += (parsers.empty() ? "" : ", ") + parser;
        return fmt::format("{} would be imported by the parser{} {}, {} redacted: nothing was stored",
                           counted(result.parsed, "trace"), result.parsers.size() > 1 ? "s" : "", parsers,
                           counted(result.redactions, "value"));
    }
    return fmt::format("{} imported, {} updated, {} unchanged", counted(result.captured, "trace"),
                       result.updated, result.unchanged);
}

std::string import_text(const flow::ImportResult& result, const Options& options, std::int64_t committed) {
    std::string text = counts_text(result, options);
    if (result.skipped > 0) text += fmt::format("; {} without a session", counted(result.skipped, "row"));
    if (result.repeated > 0) text += fmt::format("; {} repeated", counted(result.repeated, "row"));
    if (result.failed.total() > 0) text += fmt::format("; {} failed", result.failed.total());
    text += "\n";
    if (result.older > 0) {
        text += fmt::format("{}: what is stored says something else and goes further, or is published\n",
                            counted(result.older, "unchanged trace"));
    }
    for (const auto& [remark, count] : result.remarks)
        text += fmt::format("note: {} ({}x)\n", printable_line(remark), count);
    if (committed > 0) text += fmt::format("{} committed\n", counted(committed, "trace"));
    if (result.captured + result.updated > committed)
        text += "Next: opentraces list, then opentraces commit\n";
    return text;
}

flow::ImportOptions flow_options(const Options& given) {
    flow::ImportOptions options;
    if (!given.parser.empty()) options.importer = &formats::importer_named(given.parser);
    options.subset = given.subset;
    options.split = given.split;
    options.limit = given.limit;
    options.dry_run = given.dry_run;
    return options;
}

// Files are no datasets: what exists here is meant, unless a remote of the project is called so.
std::string dataset_of(Context& context, const std::string& source, const Project& project) {
    const auto named = [&] { return dataset_named(context, source, project); };
    const Environment& environment = context.ports.environment;
    if (project.config.find_remote(source) != nullptr || source.starts_with("file:") ||
        dataset::name_at_address(source, environment))
        return named();
    fs::Disk& disk = context.ports.disk;
    const std::string path = fs::absolute(source, environment, disk);
    if (const auto info = disk.info(path)) {
        const auto data = info->is_directory() ? disk.info(fs::join(path, "data")) : std::nullopt;
        return data && data->is_directory() ? path : "";
    }
    const bool is_file = source.ends_with(".json") || source.ends_with(".jsonl");
    return hub::names_a_folder(source) || is_file ? "" : named();
}

flow::ImportResult import_from(Context& context, const Options& given, const Project& project,
                               const flow::ImportOptions& options) {
    store::Store* const store = project.store.get();
    if (given.source == "-")
        return flow::import_stream("-", open_input(context, "-"), store, options, context.progress);
    const std::string dataset = dataset_of(context, given.source, project);
    if (!dataset.empty()) {
        const DatasetMemory memory = open_dataset_memory(context);
        return flow::import_dataset(*memory.ports, dataset, store, memory.folder, options, context.progress);
    }
    if (!given.subset.empty() || !given.split.empty())
        throw Error(ErrorCode::BadOption, "only a dataset has subsets and splits");
    const std::string path = fs::absolute(given.source, context.ports.environment, context.ports.disk);
    return flow::import_path(path, store, options, context.ports.disk, context.progress);
}

Answer run(Context& context, const Options& given) {
    flow::ImportOptions options = flow_options(given);
    Project project;
    const bool has_project = !given.dry_run || present_project(context).has_value();
    if (has_project) project = open_project(context);
    options.scrub = scrub_options(context, has_project ? &project.config : nullptr, project.root);
    options.prices = own_prices(context, has_project ? &project : nullptr);
    const flow::ImportResult result = import_from(context, given, project, options);
    std::int64_t committed = 0;
    if (!given.dry_run && (given.commit || project.config.review_policy == store::ReviewPolicy::Auto))
        committed = flow::commit_clean(*project.store, result.traces, context.ports.ids);
    Answer answer;
    answer.fields = import_object(result, given, committed);
    answer.text = import_text(result, given, committed);
    tell_failures(answer, result.failed, "row");
    if (!context.json) context.terminal.err(failures_text(result.failed));
    return answer;
}

}  // namespace

Run declare_import(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted
        .add_option("SOURCE", options->source,
                    "A file, a folder, \"-\" for standard input, or a dataset: a remote of the project, a "
                    "dataset folder, owner/name on the Hub, or its address")
        .required();
    accepted
        .add_option("--parser", options->parser,
                    "What the rows are: " + formats::importer_names() +
                        "; without it, the first row has to be recognised by exactly one")
        .type_name("P")
        .completes(Candidates::Parsers);
    accepted.add_option("--subset", options->subset, "Configuration of the dataset: its folder or file name")
        .type_name("S");
    accepted.add_option("--split", options->split, "Only files of this split, such as train").type_name("S");
    accepted.add_option("--limit", options->limit, "Stop after this many traces").positive().type_name("N");
    accepted.add_flag("--dry-run", options->dry_run, "Parse and scrub, store nothing; needs no project");
    accepted.add_flag("--auto", options->commit, "Commit what needs no review");
    accepted.check([options] { flow_options(*options); });
    accepted.example("opentraces import rows.jsonl", "Rows of another format; the parser is found out");
    accepted.example("opentraces import ./dataset --dry-run", "What a dataset would bring");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
