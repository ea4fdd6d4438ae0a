#include "opentraces/flow/validate.hpp"

#include <fmt/format.h>

#include "../command.hpp"
#include "../standard_input.hpp"
#include "../trace_fields.hpp"
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

// One JSON object whose "lines" grow while the input is read: no line is held longer than it takes to print.
class JsonReport {
public:
    explicit JsonReport(Terminal& terminal) : m_terminal(terminal) { m_terminal.out("{\"lines\":["); }
    void add(const flow::LineVerdict& verdict) {
        m_terminal.out((m_first ? "" : ",") + json::to_compact(json::Value(verdict_object(verdict))));
        m_first = false;
    }
    void end(const flow::ValidateSummary& summary) {
        m_terminal.out(fmt::format(
            "],\"status\":\"{}\",\"total\":{},\"valid\":{},\"failed\":{},\"blank\":{}}}\n",
            summary.failed == 0 ? "ok" : "error", summary.lines, summary.ok, summary.failed, summary.blank));
    }

private:
    Terminal& m_terminal;
    bool m_first = true;
};

void print_verdict(Terminal& terminal, const std::string& file, const flow::LineVerdict& verdict) {
    for (const std::string& error : verdict.errors) {
        terminal.out(fmt::format("{}:{}: error: {}\n", file, verdict.line, printable_line(error)));
    }
    for (const std::string& warning : verdict.warnings) {
        terminal.out(fmt::format("{}:{}: warning: {}\n", file, verdict.line, printable_line(warning)));
    }
}

Answer run(Context& context, const Options& options) {
    json::ByteSource source = open_input(context, options.file);
    flow::ValidateSummary summary;
    if (context.json) {
        JsonReport report(context.terminal);
        summary = flow::validate_lines(std::move(source),
                                       [&](const flow::LineVerdict& verdict) { report.add(verdict); });
        report.end(summary);
    } else {
        const std::string name = options.file == "-" ? "standard input" : options.file;
        summary = flow::validate_lines(std::move(source), [&](const flow::LineVerdict& verdict) {
            print_verdict(context.terminal, name, verdict);
        });
        context.terminal.out(fmt::format("{}: {} valid, {} not\n",
                                         counted(static_cast<std::int64_t>(summary.lines), "record"),
                                         summary.ok, summary.failed));
    }
    Answer answer;
    answer.printed = true;
    answer.exit_status = summary.failed == 0 ? 0 : static_cast<int>(ErrorKind::CheckFailed);
    return answer;
}

}  // namespace

Run declare_validate(CLI::App& app) {
    auto options = std::make_shared<Options>();
    app.add_option("FILE", options->file, "TraceRecord JSONL, or - for standard input")->required();
    app.footer("Exit 8 when a line is not a valid TraceRecord.");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
