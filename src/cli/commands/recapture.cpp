#include <fmt/format.h>

#include <set>

#include "cli/capture_fields.hpp"
#include "cli/command.hpp"
#include "cli/failure_fields.hpp"
#include "cli/project_context.hpp"
#include "cli/selection.hpp"
#include "cli/standard_input.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/flow/raw_copies.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    Selection selection;
    bool all = false;
};

// What is to be read again, each session once, and how many sessions of the selection have no copy.
struct Wanted {
    std::vector<flow::Recapture> sessions;
    std::int64_t without_copy = 0;
};

Wanted of_selection(Context& context, const Project& project, flow::RawCopies& raw,
                    const Selection& selection) {
    Wanted wanted;
    std::set<std::pair<std::string, std::string>> known;
    for (const store::TraceRow& row : select(context, *project.store, selection, {}).rows) {
        if (!known.insert({row.agent, row.source_path}).second) continue;
        // A session that was named without having a copy is a failure; one that flags have found is counted.
        if (selection.has_ids() || raw.open(row.agent, row.source_path))
            wanted.sessions.push_back({row.agent, row.source_path});
        else
            ++wanted.without_copy;
    }
    return wanted;
}

// Every copy, also of sessions whose traces the store does not know any more.
Wanted of_all(Context& context, const Project& project, flow::RawCopies& raw) {
    Wanted wanted;
    std::set<std::string> copies;
    for (const flow::RawCopies::Entry& entry : raw.all()) {
        copies.insert(entry.path);
        try {
            const capture::SessionRef session = capture::read_raw_head(raw.open_entry(entry));
            wanted.sessions.push_back({session.agent, session.locator});
        } catch (const Error& error) {
            if (error.code() != ErrorCode::CorruptSession) throw;
            context.progress.warning(fmt::format("{}: {}", entry.path, error.what()));
        }
    }
    for (const store::TraceRow& row : project.store->list({}))
        if (!copies.contains(raw.path_of(row.agent, row.source_path))) ++wanted.without_copy;
    return wanted;
}

Answer run(Context& context, const Options& options) {
    const Project project = open_selected_project(context, options.selection);
    flow::RawCopies raw(project.root, context.ports.disk);
    const Wanted wanted =
        options.all ? of_all(context, project, raw) : of_selection(context, project, raw, options.selection);
    const flow::CaptureResult result = flow::recapture(
        wanted.sessions, raw, *project.store, capture_options(context, project.config, project.root),
        context.ports.disk, storage_folder(context.ports.environment), context.progress);
    Answer answer;
    answer.fields = capture_object(result);
    answer.fields.append("without_copy", wanted.without_copy);
    answer.text = capture_text(result);
    if (wanted.without_copy > 0)
        answer.text += counted(wanted.without_copy, "trace") + " without a raw copy\n";
    tell_failures(answer, result.failed, "session");
    if (!context.json) context.terminal.err(failures_text(result.failed));
    return answer;
}

}  // namespace

Run declare_recapture(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    declare_selection(accepted, options->selection,
                      "Trace ids (4 characters are enough where they are unique); - reads them from standard "
                      "input");
    accepted.add_flag("--all", options->all, "Every session that there is a raw copy of");
    accepted.check([options] {
        if (options->all == options->selection.is_given())
            throw Error(ErrorCode::BadOption, "which traces? Give ids or flags, or --all");
    });
    accepted.example("opentraces recapture --all",
                     "With the rules of today, whether the agent still has them or not");
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
