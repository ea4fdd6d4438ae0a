#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/selection.hpp"
#include "cli/trace_fields.hpp"

namespace opentraces::cli {
namespace {

Answer run(Context& context, const Selection& selection) {
    const Project project = open_selected_project(context, selection);
    const Selected selected = select(context, *project.store, selection,
                                     {.stages = {store::Stage::Inbox, store::Stage::Committed}});
    const std::vector<TraceId> ids = selected.ids();
    if (!ids.empty()) project.store->mark_reviewed(ids);
    json::Array array;
    for (const TraceId& id : ids)
        array.emplace_back(id.str());
    Answer answer;
    answer.fields.append("marked", static_cast<std::int64_t>(ids.size()));
    answer.fields.append("trace_ids", std::move(array));
    answer.text = ids.empty() ? no_match_text("nothing was marked")
                              : fmt::format("Marked {} as looked at. Next: opentraces commit\n",
                                            counted(static_cast<std::int64_t>(ids.size()), "trace"));
    return answer;
}

}  // namespace

Run declare_reviewed(OptionSet& accepted) {
    auto selection = std::make_shared<Selection>();
    declare_selection(accepted, *selection,
                      "Traces that you have looked at; - reads ids from standard input");
    accepted.check([selection] {
        if (!selection->is_given())
            throw Error(ErrorCode::BadOption, "say which traces you have looked at", "Give ids, or flags.");
    });
    accepted.example("opentraces reviewed 4f2a", "I have looked at it; commit --all takes it now");
    return [selection](Context& context) { return run(context, *selection); };
}

}  // namespace opentraces::cli
