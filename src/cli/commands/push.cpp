#include "opentraces/flow/push.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/capture_fields.hpp"
#include "cli/chosen_commits.hpp"
#include "cli/command.hpp"
#include "cli/confirmation.hpp"
#include "cli/dataset_option.hpp"
#include "cli/project_context.hpp"
#include "cli/quality_fields.hpp"
#include "cli/selection.hpp"
#include "cli/terminal_progress.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/shell.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    Selection selection;
    bool all = false;
    bool verbose = false;
    std::string repo;
    bool make_private = false;
    bool make_public = false;
    bool publish = false;
    std::string gated;
    bool dry_run = false;
    bool create_pr = false;
    std::string message;
    std::string max_shard_size;
    std::string license;
    bool card_reset = false;
    bool assess = false;
    bool replace = false;
    bool gate = false;
    std::string thresholds;
    bool yes = false;
};

// Asks before everybody can read something. Without somebody to ask, what was said on the command line
// counts; what only the configuration says does not.
flow::BeforePublic ask_before_public(Context& context, const Options& given) {
    if (given.yes) return {};
    return [&context, &given](const std::string& dataset) {
        const bool can_ask = can_confirm(context);
        const bool said = given.publish || given.make_public;
        if (!can_ask && said) return;
        if (given.dry_run && can_ask) return;
        confirm(context,
                fmt::format("{} would be a new public dataset, which only the configuration asks for",
                            printable_line(dataset)),
                given.publish
                    ? fmt::format("Let everybody read {}?", printable_line(dataset))
                    : fmt::format("Make {}, a new dataset that everybody can read?", printable_line(dataset)),
                "nothing was sent");
    };
}

// Once for each dataset: the answer is in its card from then on, and that there was none is remembered.
flow::AskLicense ask_license(Context& context, const Project& project) {
    if (!can_confirm(context)) return {};
    return [&context, &store = *project.store](const std::string& dataset) -> std::string {
        constexpr const char* k_asked = "license-asked";
        const std::string key = sha256_hex(dataset);
        if (store.cached(k_asked, key)) return {};
        const std::string question = fmt::format(
            "Under which licence may others use the traces of {}?\nAn id of the Hub such as cc-by-4.0 or "
            "apache-2.0, or nothing to state none: ",
            printable_line(dataset));
        while (true) {
            card::CardSettings chosen;
            chosen.license = trim(context.terminal.ask(question).value_or(""));
            if (chosen.license.empty()) {
                store.cache(k_asked, key, {});
                return {};
            }
            try {
                card::validate_settings(chosen);
                return chosen.license;
            } catch (const Error& error) {
                context.terminal.err(error.message() + "\n");
            }
        }
    };
}

flow::PushOptions push_options(Context& context, const Options& given, const Project& project) {
    flow::PushOptions options;
    options.remote = dataset_named(context, given.repo, project);
    if (given.make_private) options.visibility = hub::Visibility::Private;
    if (given.make_public) options.visibility = hub::Visibility::Public;
    options.configured_visibility = project.config.visibility;
    options.publish = given.publish;
    options.before_public = ask_before_public(context, given);
    options.all = given.all;
    if (given.gated == "auto") options.gated = hub::Gating::Auto;
    if (given.gated == "manual") options.gated = hub::Gating::Manual;
    if (given.gated == "off") options.gated = hub::Gating::Off;
    options.dry_run = given.dry_run;
    options.create_pull_request = given.create_pr;
    options.message = given.message;
    options.card = project.config.card;
    options.license = given.license;
    options.ask_license = ask_license(context, project);
    options.card_reset = given.card_reset;
    options.scan = scrub_options(context, &project.config, project.root);
    options.assess = given.assess || given.gate;
    options.gate = given.gate;
    options.replace = given.replace;
    options.thresholds = read_thresholds(context, given.thresholds);
    if (!given.max_shard_size.empty()) options.max_shard_bytes = parse_size(given.max_shard_size);
    return options;
}

json::Value name_or_null(const std::optional<hub::Visibility>& visibility) {
    return visibility ? json::Value(hub::name_of(*visibility)) : json::Value();
}

json::Array id_array(const std::vector<TraceId>& ids) {
    json::Array array;
    for (const TraceId& id : ids)
        array.emplace_back(id.str());
    return array;
}

json::Value preview_value(const flow::PushResult& result) {
    if (!result.preview) return {};
    json::Object preview;
    json::Object findings;
    for (const auto& [rule, count] : result.preview->findings)
        findings.append(rule, count);
    preview.append("trace_ids", id_array(result.preview->traces));
    preview.append("redactions", result.preview->redactions);
    preview.append("findings_by_rule", std::move(findings));
    preview.append("card_diff", result.preview->card_diff);
    preview.append("creates_dataset", result.preview->creates_dataset);
    return preview;
}

json::Object push_object(const flow::PushResult& result) {
    json::Array shards;
    for (const flow::PushedShard& shard : result.shards) {
        json::Object detail;
        detail.append("path", shard.path);
        detail.append("sha256", shard.sha256);
        detail.append("bytes", shard.size);
        detail.append("trace_count", shard.traces);
        shards.emplace_back(std::move(detail));
    }
    json::Object object;
    object.append("remote", text_or_null(result.remote));
    object.append("uploaded", result.uploaded);
    object.append("duplicates", result.duplicates);
    object.append("other_text", id_array(result.other_text));
    object.append("superseded", id_array(result.superseded));
    object.append("withdrawn", id_array(result.withdrawn));
    object.append("earlier_revisions", id_array(result.earlier));
    object.append("replaced", id_array(result.replaced));
    object.append("recovered", result.recovered);
    append_later(object, result.later);
    object.append("postponed", result.postponed);
    object.append("elsewhere", result.elsewhere);
    object.append("offered", result.offered);
    object.append("here", result.here);
    object.append("shards", std::move(shards));
    object.append("commit", text_or_null(result.commit));
    object.append("commit_url", text_or_null(result.commit_url));
    object.append("url", text_or_null(result.url));
    object.append("visibility", name_or_null(result.visibility));
    object.append("license", text_or_null(result.license));
    object.append("became_public", result.became_public);
    object.append("gated", result.gating ? json::Value(hub::name_of(*result.gating)) : json::Value());
    object.append("pull_request_url", text_or_null(result.pull_request_url));
    object.append("text_redactions", counts_object(result.text_redactions));
    object.append("dry_run", result.preview.has_value());
    object.append("preview", preview_value(result));
    object.append("quality", result.scores ? json::Value(quality::to_object(*result.scores)) : json::Value());
    return object;
}

std::string named(const std::vector<TraceId>& ids) {
    constexpr std::size_t k_named = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(ids.size(), k_named); ++i)
        text += (i == 0 ? "" : ", ") + ids[i].str();
    return ids.size() > k_named ? text + fmt::format(" and {} more", ids.size() - k_named) : text;
}

// Of the traces that are not sent, those of which the dataset has not this text.
std::string kept_text(const flow::PushResult& result) {
    std::string text;
    if (!result.other_text.empty())
        text += fmt::format("  of these, {} with another text there, which stays: {}\n",
                            result.other_text.size(), named(result.other_text));
    if (!result.superseded.empty())
        text += fmt::format("  of these, {} with a later revision there: {}\n", result.superseded.size(),
                            named(result.superseded));
    return text;
}

// What the dataset has, or must not have, beside what is sent.
std::string revisions_text(const flow::PushResult& result) {
    std::string text;
    if (!result.withdrawn.empty())
        text += fmt::format(
            "{} withdrawn from the dataset and not sent: {}\n  Keep {} out of every push with: opentraces "
            "reject\n",
            counted(static_cast<std::int64_t>(result.withdrawn.size()), "trace") +
                (result.withdrawn.size() == 1 ? " was" : " were"),
            named(result.withdrawn), result.withdrawn.size() == 1 ? "it" : "them");
    if (!result.replaced.empty())
        text += fmt::format("{} taken out: {}\n",
                            counted(static_cast<std::int64_t>(result.replaced.size()), "earlier revision"),
                            named(result.replaced));
    else if (!result.earlier.empty())
        text += fmt::format(
            "{} in the dataset beside what is newer: {}\n  To have each session once: opentraces push "
            "--replace\n",
            counted(static_cast<std::int64_t>(result.earlier.size()), "earlier revision") +
                (result.earlier.size() == 1 ? " stays" : " stay"),
            named(result.earlier));
    return text;
}

// In the order in which they would be sent.
std::string traces_text(store::Store& store, const std::vector<TraceId>& ids, bool whole) {
    constexpr std::size_t k_shown = 20;
    constexpr std::size_t k_shown_task = 60;
    const std::size_t shown = whole ? ids.size() : std::min(ids.size(), k_shown);
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) {
        const store::TraceRow row = store.find(ids[i].str());
        const std::string task = row.task.empty() ? "(no task)" : printable_line(row.task);
        text += fmt::format("  {}  {}\n", short_id(row.id), first_code_points(task, k_shown_task));
    }
    if (shown < ids.size()) text += fmt::format("  and {} more; --verbose shows all\n", ids.size() - shown);
    return text;
}

// What there is beside the traces that were sent.
std::string others_text(const flow::PushResult& result, const Options& given) {
    std::string text;
    const std::string repo = given.repo.empty() ? "" : " --repo " + shell_quoted(given.repo);
    if (result.here > 0)
        text += fmt::format("{} pushed there before.\n",
                            counted(result.here, "trace") + (result.here == 1 ? " was" : " were"));
    if (result.offered > 0)
        text += fmt::format("{} offered in an open pull request and not sent again.\n",
                            counted(result.offered, "trace") + (result.offered == 1 ? " is" : " are"));
    if (result.elsewhere > 0 && result.uploaded == 0)
        text +=
            fmt::format("{} pushed to other datasets. To send {} here too, run: opentraces push{} --all\n",
                        counted(result.elsewhere, "trace") + (result.elsewhere == 1 ? " was" : " were"),
                        result.elsewhere == 1 ? "it" : "them", repo);
    return text;
}

std::string preview_text(const flow::PushResult& result, store::Store& store, const Options& given) {
    std::string text =
        fmt::format("Would push {} to {}{}\n", counted(result.uploaded, "trace"),
                    printable_line(result.remote), result.preview->creates_dataset ? " (a new dataset)" : "");
    text += traces_text(store, result.preview->traces, given.verbose);
    for (const flow::PushedShard& shard : result.shards) {
        text += fmt::format("  {}  {}, {}\n", printable_line(shard.path), counted(shard.traces, "trace"),
                            bytes_text(shard.size));
    }
    text +=
        fmt::format("  {} made in these traces; {} already in the dataset\n",
                    counted(result.preview->redactions, "redaction"), counted(result.duplicates, "trace"));
    text += kept_text(result) + revisions_text(result);
    for (const auto& [rule, count] : result.preview->findings)
        text += fmt::format("  left in it: {} x {}\n", count, rule);
    if (!result.preview->card_diff.empty())
        text += given.verbose ? "Changes of the card:\n" + result.preview->card_diff
                              : "The card would change; --verbose shows how\n";
    return text + others_text(result, given) + "Nothing was sent.\n";
}

std::string visibility_text(const flow::PushResult& result) {
    if (!result.visibility) return "";
    return *result.visibility == hub::Visibility::Private
               ? " (private: only you and your organisation see it)"
               : " (public: visible to everyone)";
}

std::string push_text(const flow::PushResult& result, const Options& options, store::Store& store) {
    if (result.preview) return preview_text(result, store, options) + later_text(result.later);
    std::string text = later_text(result.later);
    if (result.recovered > 0) {
        text += fmt::format("An earlier push had reached the dataset: {} marked pushed.\n",
                            counted(result.recovered, "trace"));
    }
    if (result.duplicates > 0) {
        text += fmt::format("{} already in the dataset and not sent again.\n",
                            counted(result.duplicates, "trace"));
        text += kept_text(result);
    }
    text += revisions_text(result);
    if (result.uploaded > 0) {
        text += fmt::format("{} {} to {}{}\n", result.pull_request_url.empty() ? "Pushed" : "Offered",
                            counted(result.uploaded, "trace"), printable_line(result.remote),
                            visibility_text(result));
        for (const flow::PushedShard& shard : result.shards)
            text += fmt::format("  {} ({})\n", printable_line(shard.path), bytes_text(shard.size));
    } else if (options.publish || result.gating) {
        text += fmt::format("{}{}\n", printable_line(result.remote), visibility_text(result));
    } else if (result.duplicates == 0 && result.withdrawn.empty() && result.recovered == 0 &&
               result.here == 0 && result.offered == 0) {
        text += result.elsewhere > 0 ? "Nothing new is committed.\n"
                                     : "Nothing is committed that the dataset does not have. Commit traces "
                                       "with: opentraces commit "
                                       "--all\n";
    }
    text += others_text(result, options);
    if (result.scores)
        text += fmt::format("Quality {:.1f}, gate {}\n", result.scores->overall_utility,
                            result.scores->gate_status);
    if (!result.url.empty()) text += printable_line(result.url) + "\n";
    if (!result.pull_request_url.empty())
        text += "Pull request: " + printable_line(result.pull_request_url) + "\n";
    return text;
}

void check(const Options& given) {
    if (given.make_private && given.make_public)
        throw Error(ErrorCode::BadOption, "--private and --public exclude each other");
    if (!given.max_shard_size.empty()) parse_size(given.max_shard_size);
    card::CardSettings card;
    card.license = given.license;
    card::validate_settings(card);
    if (given.all && given.selection.is_given())
        throw Error(ErrorCode::BadOption, "--all and choosing traces exclude each other",
                    "Give ids or flags, or --all.");
    if (given.publish && (given.all || given.selection.is_given()))
        throw Error(ErrorCode::BadOption, "--publish sends no traces", "Push them first, or afterwards.");
}

// False when flags have matched nothing.
bool choose(Context& context, const Options& given, store::Store& store, flow::PushOptions& options) {
    if (!given.selection.is_given()) return true;
    Selection selection = given.selection;
    expand_commits(store, selection);
    options.traces =
        select(context, store, selection, {.stages = {store::Stage::Committed, store::Stage::Pushed}}).ids();
    return !options.traces.empty();
}

// A dry run ends as the push would end.
void judge_preview(const flow::PushPreview& preview, Answer& answer) {
    if (preview.findings.empty()) return;
    answer.error =
        Error(ErrorCode::SecretsFound, "the push would be stopped: secrets are left in the traces");
    answer.text += "The push would be stopped (exit 8): what is left in these traces must not leave.\n";
}

Answer run(Context& context, const Options& given) {
    const Project project = open_selected_project(context, given.selection);
    flow::PushOptions options = push_options(context, given, project);
    if (!choose(context, given, *project.store, options)) {
        Answer answer;
        answer.fields = push_object({});
        answer.text = no_match_text("nothing was sent");
        return answer;
    }
    const flow::PushResult result =
        flow::push(context.ports, *project.store, project.root, options, context.progress);
    Answer answer;
    answer.fields = push_object(result);
    answer.text = push_text(result, given, *project.store);
    if (result.preview) judge_preview(*result.preview, answer);
    if (result.became_public) {
        // Not an error: the traces are pushed. But a script must not take it for success.
        answer.error = Error(ErrorCode::VisibilityMismatch, result.remote + " became public during the push",
                             "Make it private with: opentraces push --private");
        answer.text += fmt::format(
            "{} became public during the push. Make it private with: opentraces push --private\n"
            "What was readable meanwhile may have been copied.\n",
            printable_line(result.remote));
    }
    return answer;
}

}  // namespace

Run declare_push(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    declare_selection(accepted, options->selection,
                      "Traces or commits (- reads ids from standard input), also when they were pushed "
                      "elsewhere; without any, what is committed");
    accepted.add_flag("--all", options->all, "Also what was pushed to other datasets and is not in this one");
    add_repo_option(
        accepted, options->repo,
        "Where to: a remote of the project, a folder such as ./dataset, or owner/name on the Hub");
    accepted.add_flag("--private", options->make_private,
                      "Only you may see the dataset (the default for new ones)");
    accepted.add_flag("--public", options->make_public, "A new dataset is visible to everyone");
    accepted.add_flag("--publish", options->publish, "Make an existing dataset public; sends no traces");
    accepted.add_option("--gated", options->gated, "Readers must ask for access: auto, manual, or off")
        .implied_value("auto")
        .one_of({"auto", "manual", "off"});
    accepted.add_flag("--dry-run", options->dry_run,
                      "Show what would be sent, and end as the push would; send nothing");
    accepted.add_flag("-v,--verbose", options->verbose,
                      "With --dry-run: all traces, and the changes of the card");
    accepted.add_flag("--create-pr", options->create_pr,
                      "Offer the traces as a pull request to somebody else's dataset");
    accepted
        .add_option("-m,--message", options->message,
                    "First line of the Hub commit, instead of the message of the commit")
        .type_name("MSG");
    accepted
        .add_option("--max-shard-size", options->max_shard_size, "Start a new shard beyond this, e.g. 200MB")
        .type_name("SIZE");
    accepted
        .add_option("--license", options->license,
                    "Licence id that the card of the dataset states, when it states none yet, e.g. cc-by-4.0")
        .type_name("ID");
    accepted.add_flag("--replace", options->replace,
                      "Take earlier revisions of these sessions out of the dataset, in the same commit");
    accepted.add_flag("--card-reset", options->card_reset,
                      "Replace a README.md that cannot be read; a copy is kept");
    accepted.add_flag("--assess", options->assess,
                      "Score the dataset; scores and badges go into the same commit");
    accepted.add_flag("--gate", options->gate,
                      "With --assess: send nothing when the quality gate fails (exit 8)");
    accepted.add_option("--thresholds", options->thresholds, "JSON file with the gate's thresholds")
        .type_name("FILE");
    accepted.add_flag("-y,--yes", options->yes, "Do not ask before something becomes public");
    accepted.check([options] { check(*options); });
    accepted.example("opentraces push --repo ./dataset", "Into a dataset folder");
    accepted.example("opentraces push --private", "To the default remote, which nobody else sees");
    accepted.example("opentraces push --dry-run", "What would be sent");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
