#include "opentraces/flow/verify.hpp"

#include <fmt/format.h>

#include <set>

#include "cli/command.hpp"
#include "cli/dataset_option.hpp"
#include "cli/diagnostic_fields.hpp"
#include "cli/project_context.hpp"
#include "cli/terminal_progress.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::string remote;
    bool no_scan = false;
};

constexpr const char* k_by_hand =
    "no command: put back what an earlier commit of the dataset has, or move it away";

// A line for each kind of problem.
std::string mending_text(const flow::VerifyReport& report) {
    std::set<std::string> rules;
    for (const Diagnostic& problem : report.problems)
        rules.insert(problem.rule);
    std::string text;
    for (const std::string& rule : rules) {
        const std::string command = flow::mending(rule, printable_line(report.remote));
        text += fmt::format("To mend {}: {}\n", rule, command.empty() ? k_by_hand : command);
    }
    return text;
}

json::Array mendable(const flow::VerifyReport& report) {
    json::Array problems = problems_array(report.problems);
    for (std::size_t i = 0; i < problems.size(); ++i)
        problems[i].if_object()->append("mend",
                                        text_or_null(flow::mending(report.problems[i].rule, report.remote)));
    return problems;
}

std::string text_of(const flow::VerifyReport& report) {
    const auto problems = static_cast<std::int64_t>(report.problems.size()) + report.more_problems;
    return problems_text(report.problems) + mending_text(report) +
           fmt::format("{}: {}, {}, {}: {}\n", printable_line(report.remote), counted(report.shards, "shard"),
                       counted(report.traces, "trace"), bytes_text(report.bytes),
                       problems == 0 ? "no problems" : counted(problems, "problem"));
}

Answer run(Context& context, const Options& given) {
    const Project project = open_project(context);
    flow::VerifyOptions options;
    options.remote = dataset_named(context, given.remote, project);
    options.settings = project.config.card;
    options.scan = scan_options(context, &project.config, project.root);
    options.scan_secrets = !given.no_scan;
    const flow::VerifyReport report =
        flow::verify_dataset(context.ports, *project.store, project.root, options, context.progress);
    Answer answer;
    answer.fields.append("remote", report.remote);
    answer.fields.append("url", text_or_null(report.url));
    answer.fields.append("head", text_or_null(report.head));
    answer.fields.append("shard_count", report.shards);
    answer.fields.append("trace_count", report.traces);
    answer.fields.append("bytes", report.bytes);
    answer.fields.append("problems", mendable(report));
    answer.fields.append("more_problems", report.more_problems);
    answer.text = text_of(report);
    if (!report.problems.empty()) answer.error = error_of_problems(report.problems, report.more_problems);
    return answer;
}

}  // namespace

Run declare_verify(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    add_dataset(accepted, options->remote);
    accepted.add_flag("--no-scan", options->no_scan, "Do not look for secrets in the shards");
    accepted.example("opentraces verify", "The default remote");
    accepted.example("opentraces verify ./dataset --no-scan", "A folder, without looking for secrets");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
