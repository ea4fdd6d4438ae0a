#include "opentraces/flow/verify.hpp"

#include <fmt/format.h>

#include "../command.hpp"
#include "../dataset_option.hpp"
#include "../project_context.hpp"
#include "../terminal_progress.hpp"
#include "../trace_fields.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::string remote;
    bool no_scan = false;
};

json::Object problem_object(const flow::DatasetProblem& problem) {
    json::Object object;
    object.append("kind", problem.kind);
    object.append("path", problem.path);
    object.append("line", problem.line == 0 ? json::Value() : json::Value(std::uint64_t{problem.line}));
    object.append("detail", problem.detail);
    return object;
}

std::string text_of(const flow::VerifyReport& report) {
    std::string text;
    for (const flow::DatasetProblem& problem : report.problems) {
        const std::string line = problem.line == 0 ? "" : fmt::format(":{}", problem.line);
        text += fmt::format("{}{}: {}: {}\n", problem.path, line, problem.kind, problem.detail);
    }
    const auto problems = static_cast<std::int64_t>(report.problems.size()) + report.more_problems;
    return text + fmt::format("{}: {}, {}, {}: {}\n", report.remote, counted(report.shards, "shard"),
                              counted(report.traces, "trace"), bytes_text(report.bytes),
                              problems == 0 ? "no problems" : counted(problems, "problem"));
}

Answer run(Context& context, const Options& given) {
    const Project project = open_project(context);
    flow::VerifyOptions options;
    options.remote = dataset_name(given.remote, project.config);
    options.settings = project.config.card;
    options.scan = scrub_options(context, &project.config);
    options.scan_secrets = !given.no_scan;
    const flow::VerifyReport report =
        flow::verify_dataset(context.ports, *project.store, project.root, options, context.progress);
    json::Array problems;
    for (const flow::DatasetProblem& problem : report.problems)
        problems.emplace_back(problem_object(problem));
    Answer answer;
    answer.fields.append("remote", report.remote);
    answer.fields.append("url", text_or_null(report.url));
    answer.fields.append("head", text_or_null(report.head));
    answer.fields.append("shards", report.shards);
    answer.fields.append("traces", report.traces);
    answer.fields.append("bytes", report.bytes);
    answer.fields.append("problems", std::move(problems));
    answer.fields.append("more_problems", report.more_problems);
    answer.text = text_of(report);
    if (!report.problems.empty()) {
        answer.exit_status = static_cast<int>(ErrorKind::CheckFailed);
        answer.status = "problems";
    }
    return answer;
}

}  // namespace

Run declare_verify(CLI::App& app) {
    auto options = std::make_shared<Options>();
    add_dataset_option(app, options->remote);
    app.add_flag("--no-scan", options->no_scan, "Do not look for secrets in the shards");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
