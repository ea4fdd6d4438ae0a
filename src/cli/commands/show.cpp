#include <fmt/format.h>

#include "cli/chosen_commits.hpp"
#include "cli/command.hpp"
#include "cli/finding_fields.hpp"
#include "cli/outline.hpp"
#include "cli/project_context.hpp"
#include "cli/standard_input.hpp"
#include "cli/trace_fields.hpp"
#include "cli/transcript.hpp"
#include "opentraces/core/version.hpp"
#include "opentraces/flow/export.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/trace/codec.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::string id;
    bool verbose = false;
    bool outline = false;
    bool findings = false;
    bool markdown = false;
    bool pager = true;
};

trace::TraceRecord record_of(const store::TraceRow& row, const std::string& line) {
    trace::Decoded decoded = trace::decode(std::string_view(line));
    if (decoded.record) return *std::move(decoded.record);
    throw Error(ErrorCode::CorruptTrace,
                fmt::format("trace {} cannot be read: {}", row.id.str(), decoded.problem->words));
}

class TextSink final : public json::Sink {
public:
    void write(std::string_view part) override { text.append(part); }
    std::string text;
};

// As `export --format markdown` writes it.
void write_markdown(const store::TraceRow& row, const std::string& line, json::Sink& sink) {
    formats::ExportOptions options;
    options.program_version = program_version();
    const formats::Format& format = formats::format_named("markdown");
    const auto exporter = format.open(options);
    const auto output = flow::export_to_stream(format, std::string(exporter->preamble()), sink);
    flow::Export exporting(*exporter, *output);
    exporting.line(row.id.str(), 1, line);
    const flow::Failures& failures = exporting.tally().failures;
    if (!failures.empty())
        throw Error(ErrorCode::CorruptTrace, fmt::format("trace {} cannot be read: {}", row.id.str(),
                                                         failures.kept().front().what.words));
    output->finish();
}

Answer answer_fields(const Options& options, store::Store& store, const store::TraceRow& row,
                     const std::string& line) {
    Answer answer;
    answer.fields = trace_object(row);
    for (const char* const form : {"trace", "outline", "markdown"})
        answer.fields.append(form, nullptr);
    append_findings(answer.fields, options.findings ? store.findings_of(row.id) : std::nullopt,
                    options.findings);
    if (options.findings) return answer;
    if (options.markdown) {
        TextSink sink;
        write_markdown(row, line, sink);
        answer.fields.set("markdown", std::move(sink.text));
    } else if (options.outline) {
        answer.fields.set("outline", outline_object(outline_of(record_of(row, line))));
    } else {
        answer.fields.set("trace", json::parse(line));
    }
    return answer;
}

// A piece at a time: the reader may have left, or be slow.
void print(Context& context, const Options& options, const store::TraceRow& row, const std::string& line) {
    Terminal& terminal = context.terminal;
    if (options.pager) terminal.page();
    if (options.markdown) {
        TerminalSink sink(terminal);
        write_markdown(row, line, sink);
        return;
    }
    const trace::TraceRecord record = record_of(row, line);
    terminal.out(header_text(context, row, record));
    if (options.outline) {
        terminal.out(outline_text(outline_of(record), terminal));
        return;
    }
    for (const trace::Step& step : record.steps)
        terminal.out(step_text(context, step, options.verbose));
}

Answer run(Context& context, const Options& options) {
    const Project project = open_project_for_reading(context);
    if (const auto group = commit_named(*project.store, options.id))
        return shown_commit(context, *project.store, *group);
    const store::TraceRow row = project.store->find(options.id);
    const std::string line = project.store->read_line(row.id);
    if (context.json) return answer_fields(options, *project.store, row, line);
    if (options.findings) {
        Answer answer;
        answer.text = findings_text(context, project.store->findings_of(row.id));
        return answer;
    }
    print(context, options, row, line);
    Answer answer;
    answer.printed = true;
    return answer;
}

}  // namespace

Run declare_show(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted
        .add_option("ID", options->id, "Trace or commit; a unique prefix of at least 4 characters is enough")
        .required()
        .completes(Candidates::Ids);
    accepted.add_flag("-v,--verbose", options->verbose, "Do not cut long texts");
    accepted.add_flag("--outline", options->outline, "Only prompts, changed files, commits and tests");
    accepted.add_flag("--findings", options->findings,
                      "What was redacted or flagged: rule, step, field, length, never what it was");
    accepted.add_flag("--markdown", options->markdown, "As a Markdown document");
    accepted.add_negative_flag("--no-pager", options->pager, "Straight to the terminal");
    accepted.check([options] {
        if (options->outline && options->markdown)
            throw Error(ErrorCode::BadOption, "--outline and --markdown exclude each other");
        if (options->findings && (options->outline || options->markdown))
            throw Error(ErrorCode::BadOption, "--findings has a form of its own");
    });
    accepted.example("opentraces show 4f2a", "One trace, by the beginning of its id");
    accepted.example("opentraces show 4f2a --outline", "Prompts, files, commits, tests");
    accepted.example("opentraces show 4f2a --findings", "What scrubbing has taken out, and where");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
