#include <fmt/format.h>

#include <algorithm>

#include "cli/chosen_commits.hpp"
#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

bool is_committed(store::Store& store, const TraceId& id) {
    return store.find(id.str()).stage == store::Stage::Committed;
}

// Of a commit what is not pushed yet; a trace that is named has to be committed.
std::vector<TraceId> chosen(store::Store& store, const std::vector<std::string>& names) {
    std::vector<TraceId> ids;
    const auto add = [&ids](const TraceId& id) {
        if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    };
    for (const std::string& name : names) {
        const auto group = commit_named(store, name);
        const std::vector<TraceId> traces = group ? group->traces : std::vector<TraceId>{store.find(name).id};
        bool any = false;
        for (const TraceId& id : traces) {
            if (!is_committed(store, id)) continue;
            add(id);
            any = true;
        }
        if (any) continue;
        throw Error(ErrorCode::InvalidState,
                    group ? fmt::format("all traces of commit {} are pushed", group->id.str())
                          : fmt::format("trace {} is not committed", traces.front().str()),
                    "Run: opentraces log");
    }
    return ids;
}

Answer run(Context& context, const std::vector<std::string>& names) {
    const Project project = open_project(context);
    const auto lock = project.store->lock();
    const std::vector<TraceId> ids = chosen(*project.store, names);
    const auto later = project.store->later_versions();
    project.store->reset(ids);
    json::Array array;
    std::int64_t newer = 0;
    for (const TraceId& id : ids) {
        array.emplace_back(id.str());
        newer += later.contains(id) ? 1 : 0;
    }
    Answer answer;
    answer.fields.append("uncommitted", static_cast<std::int64_t>(ids.size()));
    answer.fields.append("replaced_by_later", newer);
    answer.fields.append("trace_ids", std::move(array));
    answer.text =
        fmt::format("Back in the inbox: {}\n", counted(static_cast<std::int64_t>(ids.size()), "trace"));
    if (newer > 0)
        answer.text += fmt::format("{} a newer version there already; the older one is gone\n",
                                   counted(newer, "trace") + (newer == 1 ? " has" : " have"));
    return answer;
}

}  // namespace

Run declare_uncommit(OptionSet& accepted) {
    auto names = std::make_shared<std::vector<std::string>>();
    accepted.add_option("ID", *names, "Commits or traces; a unique prefix of at least 4 characters is enough")
        .required()
        .completes(Candidates::Ids);
    accepted.example("opentraces uncommit 4f2a", "Back to the inbox, before it is pushed");
    return [names](Context& context) { return run(context, *names); };
}

}  // namespace opentraces::cli
