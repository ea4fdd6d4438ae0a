#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/selection.hpp"
#include "cli/trace_fields.hpp"

namespace opentraces::cli {
namespace {

// On one screen; programs get all.
constexpr std::int64_t k_shown = 50;

Answer run(Context& context, const Selection& selection) {
    const Project project = open_selected_project_for_reading(context, selection);
    const bool for_people = context.terminal.out_is_terminal() && !context.json;
    const Selected selected = select(context, *project.store, selection, {.limit = for_people ? k_shown : 0});
    Answer answer;
    json::Array traces;
    const std::map<TraceId, TraceId> later = project.store->outgrown();
    for (const store::TraceRow& row : selected.rows) {
        json::Object trace = trace_object(row);
        const auto found = later.find(row.id);
        trace.append("later_version",
                     found == later.end() ? json::Value() : json::Value(found->second.str()));
        traces.emplace_back(std::move(trace));
    }
    answer.fields.append("total", selected.total);
    answer.fields.append("traces", std::move(traces));
    if (!selected.rows.empty()) {
        answer.text = trace_table(context, selected.rows);
        if (selected.total > static_cast<std::int64_t>(selected.rows.size()))
            answer.text +=
                fmt::format("{} of {}; --limit 0 shows all\n", selected.rows.size(), selected.total);
        answer.text += outgrown_text(static_cast<std::int64_t>(later.size()));
    } else if (selection.is_given()) {
        answer.text = "No trace matches.\n";
    } else {
        answer.text = "No traces here. Capture some with: opentraces capture\n";
    }
    return answer;
}

}  // namespace

Run declare_list(OptionSet& accepted) {
    auto selection = std::make_shared<Selection>();
    declare_selection(accepted, *selection, "Only these traces; - reads ids from standard input");
    return [selection](Context& context) { return run(context, *selection); };
}

}  // namespace opentraces::cli
