#include "opentraces/flow/export.hpp"

#include <memory>

#include "cli/command.hpp"
#include "cli/dataset_option.hpp"
#include "cli/error_text.hpp"
#include "cli/export_fields.hpp"
#include "cli/export_options.hpp"
#include "cli/failure_fields.hpp"
#include "cli/project_context.hpp"
#include "cli/selection.hpp"
#include "cli/standard_input.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/version.hpp"
#include "opentraces/dataset/dataset.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/json/visible.hpp"

namespace opentraces::cli {
namespace {

using store::Stage;

constexpr const char* k_by_trace = "trace";
constexpr const char* k_by_episode = "episode";

struct Options {
    std::string format;
    Selection selection;
    bool all = false;
    std::vector<std::string> inputs;
    std::string dataset;
    std::string output = "-";
    std::string split_by;
    std::string endpoint;
    std::string report;
    bool dry_run = false;
    bool list = false;
    bool keep_going = false;
    formats::ExportOptions details;
};

std::string absolute_path(Context& context, const std::string& path) {
    return fs::absolute(path, context.ports.environment, context.ports.disk);
}

std::string known_formats() {
    std::string known;
    for (const formats::Format& format : formats::formats())
        known.append(known.empty() ? "" : ", ").append(format.name);
    return known;
}

void check(const OptionSet& accepted, const Options& options) {
    if (options.list) return;
    const bool of_project = options.selection.is_given() || options.all;
    const int sources =
        (of_project ? 1 : 0) + (options.inputs.empty() ? 0 : 1) + (options.dataset.empty() ? 0 : 1);
    if (sources > 1)
        throw Error(ErrorCode::BadOption,
                    "--input and --repo exclude each other, and choosing traces of a project");
    if (options.all && (options.selection.has_ids() || !options.selection.stages.empty()))
        throw Error(ErrorCode::BadOption, "IDS, --all and --stage exclude each other");
    if (options.format.empty())
        throw Error(ErrorCode::BadOption, "which format? --format takes one of " + known_formats());
    check_format_options(accepted, formats::format_named(options.format));
    if (options.dry_run) return;
    const bool makes_files = options.split_by == k_by_trace;
    if (!options.endpoint.empty() && (accepted.is_given("--output") || makes_files))
        throw Error(ErrorCode::BadOption, "--endpoint and --output exclude each other");
    if (options.output == "-" && options.endpoint.empty() && makes_files)
        throw Error(ErrorCode::BadOption, "--split-by trace makes files", "Name a folder: -o FOLDER");
}

bool is_folder(Context& context, const Options& options) {
    if (options.split_by == k_by_trace || options.output.ends_with('/')) return true;
    const auto info = context.ports.disk.info(absolute_path(context, options.output));
    return info && info->is_directory();
}

void add_collector(Answer& answer, const flow::CollectorAnswer& collector) {
    json::Object object;
    object.append("requests", collector.requests);
    object.append("rejected_spans", collector.rejected_spans);
    object.append("message", text_or_null(collector.words));
    answer.fields.set("collector", std::move(object));
    if (collector.rejected_spans == 0) return;
    answer.text += "The collector rejected " +
                   counted(static_cast<std::int64_t>(collector.rejected_spans), "span") +
                   (collector.words.empty() ? "" : ": " + collector.words) + "\n";
    answer.error = Error(
        ErrorCode::CheckFailed,
        "the collector rejected " + counted(static_cast<std::int64_t>(collector.rejected_spans), "span"));
}

flow::ExportTarget target_of(Context& context, const Options& options) {
    flow::ExportTarget target;
    target.nowhere = options.dry_run;
    if (target.nowhere) return target;
    target.endpoint = options.endpoint;
    if (options.output == "-") return target;
    target.path = absolute_path(context, options.output);
    target.folder = is_folder(context, options);
    return target;
}

std::vector<TraceId> selected_traces(Context& context, store::Store& store, const Options& options) {
    SelectionDefaults defaults{.stages = {Stage::Committed, Stage::Pushed}, .order = store::Order::Oldest};
    if (options.all) defaults.stages.push_back(Stage::Inbox);
    return select(context, store, options.selection, defaults).ids();
}

void visit_dataset(Context& context, const std::string& name, flow::LineVisitor& visitor) {
    const DatasetMemory memory = open_dataset_memory(context);
    dataset::Dataset dataset(memory.place(), dataset_named(context, name, memory), dataset::Access::Read,
                             context.progress);
    flow::visit_dataset(visitor, dataset);
}

void visit_inputs(Context& context, const std::vector<std::string>& inputs, flow::LineVisitor& visitor) {
    std::vector<json::ByteSource> sources;  // a name that is wrong is noticed before anything is written
    for (const std::string& input : inputs)
        sources.push_back(open_input(context, input));
    for (std::size_t i = 0; i < sources.size(); ++i)
        flow::visit_lines(visitor, inputs[i], std::move(sources[i]));
}

flow::ExportSource source_of(Context& context, const Options& options) {
    if (!options.dataset.empty())
        return {[&](flow::LineVisitor& visitor) { visit_dataset(context, options.dataset, visitor); },
                Error(ErrorCode::NotFound, "the dataset " + options.dataset + " has no traces")};
    if (!options.inputs.empty())
        return {[&](flow::LineVisitor& visitor) { visit_inputs(context, options.inputs, visitor); },
                Error(ErrorCode::NotFound, "the input has no records")};
    const auto visit = [&](flow::LineVisitor& visitor) {
        const Project project = open_selected_project_for_reading(context, options.selection);
        flow::visit_stored(visitor, *project.store, selected_traces(context, *project.store, options));
    };
    return {visit, Error(ErrorCode::NotFound, "there are no traces to export",
                         options.all || options.selection.is_given()
                             ? "Run: opentraces list"
                             : "Committed and pushed traces are exported; add --all for the inbox too.")};
}

void write_report(Context& context, const Options& options, const json::Object& report) {
    if (options.report.empty()) return;
    context.ports.disk.replace(absolute_path(context, options.report),
                               json::write_pretty(json::Value(report)) + "\n", 0644);
}

// Standard output belongs to the documents: the answer goes to standard error.
void answer_on_the_side(Context& context, Answer& answer) {
    answer.printed = true;
    if (context.json) {
        context.terminal.err(json::to_visible(json::Value(answer_object(answer))) + "\n");
    } else if (!context.quiet || answer.error) {
        context.terminal.err(answer.text);
    }
}

Answer run(Context& context, const Options& options) {
    Answer answer;
    if (options.list) {
        answer.fields = formats_object();
        answer.text = formats_text();
        return answer;
    }
    const formats::Format& format = formats::format_named(options.format);
    formats::ExportOptions details = options.details;
    details.program_version = program_version();
    TerminalSink standard_output(context.terminal);
    flow::ExportSource source = source_of(context, options);
    source.in_episodes = options.split_by == k_by_episode;
    const flow::ExportResult result =
        flow::export_traces(context.ports, format, details, target_of(context, options), source,
                            standard_output, context.progress);
    const flow::ExportTally& tally = result.tally;
    answer.fields = export_object(format, result);
    write_report(context, options, answer.fields);
    if (options.dry_run) answer.text = coverage_text(format, tally);
    answer.text += export_text(format, result);
    if (!tally.failures.empty() && !options.keep_going) answer.error = error_of(tally.failures, "record");
    answer.fields.append("collector", nullptr);
    if (result.collector) add_collector(answer, *result.collector);
    if (!result.collector && options.output == "-" && !options.dry_run) answer_on_the_side(context, answer);
    return answer;
}

void declare_source(OptionSet& accepted, Options& options) {
    declare_selection(accepted, options.selection,
                      "Traces of the project (- reads ids from standard input); without any, the committed "
                      "and pushed ones");
    accepted.add_flag("--all", options.all, "The inbox too (rejected traces only by --stage or ID)");
    accepted
        .add_option("--input", options.inputs,
                    "TraceRecord JSONL, or - for standard input; no project needed")
        .type_name("FILE");
    add_repo_option(accepted, options.dataset, "Every trace of a dataset; no project needed");
}

void declare_output(OptionSet& accepted, Options& options) {
    accepted
        .add_option("-o,--output", options.output,
                    "File, folder (a file for each trace), or - for standard output")
        .type_name("OUT")
        .show_default();
    accepted
        .add_option("--split-by", options.split_by,
                    "trace: OUT is a folder, made if it is not there; episode: sessions in parts, each from "
                    "where a new task was begun")
        .type_name("WHAT")
        .one_of({k_by_trace, k_by_episode});
    accepted
        .add_option(
            "--endpoint", options.endpoint,
            "otlp: send to this collector (OTLP/HTTP, JSON) instead of writing; OTEL_EXPORTER_OTLP_HEADERS")
        .type_name("URL");
    accepted.add_option("--report", options.report, "Write the account of what was kept and lost, as JSON")
        .type_name("FILE");
    accepted.add_flag("--dry-run", options.dry_run,
                      "Write nothing; show what the format would keep and lose");
    accepted.add_flag("--keep-going", options.keep_going,
                      "Broken lines and records that the format cannot hold do not make it exit 8");
}

}  // namespace

Run declare_export(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_flag("--list", options->list, "List the formats and what each keeps of a record");
    accepted.add_option("--format", options->format, "Format, see --list")
        .type_name("F")
        .completes(Candidates::Formats);
    declare_source(accepted, *options);
    declare_output(accepted, *options);
    declare_format_options(accepted, options->details);
    accepted.footer(
        "With -o - the documents go to standard output and the summary (with --json one JSON object) to\n"
        "standard error. Exit 8 when a line is broken or a record was skipped, unless --keep-going; what\n"
        "could be written is written.");
    accepted.check([options, accepted] { check(accepted, *options); });
    accepted.example("opentraces export --list", "The formats, and what each keeps");
    accepted.example("opentraces export --format chat -o chat.jsonl", "Training rows");
    accepted.example("opentraces export --format chat --split-by episode -o chat.jsonl",
                     "Training rows, one for each task of a session");
    accepted.example("opentraces export --format markdown 4f2a", "One trace to read");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
