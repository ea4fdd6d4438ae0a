#include "opentraces/flow/scan.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/error_text.hpp"
#include "cli/failure_fields.hpp"
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
    object.append("path", file);
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

    void end(std::int64_t files, std::uint64_t bytes, bool redacted, Answer& answer) {
        answer.fields.append("files", files);
        answer.fields.append("bytes", bytes);
        answer.fields.append("total", m_found);
        answer.fields.append("redacted", redacted);
        tell_failures(answer, m_failures, "file");
        if (m_context.json) {
            m_object.end(answer_object(answer));
            return;
        }
        m_context.terminal.err(failures_text(m_unread));
        if (!m_context.quiet)
            m_context.terminal.err(
                fmt::format("{} in {}\n", counted(m_found, "finding"), counted(files, "file")));
    }

    void add_unread(const std::string& file, const Error& error) {
        m_unread.add(file, error);
        m_failures.add(file, error);
    }
    // Findings are no failure where they are taken out.
    void add_found(const std::string& file, std::uint64_t findings) {
        m_failures.add({.source = file, .words = counted(static_cast<std::int64_t>(findings), "finding")},
                       ErrorCode::SecretsFound);
    }

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
    flow::Failures m_unread{k_most_failures};
    flow::Failures m_failures{k_most_failures};  // those, and files with findings
};

Answer scan(Context& context, const Options& options, const std::vector<std::string>& files, Report& report) {
    const security::ScrubOptions scrub =
        options.redact ? scrub_options(context, nullptr) : scan_options(context, nullptr);
    TerminalSink clean(context.terminal);
    std::uint64_t bytes = 0;
    for (const std::string& file : files) {
        try {
            const auto summary =
                flow::scan_stream(open_input(context, file), file, scrub, options.redact ? &clean : nullptr,
                                  [&](const security::Finding& finding) { report.add(file, finding); });
            bytes += summary.bytes;
            if (summary.findings > 0 && !options.redact) report.add_found(file, summary.findings);
        } catch (const Error& error) {
            // A scanner that fails, and an output that is gone, are so for every file.
            if (error.code() != ErrorCode::NotFound && error.code() != ErrorCode::DiskFailed &&
                error.code() != ErrorCode::BadOption)
                throw;
            report.add_unread(file, error);
        }
    }
    Answer answer;
    answer.printed = true;
    report.end(static_cast<std::int64_t>(files.size()), bytes, options.redact, answer);
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
