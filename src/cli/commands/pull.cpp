#include "opentraces/flow/pull.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/dataset_option.hpp"
#include "cli/diagnostic_fields.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/hub/remote_spec.hpp"
#include "opentraces/store/project.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::string remote;
    std::string folder;
    std::string revision;
    std::string agent;
    std::string model;
    std::string since;
    std::string until;
    std::string success;
};

constexpr std::size_t k_date_length = 10;

TimePoint time_of(const std::string& option, const std::string& text) {
    const auto time = parse_iso8601(text.size() == k_date_length ? text + "T00:00:00Z" : text);
    if (time) return *time;
    throw Error(ErrorCode::BadOption, option + " '" + text + "' is not a time",
                "Write a date such as 2026-03-31, or 2026-03-31T12:00:00Z.");
}

flow::PullFilter filter_of(const Options& given) {
    flow::PullFilter filter;
    filter.agent = given.agent;
    filter.model = given.model;
    if (!given.since.empty()) filter.since = time_of("--since", given.since);
    if (!given.until.empty()) {
        filter.before = time_of("--until", given.until);
        // A day is meant with all its hours.
        if (given.until.size() == k_date_length) *filter.before += std::chrono::hours{24};
    }
    if (!given.success.empty()) filter.success = given.success == "true";
    return filter;
}

std::string remote_of(Context& context, const Options& given, const DatasetMemory& memory) {
    const std::string name = dataset_named(context, given.remote, memory);
    return given.revision.empty() ? name : name + "@" + given.revision;
}

// ./<last part of the dataset's name>
std::string folder_of(Context& context, const Options& given, const std::string& remote) {
    const Environment& environment = context.ports.environment;
    if (!given.folder.empty()) return fs::absolute(given.folder, environment, context.ports.disk);
    const hub::RemoteSpec spec = hub::parse_remote_spec(remote, environment, context.ports.disk);
    const std::string name =
        fs::file_name(spec.kind == hub::RemoteKind::Folder ? spec.folder + "-pulled" : spec.repo);
    return fs::absolute(name, environment, context.ports.disk);
}

json::Object pull_object(const flow::PullResult& result, const flow::PullOptions& options) {
    json::Array gone;
    for (const std::string& path : result.gone)
        gone.emplace_back(path);
    json::Object object;
    object.append("remote", result.remote);
    object.append("url", result.url);
    object.append("head", result.head);
    object.append("path", options.folder);
    object.append("filter", options.filter.empty() ? json::Value() : json::Value(options.filter.text()));
    object.append("shard_count", result.shards);
    object.append("pulled", result.pulled);
    object.append("kept", result.kept);
    object.append("trace_count", result.traces);
    object.append("left_out", result.left_out);
    object.append("withdrawn_count", result.withdrawn);
    object.append("transferred_bytes", result.transferred);
    object.append("resumed_bytes", result.resumed);
    object.append("gone", std::move(gone));
    object.append("problems", problems_array(result.problems));
    object.append("more_problems", result.more_problems);
    return object;
}

std::string pull_text(const flow::PullResult& result, const flow::PullOptions& options) {
    std::string text = problems_text(result.problems);
    if (result.more_problems > 0) text += fmt::format("{} more\n", counted(result.more_problems, "problem"));
    text += fmt::format("{}: {} of {} pulled, {} already here: {} in {}\n", printable_line(result.remote),
                        result.pulled, counted(result.shards, "shard"), result.kept,
                        counted(result.traces, "trace"), printable_line(options.folder));
    if (result.left_out > 0) text += fmt::format("{} did not match\n", counted(result.left_out, "trace"));
    if (result.withdrawn > 0)
        text += fmt::format("{} taken back by the dataset: left out, and taken out of files here\n",
                            counted(result.withdrawn, "trace") + (result.withdrawn == 1 ? " was" : " were"));
    for (const std::string& path : result.gone)
        text += printable_line(path) + " is no longer in the dataset; it stays here\n";
    return text;
}

Answer run(Context& context, const Options& given) {
    flow::PullOptions options;
    const DatasetMemory memory = open_dataset_memory(context);
    options.remote = remote_of(context, given, memory);
    options.folder = folder_of(context, given, options.remote);
    options.filter = filter_of(given);
    const flow::PullResult result = flow::pull(context.ports, *memory.store, options, context.progress);
    Answer answer;
    answer.fields = pull_object(result, options);
    answer.text = pull_text(result, options);
    if (!result.problems.empty()) answer.error = error_of_problems(result.problems, result.more_problems);
    return answer;
}

}  // namespace

Run declare_pull(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    add_dataset(accepted, options->remote);
    accepted
        .add_option("-o,--output", options->folder, "Folder for the files; without it, the dataset's name")
        .type_name("DIR");
    accepted.add_option("--revision", options->revision, "Branch, tag or commit instead of main")
        .type_name("REV");
    accepted.add_option("--agent", options->agent, "Only traces of this agent")
        .type_name("A")
        .completes(Candidates::Agents);
    accepted.add_option("--model", options->model, "Only traces whose model has this in its name")
        .type_name("M");
    accepted.add_option("--since", options->since, "Only sessions that started then or later")
        .type_name("TIME");
    accepted
        .add_option("--until", options->until, "Only sessions that started before; a date includes its day")
        .type_name("TIME");
    accepted.add_option("--success", options->success, "Only traces with this outcome")
        .one_of({"true", "false"});
    accepted.check([options] { filter_of(*options); });
    accepted.example("opentraces pull ./dataset -o copy", "Every shard, verified");
    accepted.example("opentraces pull ada/traces --model claude", "Only some traces, from the Hub");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
