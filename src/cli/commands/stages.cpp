// reject, reset and discard: the moves that need no more than a selection.
#include <fmt/format.h>

#include <set>

#include "cli/command.hpp"
#include "cli/confirmation.hpp"
#include "cli/project_context.hpp"
#include "cli/selection.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/raw_copies.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_most_named = 10;
constexpr std::size_t k_shown_task = 60;

struct Options {
    Selection selection;
    bool yes = false;
};

json::Array id_array(const std::vector<TraceId>& ids) {
    json::Array array;
    for (const TraceId& id : ids)
        array.emplace_back(id.str());
    return array;
}

Answer moved(const std::vector<TraceId>& ids, std::string_view verb, std::string_view field) {
    Answer answer;
    answer.fields.append(std::string(field), static_cast<std::int64_t>(ids.size()));
    answer.fields.append("trace_ids", id_array(ids));
    answer.text = fmt::format("{} {}\n", verb, counted(static_cast<std::int64_t>(ids.size()), "trace"));
    if (ids.empty()) answer.text = no_match_text(std::string("nothing was ").append(field));
    return answer;
}

std::shared_ptr<Options> declare_chosen(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    declare_selection(accepted, options->selection,
                      "Trace ids (4 characters are enough where they are unique); - reads them from standard "
                      "input");
    accepted.check([options] {
        if (!options->selection.is_given())
            throw Error(ErrorCode::BadOption, "which traces? Give ids, or flags such as --agent and --since");
    });
    return options;
}

// Of what an action may move, unless a stage or ids were given.
Selected chosen(Context& context, store::Store& store, const Options& options, store::Action action) {
    return select(context, store, options.selection, {.stages = stages_for(action)});
}

Answer reject(Context& context, const Options& options) {
    const Project project = open_selected_project(context, options.selection);
    const auto ids = chosen(context, *project.store, options, store::Action::Reject).ids();
    if (!ids.empty()) project.store->reject(ids);
    return moved(ids, "Rejected", "rejected");
}

Answer reset(Context& context, const Options& options) {
    const Project project = open_selected_project(context, options.selection);
    const auto ids = chosen(context, *project.store, options, store::Action::Reset).ids();
    if (!ids.empty()) project.store->reset(ids);
    return moved(ids, "Back in the inbox:", "reset");
}

// What is about to be deleted, so that nobody has to guess.
std::string named_traces(const std::vector<store::TraceRow>& rows) {
    std::string text;
    for (std::size_t i = 0; i < rows.size() && i < k_most_named; ++i) {
        const std::string task = rows[i].task.empty() ? "(no task)" : printable_line(rows[i].task);
        text += fmt::format("  {}  {}\n", short_id(rows[i].id), first_code_points(task, k_shown_task));
    }
    if (rows.size() > k_most_named) text += fmt::format("  and {} more\n", rows.size() - k_most_named);
    return text;
}

// Of sessions that have no trace any more.
void drop_raw_copies(Context& context, const Project& project,
                     const std::vector<store::TraceRow>& discarded) {
    std::set<std::pair<std::string, std::string>> kept;
    for (const store::TraceRow& row : project.store->list({}))
        kept.insert({row.agent, row.source_path});
    flow::RawCopies raw(project.root, context.ports.disk);
    for (const store::TraceRow& row : discarded)
        if (!kept.contains({row.agent, row.source_path})) raw.remove(row.agent, row.source_path);
}

Answer discard(Context& context, const Options& options) {
    const Project project = open_selected_project(context, options.selection);
    const Selected selected = chosen(context, *project.store, options, store::Action::Discard);
    const auto ids = selected.ids();
    if (!ids.empty() && !options.yes) {
        const std::string traces = counted(static_cast<std::int64_t>(ids.size()), "trace");
        confirm(context, "discarding deletes traces for good and was not confirmed",
                fmt::format("{}Delete {} for good?", named_traces(selected.rows), traces),
                "nothing was deleted");
    }
    if (!ids.empty()) {
        project.store->discard(ids);
        drop_raw_copies(context, project, selected.rows);
    }
    Answer answer = moved(ids, "Discarded", "discarded");
    answer.text += named_traces(selected.rows);
    return answer;
}

}  // namespace

Run declare_reject(OptionSet& accepted) {
    const auto options = declare_chosen(accepted);
    accepted.example("opentraces reject 4f2a", "Keep one out of every push");
    return [options](Context& context) { return reject(context, *options); };
}

Run declare_reset(OptionSet& accepted) {
    const auto options = declare_chosen(accepted);
    accepted.example("opentraces reset 4f2a", "Back to the inbox");
    return [options](Context& context) { return reset(context, *options); };
}

Run declare_discard(OptionSet& accepted) {
    const auto options = declare_chosen(accepted);
    accepted.add_flag("-y,--yes", options->yes, "Do not ask");
    accepted.example("opentraces discard 4f2a --yes", "Delete it here");
    return [options](Context& context) { return discard(context, *options); };
}

}  // namespace opentraces::cli
