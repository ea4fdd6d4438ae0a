#include "cli/chosen_commits.hpp"

#include <fmt/format.h>

#include "cli/trace_fields.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

bool names_traces(store::Store& store, const std::string& id) {
    try {
        store.find(id);
        return true;
    } catch (const Error& error) {
        if (error.code() == ErrorCode::BadOption) return true;
        if (error.code() != ErrorCode::NotFound) throw;
        return false;
    }
}

}  // namespace

std::optional<store::CommitGroup> commit_named(store::Store& store, const std::string& id) {
    auto group = store.find_commit(id);
    if (!group || group->id.str() == id || !names_traces(store, id)) return group;
    throw Error(ErrorCode::BadOption,
                fmt::format("{} means the commit {} and a trace", printable_line(id), group->id.str()),
                "Give more characters of the id.");
}

void expand_commits(store::Store& store, Selection& selection) {
    std::vector<std::string> ids;
    for (const std::string& id : selection.ids) {
        const auto group = commit_named(store, id);
        if (!group) ids.push_back(id);
        for (const TraceId& trace : group ? group->traces : std::vector<TraceId>{})
            ids.push_back(trace.str());
    }
    selection.ids = std::move(ids);
}

Answer shown_commit(Context& context, store::Store& store, const store::CommitGroup& group) {
    std::vector<store::TraceRow> rows;
    json::Array traces;
    for (const TraceId& id : group.traces) {
        rows.push_back(store.find(id.str()));
        traces.emplace_back(trace_object(rows.back()));
    }
    Answer answer;
    answer.fields.append("commit_id", group.id.str());
    answer.fields.append("at", format_iso8601(group.at));
    answer.fields.append("message", group.message);
    answer.fields.append("traces", std::move(traces));
    answer.text = fmt::format(
        "Commit  {}\nTime    {}\nMessage {}\n\n", group.id.str(),
        context.terminal.out_is_terminal() ? local_minute(context, group.at) : format_iso8601(group.at),
        printable_line(group.message));
    answer.text += trace_table(context, rows);
    return answer;
}

}  // namespace opentraces::cli
