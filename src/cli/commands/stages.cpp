// reject, reset and discard: the moves that need no more than ids.
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/confirmation.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::vector<std::string> ids;
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
    return answer;
}

std::shared_ptr<Options> declare_ids(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("ID", options->ids, "Trace ids; a unique prefix of at least 4 characters is enough")
        .required();
    return options;
}

Answer discard(Context& context, const Options& options) {
    const Project project = open_project(context);
    const auto ids = resolve(*project.store, options.ids);
    if (!options.yes) {
        const std::string traces = counted(static_cast<std::int64_t>(ids.size()), "trace");
        confirm(context, "discarding deletes traces for good and was not confirmed",
                fmt::format("Delete {} for good?", traces), "nothing was deleted");
    }
    project.store->discard(ids);
    return moved(ids, "Discarded", "discarded");
}

}  // namespace

Run declare_reject(OptionSet& accepted) {
    const auto options = declare_ids(accepted);
    return [options](Context& context) {
        const Project project = open_project(context);
        const auto ids = resolve(*project.store, options->ids);
        project.store->reject(ids);
        return moved(ids, "Rejected", "rejected");
    };
}

Run declare_reset(OptionSet& accepted) {
    const auto options = declare_ids(accepted);
    return [options](Context& context) {
        const Project project = open_project(context);
        const auto ids = resolve(*project.store, options->ids);
        project.store->reset(ids);
        return moved(ids, "Back in the inbox:", "reset");
    };
}

Run declare_discard(OptionSet& accepted) {
    const auto options = declare_ids(accepted);
    accepted.add_flag("-y,--yes", options->yes, "Do not ask");
    return [options](Context& context) { return discard(context, *options); };
}

}  // namespace opentraces::cli
