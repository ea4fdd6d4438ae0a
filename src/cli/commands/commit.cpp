#include <fmt/format.h>

#include <algorithm>

#include "cli/capture_fields.hpp"
#include "cli/chosen_commits.hpp"
#include "cli/command.hpp"
#include "cli/commit_message.hpp"
#include "cli/confirmation.hpp"
#include "cli/project_context.hpp"
#include "cli/selection.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/security/plain_text.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    Selection selection;
    std::string message;
    bool all = false;
    bool amend = false;
    bool include_needs_review = false;
    bool yes = false;
};

using Rows = std::vector<store::TraceRow>;

bool is_marked(const store::TraceRow& row) {
    return row.needs_review;
}

std::string left_out_text(std::int64_t left_out) {
    if (left_out == 0) return "";
    return fmt::format(
        "{} review and {} left out. Look at {} with: opentraces list --stage inbox --needs-review\n"
        "Then: opentraces reviewed ID, or opentraces commit --all --include-needs-review\n",
        counted(left_out, "trace") + (left_out == 1 ? " needs" : " need"), left_out == 1 ? "was" : "were",
        left_out == 1 ? "it" : "them");
}

// Without having been named, what needs review is left out.
std::int64_t leave_out_marked(const Options& options, Rows& rows) {
    if (options.selection.has_ids() || options.selection.needs_review || options.include_needs_review)
        return 0;
    return static_cast<std::int64_t>(std::erase_if(rows, is_marked));
}

void confirm_marked(Context& context, const Options& options, const Rows& rows) {
    const auto marked = std::count_if(rows.begin(), rows.end(), is_marked);
    if (marked == 0 || options.include_needs_review || options.yes) return;
    const std::string traces = counted(marked, "trace");
    confirm(context, fmt::format("{} to be committed {} review", traces, marked == 1 ? "needs" : "need"),
            fmt::format("{} {} review. Commit all the same?", traces, marked == 1 ? "needs" : "need"),
            "nothing was committed");
}

Answer answer_of(const store::CommitGroup& group, std::int64_t left_out,
                 const security::ScrubbedText& message) {
    json::Array replaced;
    for (const TraceId& id : group.replaced)
        replaced.emplace_back(id.str());
    Answer answer;
    answer.fields.append("commit_id", text_or_null(group.id.str()));
    answer.fields.append("committed", static_cast<std::int64_t>(group.traces.size()));
    answer.fields.append("left_out", left_out);
    answer.fields.append("replaced", std::move(replaced));
    answer.fields.append("message", text_or_null(group.message));
    answer.fields.append("text_redactions", counts_object(message.replaced));
    return answer;
}

Answer nothing_to_commit(std::int64_t left_out) {
    Answer answer = answer_of({}, left_out, {});
    answer.text = left_out > 0 ? "Nothing was committed.\n" : "Nothing in the inbox to commit.\n";
    answer.text += left_out_text(left_out);
    return answer;
}

Answer committed(const store::CommitGroup& group, std::int64_t left_out,
                 const security::ScrubbedText& message) {
    Answer answer = answer_of(group, left_out, message);
    answer.text = fmt::format("[{}] {}\nCommitted {}. ", group.id.str(), printable_line(group.message),
                              counted(static_cast<std::int64_t>(group.traces.size()), "trace"));
    if (!group.replaced.empty())
        answer.text +=
            fmt::format("{} made room for what is newer. ",
                        counted(static_cast<std::int64_t>(group.replaced.size()), "older version"));
    answer.text += "Next: opentraces push\n" + left_out_text(left_out);
    return answer;
}

std::int64_t in_inbox(store::Store& store) {
    store::Filter filter;
    filter.stages = {store::Stage::Inbox};
    return store.count(filter);
}

Answer commit(Context& context, const Options& options) {
    const Project project = open_selected_project(context, options.selection);
    if (!options.all && !options.selection.is_given()) {
        const std::int64_t waiting = in_inbox(*project.store);
        if (waiting == 0) return nothing_to_commit(0);
        throw Error(ErrorCode::BadOption, "say which traces to commit",
                    fmt::format("Give ids, or --all for the {} in the inbox.", counted(waiting, "trace")));
    }
    const auto lock = project.store->lock();
    Selected selected =
        select(context, *project.store, options.selection, {.stages = stages_for(store::Action::Commit)});
    const std::int64_t left_out = leave_out_marked(options, selected.rows);
    if (selected.rows.empty()) return nothing_to_commit(left_out);
    confirm_marked(context, options, selected.rows);
    const security::ScrubbedText message = scrubbed_message(
        context, project, options.message.empty() ? default_message(selected.rows) : options.message);
    return committed(project.store->commit(selected.ids(), message.text, context.ports.ids), left_out,
                     message);
}

bool is_unpushed(store::Store& store, const store::CommitGroup& group) {
    return std::all_of(group.traces.begin(), group.traces.end(), [&](const TraceId& id) {
        return store.find(id.str()).stage == store::Stage::Committed;
    });
}

store::CommitGroup to_amend(store::Store& store, const Selection& selection) {
    if (selection.has_ids()) {
        if (auto group = commit_named(store, selection.ids.front())) return *std::move(group);
        throw Error(ErrorCode::NotFound, "no commit " + printable_line(selection.ids.front()),
                    "Run: opentraces log");
    }
    for (store::CommitGroup& group : store.commit_groups())
        if (is_unpushed(store, group)) return std::move(group);
    throw Error(ErrorCode::InvalidState, "there is no commit that is not pushed", "Run: opentraces log");
}

Answer amend(Context& context, const Options& options) {
    const Project project = open_project(context);
    const auto lock = project.store->lock();
    const store::CommitGroup before = to_amend(*project.store, options.selection);
    const security::ScrubbedText message = scrubbed_message(context, project, options.message);
    const store::CommitGroup group = project.store->amend(before.id, message.text);
    Answer answer = answer_of(group, 0, message);
    answer.text = fmt::format("[{}] {}\n", group.id.str(), printable_line(group.message));
    return answer;
}

void check(const Options& options) {
    if (options.all && options.selection.is_given())
        throw Error(ErrorCode::BadOption, "--all and choosing traces exclude each other",
                    "Give ids or flags, or --all.");
    if (!options.amend) return;
    if (options.message.empty())
        throw Error(ErrorCode::BadOption, "--amend needs the new message", "Add: -m MESSAGE");
    if (options.all || options.selection.has_flags() || options.selection.ids.size() > 1)
        throw Error(ErrorCode::BadOption, "--amend is about one commit",
                    "Give its id, or none for the latest that is not pushed.");
}

}  // namespace

Run declare_commit(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    declare_selection(accepted, options->selection,
                      "Traces of the inbox (- reads ids from standard input); with --amend a commit");
    accepted.add_flag("--all", options->all, "Everything in the inbox that needs no review");
    accepted.add_option("-m,--message", options->message, "What these traces are").type_name("MSG");
    accepted.add_flag("--amend", options->amend,
                      "Give the latest commit that is not pushed, or the one that is named, another message");
    accepted.add_flag("--include-needs-review", options->include_needs_review, "Also what needs review");
    accepted.add_flag("-y,--yes", options->yes, "Do not ask about traces that need review");
    accepted.check([options] { check(*options); });
    accepted.example("opentraces commit 4f2a -m \"Fix the parser\"", "One trace");
    accepted.example("opentraces commit --all", "Everything in the inbox that needs no review");
    accepted.example("opentraces commit --amend -m \"Fix the lexer\"", "Another message for the latest");
    return [options](Context& context) {
        return options->amend ? amend(context, *options) : commit(context, *options);
    };
}

}  // namespace opentraces::cli
