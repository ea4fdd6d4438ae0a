#include "opentraces/flow/validate.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/error_text.hpp"
#include "cli/failure_fields.hpp"
#include "cli/standard_input.hpp"
#include "cli/streamed_object.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::string file;
};

json::Array texts(const std::vector<std::string>& items) {
    json::Array array;
    for (const std::string& item : items)
        array.emplace_back(item);
    return array;
}

json::Object verdict_object(const flow::LineVerdict& verdict) {
    json::Object object;
    object.append("line", static_cast<std::uint64_t>(verdict.line));
    object.append("ok", verdict.ok);
    object.append("trace_id", text_or_null(verdict.trace_id));
    object.append("content_hash", text_or_null(verdict.content_hash));
    object.append("warnings", texts(verdict.warnings));
    object.append("errors", texts(verdict.errors));
    return object;
}

void print_verdict(Terminal& terminal, const std::string& file, const flow::LineVerdict& verdict) {
    for (const std::string& error : verdict.errors) {
        terminal.out(fmt::format("{}:{}: error: {}\n", file, verdict.line, printable_line(error)));
    }
    for (const std::string& warning : verdict.warnings) {
        terminal.out(fmt::format("{}:{}: warning: {}\n", file, verdict.line, printable_line(warning)));
    }
}

json::Object summary_object(const flow::ValidateSummary& summary) {
    json::Object object;
    object.append("total", static_cast<std::uint64_t>(summary.lines));
    object.append("valid", static_cast<std::uint64_t>(summary.ok));
    object.append("blank", static_cast<std::uint64_t>(summary.blank));
    return object;
}

flow::Failure failure_of(const std::string& file, const flow::LineVerdict& verdict) {
    std::string words;
    for (const std::string& error : verdict.errors)
        words += (words.empty() ? "" : "; ") + error;
    return {.what = {.source = file, .line = verdict.line, .words = std::move(words)},
            .code = ErrorCode::CheckFailed,
            .trace_id = verdict.trace_id};
}

Answer validate(Context& context, const Options& options, StreamedObject& object) {
    json::ByteSource source = open_input(context, options.file);
    const std::string name = options.file == "-" ? "standard input" : printable_line(options.file);
    flow::Failures failures(k_most_failures);
    const flow::ValidateSummary summary =
        flow::validate_lines(std::move(source), [&](const flow::LineVerdict& verdict) {
            if (!verdict.ok) failures.add(failure_of(options.file, verdict));
            if (context.json)
                object.add(verdict_object(verdict));
            else
                print_verdict(context.terminal, name, verdict);
        });
    Answer answer;
    answer.printed = true;
    answer.fields = summary_object(summary);
    tell_failures(answer, failures, "line");
    if (context.json) {
        object.end(answer_object(answer));
    } else {
        context.terminal.out(fmt::format("{}: {} valid, {} not\n",
                                         counted(static_cast<std::int64_t>(summary.lines), "record"),
                                         summary.ok, summary.failed));
    }
    return answer;
}

Answer run(Context& context, const Options& options) {
    StreamedObject object("lines", [&context](std::string_view text) { context.terminal.out(text); });
    return run_streamed(object, [&] { return validate(context, options, object); });
}

}  // namespace

Run declare_validate(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("FILE", options->file, "TraceRecord JSONL, or - for standard input").required();
    accepted.footer("Exit 8 when a line is not a valid TraceRecord.");
    accepted.example("opentraces validate traces.jsonl", "Every line of a file");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
