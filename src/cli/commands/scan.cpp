#include "opentraces/flow/scan.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/standard_input.hpp"
#include "cli/streamed_object.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::vector<std::string> files;
    bool redact = false;
};

json::Object finding_object(const std::string& file, const security::Finding& finding) {
    json::Object object;
    object.append("file", file);
    object.append("line", finding.line);
    object.append("rule", finding.rule);
    object.append("severity", std::string(security::name_of(finding.severity)));
    object.append("offset", finding.offset);
    object.append("length", finding.length);
    return object;
}

class Report {
public:
    Report(Context& context, bool to_stderr)
        : m_context(context),
          m_to_stderr(to_stderr),
          m_object("findings", [this](std::string_view text) { print(text); }) {}

    StreamedObject& object() { return m_object; }

    void add(const std::string& file, const security::Finding& finding) {
        ++m_found;
        if (m_context.json) {
            m_object.add(finding_object(file, finding));
        } else {
            print(fmt::format("{}:{}: {} ({}), {} bytes\n", printable_line(file), finding.line, finding.rule,
                              security::name_of(finding.severity), finding.length));
        }
    }

    void end(std::int64_t files, std::uint64_t bytes, bool redacted) {
        if (m_context.json) {
            json::Object rest;
            rest.append("status", m_found == 0 || redacted ? "ok" : "error");
            rest.append("files", files);
            rest.append("bytes", bytes);
            rest.append("total", m_found);
            rest.append("redacted", redacted);
            m_object.end(rest);
        } else if (!m_context.quiet) {
            m_context.terminal.err(
                fmt::format("{} in {}\n", counted(m_found, "finding"), counted(files, "file")));
        }
    }

    std::int64_t found() const { return m_found; }

private:
    void print(std::string_view text) {
        if (m_to_stderr) {
            m_context.terminal.err(text);
        } else {
            m_context.terminal.out(text);
        }
    }

    Context& m_context;
    bool m_to_stderr;
    StreamedObject m_object;
    std::int64_t m_found = 0;
};

Answer scan(Context& context, const Options& options, const std::vector<std::string>& files, Report& report) {
    const security::ScrubOptions scrub =
        options.redact ? scrub_options(context, nullptr) : scan_options(context, nullptr);
    TerminalSink clean(context.terminal);
    std::uint64_t bytes = 0;
    for (const std::string& file : files) {
        const auto summary =
            flow::scan_stream(open_input(context, file), file, scrub, options.redact ? &clean : nullptr,
                              [&](const security::Finding& finding) { report.add(file, finding); });
        bytes += summary.bytes;
    }
    report.end(static_cast<std::int64_t>(files.size()), bytes, options.redact);
    Answer answer;
    answer.printed = true;
    if (report.found() > 0 && !options.redact) answer.exit_status = static_cast<int>(ErrorKind::CheckFailed);
    return answer;
}

Answer run(Context& context, const Options& options) {
    const std::vector<std::string> files =
        options.files.empty() ? std::vector<std::string>{"-"} : options.files;
    Report report(context, options.redact);
    return run_streamed(report.object(), [&] { return scan(context, options, files, report); });
}

}  // namespace

Run declare_scan(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("FILE", options->files,
                        "Text, JSON or JSONL files, or - for standard input (the default)");
    accepted.add_flag("--redact", options->redact,
                      "Write the text without what was found to standard output");
    accepted.footer("Exit 8 when something was found; with --redact 0. Findings are named, never quoted.");
    accepted.check([options] {
        if (options->redact && options->files.size() > 1)
            throw Error(ErrorCode::BadOption,
                        "--redact takes one input: its clean text goes to standard output");
    });
    accepted.example("opentraces scan build.log", "What looks like a secret; exit 8 if anything does");
    accepted.example("opentraces scan --redact - < build.log > clean.log", "As a filter");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
