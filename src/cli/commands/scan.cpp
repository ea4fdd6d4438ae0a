#include "opentraces/flow/scan.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "cli/command.hpp"
#include "cli/error_text.hpp"
#include "cli/failure_fields.hpp"
#include "cli/found_secrets.hpp"
#include "cli/project_context.hpp"
#include "cli/standard_input.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/flow/baseline.hpp"
#include "opentraces/flow/scan_sources.hpp"

namespace opentraces::cli {
namespace {

constexpr const char* k_text = "text";
constexpr const char* k_json = "json";
constexpr const char* k_sarif = "sarif";
constexpr const char* k_none = "none";
constexpr const char* k_hint =
    "Take them out. What is meant to be there says so on its line, opentraces:allow REASON, or is in a "
    "--baseline.";

struct Options {
    std::vector<std::string> paths;
    bool redact = false;
    std::string format = k_text;
    std::string fail_on = "low";
    std::string baseline;
    bool update_baseline = false;
    std::string expires;
    bool staged = false;
    std::string commits;
    bool no_ignore = false;
    std::vector<std::string> rules;
    bool only_rules = false;

    bool of_git() const { return staged || !commits.empty(); }
};

// Nothing for "none".
std::optional<security::Severity> least_severity(const std::string& name) {
    for (const auto severity : {security::Severity::Low, security::Severity::Medium, security::Severity::High,
                                security::Severity::Critical})
        if (security::name_of(severity) == name) return severity;
    return std::nullopt;
}

std::string absolute_path(Context& context, const std::string& path) {
    return fs::absolute(path, context.ports.environment, context.ports.disk);
}

security::ScrubOptions scrub_options_of(Context& context, const Options& options) {
    security::ScrubOptions scrub = options.redact ? scrub_options(context) : scan_options(context);
    if (options.rules.empty()) return scrub;
    std::vector<std::string> files = options.rules;
    if (!options.only_rules && context.ports.environment.find_opentraces_home()) {
        const auto users = settings_in_force(context, std::nullopt).settings.project.rule_files;
        files.insert(files.end(), users.begin(), users.end());
    }
    scrub.own_rules = rules_of_files(context, files);
    scrub.scope.program_rules = !options.only_rules;
    return scrub;
}

class Scan {
public:
    Scan(Context& context, const Options& options, FindingPrinter& printer)
        : m_context(context),
          m_options(options),
          m_printer(printer),
          m_scrub(scrub_options_of(context, options)),
          m_fails_from(least_severity(options.fail_on)),
          m_visitor{
              [this](const flow::ScanPlace& place, const security::Finding& finding,
                     const flow::FindingContext& around) { found(place, finding, around); },
              [this](const flow::ScanPlace& place) { scanned(place); },
              [this](const flow::ScanPlace& place, const Error& error) { add_unread(place.path, error); }},
          m_job{context.ports.disk, m_scrub, m_visitor} {}

    Answer run() {
        m_printer.know(m_scrub.own_rules);
        load_baseline();
        if (m_options.of_git()) {
            scan_git();
        } else {
            const std::vector<std::string> standard_input = {"-"};
            for (const std::string& path : m_options.paths.empty() ? standard_input : m_options.paths)
                scan_path(path);
        }
        if (m_baseline && m_options.update_baseline) m_baseline->save(m_context.ports.disk);
        return answer();
    }

private:
    void load_baseline() {
        if (m_options.baseline.empty()) return;
        m_context.ports.environment.opentraces_home();  // where the key is
        const std::string path = absolute_path(m_context, m_options.baseline);
        const bool is_new = m_options.update_baseline && !m_context.ports.disk.info(path);
        m_baseline = is_new ? flow::Baseline(path, m_scrub.pseudonym_key)
                            : flow::Baseline::load(path, m_scrub.pseudonym_key, m_context.ports.disk);
    }

    void scan_git() {
        const std::string& folder = m_context.ports.environment.need_working_directory();
        m_top = flow::repository_top(folder);
        flow::scan_changes(m_job, {folder, m_options.commits, m_options.paths});
    }

    void scan_path(const std::string& path) {
        try {
            const std::string absolute = path == "-" ? path : absolute_path(m_context, path);
            const auto info = path == "-" ? std::nullopt : m_context.ports.disk.info(absolute);
            if (info && info->is_directory() && !m_options.redact)
                flow::scan_folder(m_job, absolute, path, m_options.no_ignore);
            else
                scan_input(path);
        } catch (const Error& error) {
            // A scanner that fails, and an output that is gone, are so for every file.
            if (error.code() != ErrorCode::NotFound && error.code() != ErrorCode::DiskFailed &&
                error.code() != ErrorCode::BadOption)
                throw;
            add_unread(path, error);
        }
    }

    // What is named is scanned, whatever it is.
    void scan_input(const std::string& path) {
        const flow::ScanPlace place{path, {}};
        TerminalSink clean(m_context.terminal);
        const auto summary =
            flow::scan_stream(open_input(m_context, path), path, m_scrub, m_options.redact ? &clean : nullptr,
                              [&](const security::Finding& finding, const flow::FindingContext& around) {
                                  found(place, finding, around);
                              });
        ++m_job.counts.files;
        m_job.counts.bytes += summary.bytes;
        scanned(place);
    }

    // What the baseline calls it.
    std::string place_of(const flow::ScanPlace& place) const {
        if (place.path.empty()) return "message of " + place.commit;
        if (m_options.of_git()) return fs::join(m_top, place.path);
        return place.path == "-" ? place.path : absolute_path(m_context, place.path);
    }

    Remark remark_of(const flow::ScanPlace& place, const security::Finding& finding,
                     const flow::FindingContext& around) {
        if (m_options.redact) return Remark::None;
        const flow::AllowComment allowance = flow::allowance_of(around);
        if (allowance == flow::AllowComment::Allowed) return Remark::Allowed;
        const Remark unless_known =
            allowance == flow::AllowComment::WithoutReason ? Remark::AllowedWithoutReason : Remark::None;
        if (!m_baseline) return unless_known;
        const TimePoint now = m_context.ports.clock.now();
        if (m_options.update_baseline) {
            m_added +=
                m_baseline->add(place_of(place), around.text, finding.rule, m_options.expires, now) ? 1 : 0;
            return Remark::InBaseline;
        }
        const auto known = m_baseline->ask(place_of(place), around.text, now);
        if (known == flow::Baseline::Answer::Known) return Remark::InBaseline;
        return known == flow::Baseline::Answer::Expired ? Remark::BaselineExpired : unless_known;
    }

    void found(const flow::ScanPlace& place, const security::Finding& finding,
               const flow::FindingContext& around) {
        const FoundSecret secret{place, finding, around, remark_of(place, finding, around),
                                 !m_options.of_git()};
        m_printer.add(secret);
        m_allowed += secret.remark == Remark::Allowed ? 1 : 0;
        m_known += secret.remark == Remark::InBaseline ? 1 : 0;
        if (!secret.counts()) return;
        ++m_found;
        m_failing += m_fails_from && finding.severity >= *m_fails_from ? 1 : 0;
    }

    // Findings are no failure where they are taken out.
    void scanned(const flow::ScanPlace& place) {
        if (m_failing > 0 && !m_options.redact)
            m_failures.add({.what = {.source = place.path.empty() ? "commit " + place.commit : place.path,
                                     .words = counted(m_failing, "finding")},
                            .code = ErrorCode::SecretsFound,
                            .hint = k_hint});
        m_failing = 0;
        if (m_baseline && m_options.update_baseline && !m_options.of_git())
            m_removed += static_cast<std::int64_t>(m_baseline->forget_unseen(place_of(place)));
    }

    void add_unread(const std::string& file, const Error& error) {
        m_failing = 0;
        m_unread.add(file, error);
        m_failures.add(file, error);
    }

    json::Value baseline_object() const {
        if (!m_baseline) return {};
        json::Object object;
        object.append("path", m_options.baseline);
        object.append("known", m_known);
        object.append("new_entries", m_added);
        object.append("dropped_entries", m_removed);
        return object;
    }

    std::string left_out_text() const {
        const flow::ScanCounts& counts = m_job.counts;
        std::string text;
        const auto add = [&](std::int64_t count, std::string_view what) {
            if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
        };
        add(counts.binary, "binary");
        add(counts.archives, "archived or compressed");
        add(counts.ignored, "ignored");
        if (!counts.left_out.empty()) text += (text.empty() ? "" : ", ") + counts.left_out;
        return text.empty() ? text : "; left out: " + text;
    }

    std::string summary_text() const {
        std::string text =
            fmt::format("{} in {}", counted(m_found, "finding"), counted(m_job.counts.files, "file"));
        if (m_allowed > 0) text += fmt::format(", {} allowed", m_allowed);
        if (m_baseline) text += fmt::format(", {} in the baseline", m_known);
        if (m_options.update_baseline) text += fmt::format(" ({} added, {} removed)", m_added, m_removed);
        return text + left_out_text() + "\n";
    }

    Answer answer() {
        const flow::ScanCounts& counts = m_job.counts;
        Answer answer;
        answer.printed = true;
        answer.fields.append("files", counts.files);
        answer.fields.append("bytes", counts.bytes);
        answer.fields.append("total", m_found);
        answer.fields.append("allowed", m_allowed);
        answer.fields.append("baseline", baseline_object());
        answer.fields.append("binary_files", counts.binary);
        answer.fields.append("archives", counts.archives);
        answer.fields.append("ignored", counts.ignored);
        answer.fields.append("not_followed", text_or_null(counts.left_out));
        answer.fields.append("redacted", m_options.redact);
        tell_failures(answer, m_failures, "file");
        m_printer.end(answer);
        if (m_options.format == k_json) return answer;
        m_context.terminal.err(failures_text(m_unread));
        if (!m_context.quiet) m_context.terminal.err(summary_text());
        return answer;
    }

    Context& m_context;
    const Options& m_options;
    FindingPrinter& m_printer;
    security::ScrubOptions m_scrub;
    std::optional<security::Severity> m_fails_from;
    std::string m_top;  // of the repository
    std::optional<flow::Baseline> m_baseline;
    flow::ScanVisitor m_visitor;
    flow::ScanJob m_job;
    std::int64_t m_found = 0;
    std::int64_t m_failing = 0;  // of the place that is being scanned
    std::int64_t m_allowed = 0;
    std::int64_t m_known = 0;
    std::int64_t m_added = 0;
    std::int64_t m_removed = 0;
    flow::Failures m_unread{k_most_failures};
    flow::Failures m_failures{k_most_failures};  // those, and places with findings
};

std::unique_ptr<FindingPrinter> printer_for(Context& context, const Options& options) {
    FindingPrinter::Print print = [&context, to_err = options.redact](std::string_view text) {
        if (to_err) {
            context.terminal.err(text);
        } else {
            context.terminal.out(text);
        }
    };
    if (options.format == k_json) return print_finding_object(std::move(print));
    if (options.format == k_sarif) return print_sarif(std::move(print));
    return print_finding_lines(std::move(print));
}

Answer run(Context& context, Options options) {
    if (context.json && options.format == k_sarif)
        throw Error(ErrorCode::BadOption, "--json and --format sarif contradict each other");
    if (context.json) options.format = k_json;
    const auto printer = printer_for(context, options);
    try {
        printer->begin();
        return Scan(context, options, *printer).run();
    } catch (const Error& error) {
        if (options.format == k_text) throw;
        Answer answer;
        answer.error = error;
        answer.printed = true;
        printer->end(answer);
        if (options.format == k_sarif) context.terminal.err(error_text(error));
        return answer;
    }
}

void check(const Options& options) {
    const auto refuse = [](const char* what) { throw Error(ErrorCode::BadOption, what); };
    if (options.redact && options.paths.size() > 1)
        refuse("--redact takes one input: its clean text goes to standard output");
    if (options.redact && (options.of_git() || !options.baseline.empty()))
        refuse("--redact goes with one input and nothing else: all that is found in it is taken out");
    if (options.staged && !options.commits.empty()) refuse("--staged and --commits contradict each other");
    if (options.only_rules && options.rules.empty()) refuse("--only-rules needs --rules FILE");
    if (options.commits.starts_with('-')) refuse("--commits takes revisions, not options of git");
    if (options.update_baseline && options.baseline.empty())
        refuse("--update-baseline needs --baseline FILE");
    if (!options.expires.empty() && !options.update_baseline) refuse("--expires needs --update-baseline");
    if (!options.expires.empty() && !flow::is_date(options.expires))
        refuse("--expires takes a date such as 2027-01-31");
}

}  // namespace

Run declare_scan(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("PATH", options->paths,
                        "Files, folders, or - for standard input (the default); with --staged or --commits "
                        "what of the repository (all of it)");
    accepted.add_flag("--redact", options->redact,
                      "Write the text without what was found to standard output");
    accepted.add_option("--format", options->format, "How findings are told")
        .type_name("FORMAT")
        .one_of({k_text, k_json, k_sarif})
        .show_default();
    accepted
        .add_option("--fail-on", options->fail_on, "The least severity with which a finding makes it exit 8")
        .type_name("SEVERITY")
        .one_of({"low", "medium", "high", "critical", k_none})
        .show_default();
    accepted.add_option("--baseline", options->baseline, "Findings that are known and do not count")
        .type_name("FILE");
    accepted.add_flag("--update-baseline", options->update_baseline,
                      "Write what is found into that file, and what is gone out of it");
    accepted.add_option("--expires", options->expires, "The last day on which what is added to it counts")
        .type_name("DATE");
    accepted.add_flag("--staged", options->staged,
                      "What is staged for the next commit of the repository here");
    accepted.add_option("--commits", options->commits, "What these commits add: a range as git log takes it")
        .type_name("A..B");
    accepted.add_flag("--no-ignore", options->no_ignore, "In folders also what .gitignore and .ignore name");
    accepted
        .add_option("--rules", options->rules,
                    "Look for the rules of a file too, as gitleaks and betterleaks have them")
        .type_name("FILE");
    accepted.add_flag("--only-rules", options->only_rules, "Look for those rules alone");
    accepted.footer("Exit 8 when something was found; with --redact 0. Findings are named, never quoted.");
    accepted.check([options] { check(*options); });
    accepted.example("opentraces scan build.log", "What looks like a secret; exit 8 if anything does");
    accepted.example("opentraces scan --redact - < build.log > clean.log", "As a filter");
    accepted.example("opentraces scan . --format sarif",
                     "All files of a folder, for a code scanning service");
    accepted.example("opentraces scan --staged", "As a pre-commit hook");
    accepted.example("opentraces scan src --rules .gitleaks.toml", "With the rules of a team");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
