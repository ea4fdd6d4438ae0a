#include "opentraces/flow/takedown.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/capture_fields.hpp"
#include "cli/command.hpp"
#include "cli/confirmation.hpp"
#include "cli/dataset_option.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/shell.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/rescan.hpp"

namespace opentraces::cli {
namespace {

using Kind = shard::Withdrawal::Kind;

struct Options {
    std::vector<std::string> traces;
    std::string plan;
    bool duplicates = false;
    bool redact = false;
    bool remove = false;
    std::string reason;
    std::string repo;
    bool dry_run = false;
    bool yes = false;
    bool squash = false;
    std::string confirmed;
};

bool takes_back(const Options& given) {
    return !given.traces.empty() || !given.plan.empty() || given.duplicates;
}

void check(const Options& given) {
    if (!takes_back(given) && !given.squash)
        throw Error(ErrorCode::BadOption, "which traces? Give their ids, or --plan FILE");
    if (!given.traces.empty() + !given.plan.empty() + given.duplicates > 1)
        throw Error(ErrorCode::BadOption, "ids, --plan and --duplicates exclude each other");
    if (given.duplicates && (given.redact || given.remove || !given.reason.empty()))
        throw Error(ErrorCode::BadOption,
                    "--duplicates withdraws nothing: without --redact, --remove, --reason");
    if (given.redact && given.remove)
        throw Error(ErrorCode::BadOption, "--redact and --remove exclude each other");
    if (!given.traces.empty() && !given.redact && !given.remove)
        throw Error(ErrorCode::BadOption, "--redact or --remove?",
                    "--redact takes out what today's rules find, --remove the whole trace.");
    if (given.squash && given.dry_run)
        throw Error(ErrorCode::BadOption, "--dry-run and --squash-history exclude each other");
    if (!given.confirmed.empty() && !given.squash)
        throw Error(ErrorCode::BadOption, "--confirm needs --squash-history");
}

std::vector<flow::TakedownTarget> targets_of(Context& context, const Options& given) {
    std::vector<flow::TakedownTarget> targets;
    for (const std::string& trace : given.traces)
        targets.push_back({trace, {}, given.remove ? Kind::Removed : Kind::Redacted, false});
    if (!given.plan.empty())
        targets =
            flow::targets_in_plan(fs::absolute(given.plan, context.ports.environment, context.ports.disk),
                                  given.remove ? Kind::Removed : Kind::Redacted, context.ports.disk);
    return targets;
}

json::Array text_array(const std::vector<std::string>& texts) {
    json::Array array;
    for (const std::string& text : texts)
        array.emplace_back(text);
    return array;
}

json::Array traces_array(const flow::TakedownReport& report) {
    json::Array traces;
    for (const flow::TakenBack& trace : report.traces) {
        json::Object object;
        object.append("trace_id", trace.trace_id);
        object.append("content_hash", trace.content_hash.str());
        object.append("withdrawal", shard::name_of(trace.kind));
        object.append("shard", trace.shard);
        object.append("redactions_by_rule", counts_object(trace.redactions));
        traces.emplace_back(std::move(object));
    }
    return traces;
}

json::Object fields_of(const flow::TakedownReport& report) {
    json::Object fields;
    fields.append("remote", text_or_null(report.remote));
    fields.append("url", text_or_null(report.url));
    fields.append("traces", traces_array(report));
    fields.append("already_withdrawn", text_array(report.already));
    fields.append("nothing_to_redact", text_array(report.unchanged));
    fields.append("other_traces_with_findings", text_array(report.unclean));
    fields.append("duplicates_removed", report.doubled);
    fields.append("shards_rewritten", report.shards_rewritten);
    fields.append("shards_removed", report.shards_removed);
    fields.append("bytes_read", report.bytes_read);
    fields.append("scores_are_older", report.scores_are_older);
    fields.append("dry_run", report.dry_run);
    fields.append("before", text_or_null(report.before));
    fields.append("commit", text_or_null(report.commit));
    fields.append("commit_url", text_or_null(report.commit_url));
    return fields;
}

std::string rules_text(const std::map<std::string, std::int64_t>& rules) {
    std::string text;
    for (const auto& [rule, count] : rules)
        text += fmt::format("{}{} x {}", text.empty() ? " (" : ", ", count, rule);
    return text.empty() ? text : text + ")";
}

std::string list_text(const std::vector<std::string>& ids, std::string_view what) {
    std::string text;
    for (const std::string& id : ids)
        text += fmt::format("  {}  {}\n", printable_line(id), what);
    return text;
}

// What a commit cannot do.
std::string limits_text(const flow::TakedownReport& report) {
    const std::string remote = printable_line(report.remote);
    const bool on_hub = !report.remote.starts_with('/');
    std::string text = "What this does not do:\n";
    text += on_hub ? fmt::format(
                         "  The history of {} still holds the old bytes (commit {}): whoever may read the "
                         "dataset can read them there.\n",
                         remote, printable_line(report.before))
                   : fmt::format("  Backups of {}, and git if it is kept there, still hold the old bytes.\n",
                                 remote);
    text +=
        "  Copies that others have made are theirs; opentraces pull takes withdrawn traces out of them.\n"
        "  A credential that was published is known: revoke it first, where it was issued.\n";
    if (on_hub)
        text += fmt::format(
            "To drop the history on the Hub: opentraces takedown --squash-history --repo {}\n"
            "Afterwards close pull requests that hold these traces, and delete old shards that are stored as "
            "large files: {}/settings\n",
            shell_quoted(remote), printable_line(report.url));
    return text;
}

std::string text_of(const flow::TakedownReport& report) {
    const auto count = static_cast<std::int64_t>(report.traces.size());
    std::string text =
        list_text(report.already, "was taken back before, and is not there") +
        list_text(report.unchanged, "today's rules find nothing to redact in it") +
        list_text(report.unclean, "is in the same shard and has findings too: opentraces rescan");
    if (report.doubled > 0)
        return text + fmt::format("{} {} second {} in {}: {} rewritten, {} removed.\n",
                                  report.dry_run ? "Would take out" : "Took out", report.doubled,
                                  report.doubled == 1 ? "copy" : "copies", printable_line(report.remote),
                                  counted(report.shards_rewritten, "shard"), report.shards_removed);
    if (report.traces.empty()) return text + "Nothing was changed.\n";
    for (const flow::TakenBack& trace : report.traces)
        text += fmt::format("  {}  {} {}{}\n", printable_line(trace.trace_id), shard::name_of(trace.kind),
                            trace.kind == Kind::Removed ? "from " + printable_line(trace.shard)
                                                        : "in " + printable_line(trace.shard),
                            rules_text(trace.redactions));
    const std::string shards = counted(report.shards_rewritten, "shard") + " rewritten, " +
                               std::to_string(report.shards_removed) + " removed";
    if (report.dry_run)
        return text + fmt::format("Would take back {} of {}: {}. Nothing was changed.\n",
                                  counted(count, "trace"), printable_line(report.remote), shards);
    text += fmt::format("Took back {} of {} in one commit: {}.\n", counted(count, "trace"),
                        printable_line(report.remote), shards);
    text += "Read back: the dataset as it is now has none of it, and opentraces will not push it again.\n";
    if (report.scores_are_older)
        text += "The published scores are from before: opentraces assess --repo " +
                shell_quoted(printable_line(report.remote)) + "\n";
    return text + limits_text(report);
}

void ask_for_squash(Context& context, const std::string& dataset, std::string& confirmed) {
    if (!confirmed.empty() || !can_confirm(context)) return;
    const std::string question = fmt::format(
        "This makes one commit of the whole history of {} and cannot be undone.\nType its name to go on: ",
        printable_line(dataset));
    confirmed = trim(context.terminal.ask(question).value_or(""));
}

std::string squash(Context& context, const Options& given, const Project& project, const std::string& remote,
                   json::Object& fields) {
    std::string confirmed = given.confirmed;
    ask_for_squash(context, remote, confirmed);
    const flow::Squashed squashed = flow::squash_history(context.ports, *project.store, project.root, remote,
                                                         confirmed, context.progress);
    fields.append("squashed_to", text_or_null(squashed.head));
    return fmt::format(
        "The history of {} is one commit now. Pull requests, tags and other branches keep theirs; old shards "
        "that "
        "are stored as large files stay until they are deleted: {}/settings\n",
        printable_line(squashed.remote), printable_line(squashed.url));
}

void ask_before(Context& context, const Options& given, const flow::TakedownOptions& options) {
    if (given.yes || given.dry_run) return;
    confirm(context, "taking traces back rewrites a published dataset and was not confirmed",
            given.duplicates
                ? fmt::format("Take out what {} has twice?", printable_line(options.remote))
                : fmt::format("{} {} of {}?", given.remove ? "Remove" : "Redact",
                              counted(static_cast<std::int64_t>(options.targets.size()), "trace"),
                              printable_line(options.remote)),
            "nothing was changed");
}

Answer run(Context& context, const Options& given) {
    const Project project = open_project(context);
    flow::TakedownOptions options;
    options.remote = dataset_named(context, given.repo, project);
    options.targets = targets_of(context, given);
    options.reason = given.reason;
    options.settings = project.config.card;
    options.scan = scrub_options(context, &project.config, project.root);
    options.dry_run = given.dry_run;
    options.duplicates = given.duplicates;
    Answer answer;
    flow::TakedownReport report;
    report.remote = options.remote;
    if (given.duplicates || !options.targets.empty()) {
        ask_before(context, given, options);
        report = flow::take_down(context.ports, *project.store, project.root, options, context.progress);
    }
    if (takes_back(given)) answer.text = text_of(report);
    answer.fields = fields_of(report);
    if (given.squash)
        answer.text += squash(context, given, project, options.remote, answer.fields);
    else
        answer.fields.append("squashed_to", json::Value());
    return answer;
}

}  // namespace

Run declare_takedown(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("TRACE", options->traces,
                        "Ids of published traces, or beginnings of them that no other id has");
    accepted.add_option("--plan", options->plan, "Take them from a plan that rescan has written")
        .type_name("FILE");
    accepted.add_flag("--duplicates", options->duplicates,
                      "Take out second copies of traces instead, of which verify speaks; withdraws nothing");
    accepted.add_flag("--redact", options->redact,
                      "Take out what today's rules and the project's strings find (with --plan the default)");
    accepted.add_flag("--remove", options->remove, "Take out the whole trace");
    accepted.add_option("--reason", options->reason, "Why, in one line that everybody can read")
        .type_name("TEXT");
    add_repo_option(
        accepted, options->repo,
        "From where: a remote of the project, a folder such as ./dataset, or owner/name on the Hub");
    accepted.add_flag("--dry-run", options->dry_run, "Show what would be changed; change nothing");
    accepted.add_flag("-y,--yes", options->yes, "Do not ask before the dataset is rewritten");
    accepted.add_flag(
        "--squash-history", options->squash,
        "Make one commit of the dataset's history on the Hub, in the end or alone; cannot be undone");
    accepted
        .add_option("--confirm", options->confirmed, "The dataset's name, instead of typing it when asked")
        .type_name("NAME");
    accepted.check([options] { check(*options); });
    accepted.example("opentraces takedown 4f2a --redact --dry-run",
                     "What today's rules would take out of it");
    accepted.example("opentraces takedown 4f2a --remove --reason 'a name' --yes", "The whole trace");
    accepted.example("opentraces takedown --plan plan.jsonl --yes", "Everything that rescan has found");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
