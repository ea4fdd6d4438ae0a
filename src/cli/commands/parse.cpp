#include <fmt/format.h>

#include "cli/capture_fields.hpp"
#include "cli/command.hpp"
#include "cli/error_text.hpp"
#include "cli/failure_fields.hpp"
#include "cli/project_context.hpp"
#include "cli/standard_input.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/flow/capture.hpp"
#include "opentraces/json/visible.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::vector<std::string> paths;
    std::vector<std::string> agents;
    bool strict = false;
    bool episodes = false;
    std::int64_t max_observation = -1;  // as the settings say
};

json::Object summary_object(const flow::ParseResult& result) {
    json::Object object;
    object.append("files", result.files);
    object.append("written", result.written);
    append_tally(object, result);
    object.append("finding_count", result.findings);
    object.append("redactions", result.redactions);
    return object;
}

std::string summary_text(const flow::ParseResult& result) {
    std::string text = failures_text(result.failed);
    text += fmt::format("{}: {} written, {} left out (fewer than 2 steps or no tool call), {} failed; {}\n",
                        counted(result.files, "session"), result.written, result.filtered,
                        result.failed.total(), counted(result.redactions, "redaction"));
    return text + agents_text(result) + unknown_text(result.unknown_line_types);
}

Answer run(Context& context, const Options& options) {
    const auto input = spool_standard_input(context, options.paths);
    flow::ParseResult result;
    flow::Failures missing;
    const auto sessions =
        flow::find_sessions(input.paths, options.agents, *input.disk, missing, context.progress);
    TerminalSink sink(context.terminal);
    flow::ParseOptions parse_options{scrub_options(context), options.episodes};
    parse_options.episodes |= settings_in_force(context, std::nullopt).settings.project.episodes;
    if (options.max_observation >= 0)
        parse_options.scrub.limits.observation = static_cast<std::size_t>(options.max_observation);
    parse_options.prices = own_prices(context, nullptr);
    result = flow::parse(sessions, parse_options, *input.disk, sink, context.progress);
    result.failed.put_first(missing);
    input.restore_names(result.failed);
    if (result.files == 0 && result.failed.empty()) {
        throw Error(ErrorCode::NoSessions,
                    "no sessions of " + flow::agents_said(options.agents) + " were found there");
    }
    Answer answer;
    answer.printed = true;
    answer.fields = summary_object(result);
    tell_failures(answer, result.failed, "session");
    const std::int64_t strange = result.unknown_lines() + result.skipped_lines;
    if (!answer.error && options.strict && strange > 0)
        answer.error = Error(ErrorCode::CheckFailed, counted(strange, "line") + " not understood");
    if (context.json) {
        context.terminal.err(json::to_visible(json::Value(answer_object(answer))) + "\n");
    } else if (!context.quiet || answer.error) {
        context.terminal.err(summary_text(result));
    }
    return answer;
}

}  // namespace

Run declare_parse(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("PATH", options->paths, "Session files, folders, or - for standard input").required();
    accepted.add_option("--agent", options->agents, "Only sessions of this agent: " + capture::agent_names())
        .type_name("A")
        .completes(Candidates::Agents);
    accepted.add_flag("--strict", options->strict, "Exit 8 when a line was not understood");
    accepted
        .add_option("--max-observation", options->max_observation,
                    "Keep at most N characters of a tool's result, 0 for all")
        .not_negative()
        .type_name("N");
    accepted.add_flag("--episodes", options->episodes,
                      "Sessions in parts, each from where a new task was begun");
    accepted.footer(
        "Standard output has one TraceRecord line per session. The summary goes to standard error;\n"
        "with --json it is one JSON object there.");
    accepted.check([options] { flow::chosen_agents(options->agents); });
    accepted.example("opentraces parse session.jsonl | opentraces validate -",
                     "A session as a record, checked");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
