#include "opentraces/flow/assess.hpp"

#include <fmt/format.h>

#include <memory>

#include "cli/command.hpp"
#include "cli/dataset_option.hpp"
#include "cli/error_text.hpp"
#include "cli/failure_fields.hpp"
#include "cli/project_context.hpp"
#include "cli/quality_fields.hpp"
#include "cli/selection.hpp"
#include "cli/standard_input.hpp"
#include "cli/streamed_object.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/dataset/dataset.hpp"
#include "opentraces/flow/judge.hpp"
#include "opentraces/json/document.hpp"
#include "opentraces/quality/report.hpp"
#include "opentraces/quality/summary.hpp"

namespace opentraces::cli {
namespace {

using quality::Batch;
using quality::Persona;
using quality::QualitySummary;

struct Options {
    Selection selection;
    bool all_staged = false;
    std::vector<std::string> inputs;
    std::string dataset;
    bool compare_remote = false;
    bool checks = false;
    std::string persona;
    bool gate = false;
    std::string thresholds;
    std::string report;
    std::string rubric = "0.2";
    std::string partial;
    std::vector<std::string> merge;
    std::string sessions;
    bool judge = false;
    std::string judge_model = "haiku";
    bool keep_going = false;
    bool dry_run = false;
    std::int64_t limit() const { return std::max<std::int64_t>(selection.limit, 0); }
    std::optional<Persona> only() const { return quality::parse_persona(persona); }
};

std::string absolute_path(Context& context, const std::string& path) {
    return fs::absolute(path, context.ports.environment, context.ports.disk);
}

// What is told of every trace while it is scored: nothing of it is kept, except in the report.
class TraceOutput {
public:
    TraceOutput(Context& context, const Options& options)
        : m_context(context),
          m_options(options),
          m_object("assessments", [&context](std::string_view text) { context.terminal.out(text); }) {}

    flow::OnTrace observer() {
        return [this](const trace::TraceRecord& record, const quality::Assessment& assessment) {
            note_failing(record, assessment, m_failing);
            add(assessment, record.agent.name);
        };
    }

    void add(const quality::Preservation& preservation) { m_report.add(preservation); }
    std::string report(const Batch& batch) const { return m_report.finish(batch); }
    StreamedObject& object() { return m_object; }
    const FailingAgents& failing() const { return m_failing; }

private:
    void add(const quality::Assessment& assessment, const std::string& agent) {
        if (!m_options.report.empty()) m_report.add(assessment);
        if (!m_options.checks) return;
        if (m_context.json)
            m_object.add(assessment_object(assessment, m_options.only()));
        else
            m_context.terminal.out(checks_text(assessment, agent, m_options.only()));
    }

    Context& m_context;
    const Options& m_options;
    quality::MarkdownReport m_report;
    FailingAgents m_failing;
    StreamedObject m_object;
};

struct Outcome {
    Batch batch;
    std::optional<flow::DatasetScores> dataset;
    std::optional<std::string> compared_with;
    std::optional<QualitySummary> published;
};

flow::AssessOptions assess_options(Context& context, const Options& options, TraceOutput& output) {
    flow::AssessOptions assess;
    assess.rubric = *quality::parse_rubric(options.rubric);
    assess.limit = options.limit();
    if (!options.sessions.empty()) assess.sessions = absolute_path(context, options.sessions);
    assess.on_trace = output.observer();
    if (!options.report.empty())
        assess.on_preservation = [&](const quality::Preservation& kept) { output.add(kept); };
    if (options.judge) {
        assess.judge_model = options.judge_model;
        assess.judge = flow::http_judge(context.ports,
                                        flow::judge_endpoint(context.ports.environment, options.judge_model),
                                        scrub_options(context));
    }
    return assess;
}

// Only the plain scores of a whole dataset come from its index and go into it.
bool wants_whole_dataset(const Options& options) {
    return options.rubric == "0.2" && !options.checks && options.report.empty() && options.limit() == 0 &&
           options.persona.empty() && options.sessions.empty() && options.partial.empty() && !options.judge;
}

void run_dataset(Context& context, const Options& options, const quality::Thresholds& thresholds,
                 flow::Scorer& scorer, Outcome& outcome) {
    const DatasetMemory memory = open_dataset_memory(context);
    dataset::Dataset dataset(memory.place(), dataset_named(context, options.dataset, memory),
                             options.dry_run ? dataset::Access::Read : dataset::Access::Write,
                             context.progress);
    if (options.compare_remote) {
        outcome.compared_with = dataset.remote().name();
        outcome.published = flow::published_scores(dataset.remote());
    }
    flow::DatasetOptions details;
    details.thresholds = thresholds;
    details.card = memory.config.card;
    details.dry_run = options.dry_run;
    if (!options.dry_run) details.scan = scrub_options(context, &memory.config, std::string(memory.root()));
    outcome.dataset = flow::score_or_assess(dataset, scorer, !wants_whole_dataset(options), details);
    outcome.batch = outcome.dataset->batch;
}

void run_inputs(Context& context, const Options& options, flow::Scorer& scorer) {
    std::vector<json::ByteSource> sources;  // a name that is wrong is noticed before anything is scored
    for (const std::string& input : options.inputs)
        sources.push_back(open_input(context, input));
    for (std::size_t i = 0; i < sources.size(); ++i)
        flow::visit_lines(scorer, options.inputs[i], std::move(sources[i]));
}

void run_stored(Context& context, const Options& options, flow::Scorer& scorer, Outcome& outcome) {
    const Project project = open_selected_project_for_reading(context, options.selection);
    SelectionDefaults defaults{.stages = {store::Stage::Committed}, .order = store::Order::Oldest};
    if (options.all_staged) defaults.stages.push_back(store::Stage::Inbox);
    const std::vector<TraceId> ids = select(context, *project.store, options.selection, defaults).ids();
    if (ids.empty()) context.progress.note("no committed traces; add --all-staged to score the inbox too");
    flow::visit_stored(scorer, *project.store, ids);
    if (!options.compare_remote) return;
    const store::RemoteConfig* configured = project.config.find_remote();
    if (configured == nullptr)
        throw Error(ErrorCode::ConfigInvalid, "the project has no remote to compare with",
                    "Run: opentraces remote set OWNER/NAME");
    outcome.compared_with = configured->target;
    outcome.published = flow::published_scores(*dataset::open(
        context.ports, dataset_named(context, {}, project), dataset::Access::Read, context.progress));
}

Outcome score(Context& context, const Options& options, const quality::Thresholds& thresholds,
              TraceOutput& output) {
    Outcome outcome;
    if (!options.merge.empty()) {
        outcome.batch = flow::merge_partials(options.merge, context.ports);
        return outcome;
    }
    flow::Scorer scorer(context.ports, assess_options(context, options, output));
    if (!options.dataset.empty()) {
        run_dataset(context, options, thresholds, scorer, outcome);
        return outcome;
    }
    if (!options.inputs.empty())
        run_inputs(context, options, scorer);
    else
        run_stored(context, options, scorer, outcome);
    outcome.batch = scorer.batch();
    return outcome;
}

constexpr std::string_view k_nothing_scored = "there is nothing to score";

// What publishes scores does not know this: it is about the command that was asked to be a gate.
json::Object gate_object(const QualitySummary& summary, bool asked, std::int64_t traces) {
    json::Array failures(summary.gate_failures.begin(), summary.gate_failures.end());
    if (asked && traces == 0 && failures.empty()) failures.emplace_back(std::string(k_nothing_scored));
    json::Object object;
    object.append("passed", failures.empty());
    object.append("reasons", std::move(failures));
    return object;
}

json::Object dataset_object(const flow::DatasetScores& dataset) {
    const auto text_or_nothing = [](const std::string& text) {
        return text.empty() ? json::Value() : json::Value(text);
    };
    json::Object object;
    object.append("remote", dataset.remote);
    object.append("shard_count", dataset.shards);
    object.append("shards_read", dataset.shards_read);
    object.append("commit", text_or_nothing(dataset.commit));
    object.append("commit_url", text_or_nothing(dataset.commit_url));
    return object;
}

json::Object answer_fields(const Outcome& outcome, const QualitySummary& summary, bool gate) {
    json::Object fields;
    fields.append("rubric", quality::name_of(outcome.batch.rubric()));
    fields.append("mode", summary.scoring_mode);
    fields.append("trace_count", outcome.batch.traces());
    fields.append("quality", quality::to_object(summary));
    fields.append("gate", gate_object(summary, gate, outcome.batch.traces()));
    fields.append("dataset", outcome.dataset ? json::Value(dataset_object(*outcome.dataset)) : json::Value());
    fields.append("comparison",
                  outcome.compared_with
                      ? json::Value(comparison_object(*outcome.compared_with, summary, outcome.published))
                      : json::Value());
    return fields;
}

void write_files(Context& context, const Options& options, const Batch& batch, const TraceOutput& output) {
    if (!options.partial.empty())
        context.ports.disk.replace(absolute_path(context, options.partial),
                                   json::write_document(json::Value(batch.to_object())) + "\n", 0644);
    if (!options.report.empty())
        context.ports.disk.replace(absolute_path(context, options.report), output.report(batch), 0644);
}

std::string answer_text(Context& context, const Outcome& outcome, const QualitySummary& summary,
                        const quality::Thresholds& thresholds, const FailingAgents& agents) {
    std::string text = scores_text(outcome.batch, summary, thresholds, agents, context.terminal);
    if (outcome.published) text += comparison_text(summary, *outcome.published);
    if (outcome.dataset && !outcome.dataset->commit.empty())
        text += fmt::format("\nScores written to {} ({} of {} shards read)\n",
                            printable_line(outcome.dataset->remote), outcome.dataset->shards_read,
                            outcome.dataset->shards);
    return text;
}

void check(const Options& options) {
    const bool of_project = options.selection.is_given() || options.all_staged;
    const int sources = (of_project ? 1 : 0) + (options.inputs.empty() ? 0 : 1) +
                        (options.dataset.empty() ? 0 : 1) + (options.merge.empty() ? 0 : 1);
    if (sources > 1)
        throw Error(ErrorCode::BadOption,
                    "--input, --repo and --merge exclude each other, and choosing traces of a project");
    if (options.all_staged && (options.selection.has_ids() || !options.selection.stages.empty()))
        throw Error(ErrorCode::BadOption, "IDS, --all-staged and --stage exclude each other");
    if (!options.merge.empty() &&
        (options.checks || options.limit() > 0 || !options.report.empty() || options.judge))
        throw Error(ErrorCode::BadOption,
                    "--merge knows sums only: no --checks, --limit, --report or --judge");
    if (!options.dataset.empty()) flow::check_publishable(!wants_whole_dataset(options), options.dry_run);
    if (options.compare_remote && (!options.inputs.empty() || !options.merge.empty()))
        throw Error(ErrorCode::BadOption, "--compare-remote needs a project or --repo");
}

Answer assess(Context& context, const Options& options, TraceOutput& output) {
    const quality::Thresholds thresholds = read_thresholds(context, options.thresholds);
    const Outcome outcome = score(context, options, thresholds, output);
    // What was published is what is answered, to the time of day.
    const QualitySummary summary =
        outcome.dataset && wants_whole_dataset(options)
            ? outcome.dataset->summary
            : quality::summarise(outcome.batch, thresholds, context.ports.clock.now(), options.only());
    write_files(context, options, outcome.batch, output);
    const flow::Failures broken = broken_lines(outcome.batch);
    const bool gated = options.gate && !summary.gate_failures.empty();
    // A gate that has nothing to look at has seen nothing that is good enough.
    const bool nothing = options.gate && outcome.batch.traces() == 0;
    Answer answer;
    if (nothing)
        answer.error =
            Error(ErrorCode::GateFailed, "the gate does not pass: " + std::string(k_nothing_scored),
                  "Run: opentraces list");
    else if (gated)
        answer.error = Error(ErrorCode::GateFailed, "the gate fails: " + summary.gate_failures.front());
    else if (!broken.empty() && !options.keep_going)
        answer.error = error_of(broken, "line");
    answer.fields = answer_fields(outcome, summary, options.gate);
    append_failures(answer.fields, broken);
    answer.text = answer_text(context, outcome, summary, thresholds, output.failing());
    if (nothing) answer.text += fmt::format("The gate does not pass: {}\n", k_nothing_scored);
    if (context.json && options.checks) {
        output.object().end(answer_object(answer));
        answer.printed = true;
    }
    return answer;
}

Answer run(Context& context, const Options& options) {
    TraceOutput output(context, options);
    return run_streamed(output.object(), [&] { return assess(context, options, output); });
}

}  // namespace

Run declare_assess(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    declare_selection(accepted, options->selection,
                      "Traces of the project (- reads ids from standard input); without any, the committed "
                      "ones. After --merge: more files");
    accepted.add_flag("--all-staged", options->all_staged, "Score the inbox too");
    accepted
        .add_option("--input", options->inputs,
                    "TraceRecord JSONL, or - for standard input; no project needed")
        .type_name("FILE");
    add_repo_option(accepted, options->dataset, "Score a whole dataset and publish the scores in it");
    accepted.add_flag("--dry-run", options->dry_run, "With --repo: publish nothing");
    accepted.add_flag("--compare-remote", options->compare_remote,
                      "Compare with the scores that the dataset has published");
    accepted.add_flag("--checks", options->checks, "Every check of every trace");
    accepted.add_option("--persona", options->persona, "Look at one persona only")
        .one_of({"conformance", "training", "rl", "analytics", "domain"});
    accepted.add_flag("--gate", options->gate, "Exit 8 when the quality gate fails");
    accepted.add_option("--thresholds", options->thresholds, "JSON file with the gate's thresholds")
        .type_name("FILE");
    accepted.add_option("--rubric", options->rubric, "0.2 (comparable across datasets) or 1 (stricter)")
        .one_of({"0.2", "1"})
        .show_default();
    accepted.add_option("--report", options->report, "Write a Markdown report").type_name("FILE");
    accepted
        .add_option("--sessions", options->sessions,
                    "Folder of raw sessions: measure what the traces have kept of them")
        .type_name("DIR");
    accepted.add_option("--partial", options->partial, "Write the sums, for --merge").type_name("FILE");
    accepted.add_option("--merge", options->merge, "Add up what --partial has written").type_name("FILE");
    accepted.add_flag(
        "--judge", options->judge,
        "Blend in scores of a language model (OPENTRACES_JUDGE_URL, OPENTRACES_JUDGE_KEY); sends trace text");
    accepted
        .add_option("--judge-model", options->judge_model, "haiku, sonnet, opus, or the endpoint's own name")
        .type_name("M")
        .show_default();
    accepted.add_flag("--keep-going", options->keep_going,
                      "Lines that are no TraceRecord do not make it exit 8");
    accepted.footer(
        "Exit 8 when a line is not a TraceRecord (unless --keep-going), or the gate fails with --gate.");
    accepted.check([options] {
        // --merge part-*.scores, as a shell makes it
        std::vector<std::string>& ids = options->selection.ids;
        if (!options->merge.empty()) options->merge.insert(options->merge.end(), ids.begin(), ids.end());
        if (!options->merge.empty()) ids.clear();
        check(*options);
    });
    accepted.example("opentraces assess", "Scores of the committed traces");
    accepted.example("opentraces assess --input traces.jsonl --checks",
                     "Every check of every line of a file");
    accepted.example("opentraces assess --repo ./dataset --dry-run", "A whole dataset, publishing nothing");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
