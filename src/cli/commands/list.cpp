#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::string stage;
    std::string agent;
    std::string model;
    std::int64_t limit = 50;
};

store::Filter filter_of(const Options& options) {
    store::Filter filter;
    if (!options.stage.empty()) filter.stage = store::parse_stage(options.stage);
    filter.agent = options.agent;
    filter.model = options.model;
    filter.limit = options.limit;
    return filter;
}

Answer run(Context& context, const Options& options) {
    const Project project = open_project_for_reading(context);
    const store::Filter filter = filter_of(options);
    const auto rows = project.store->list(filter);
    const std::int64_t total = project.store->count(filter);
    Answer answer;
    json::Array traces;
    for (const store::TraceRow& row : rows)
        traces.emplace_back(trace_object(row));
    answer.fields.append("total", total);
    answer.fields.append("traces", std::move(traces));
    if (rows.empty()) {
        answer.text = "No traces here. Capture some with: opentraces capture\n";
    } else {
        answer.text = trace_table(rows, context.terminal.width(), context.ports.clock.now());
        if (total > static_cast<std::int64_t>(rows.size())) {
            answer.text += fmt::format("{} of {}; --limit 0 shows all\n", rows.size(), total);
        }
    }
    return answer;
}

}  // namespace

Run declare_list(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("--stage", options->stage, "Only this stage")
        .one_of({"inbox", "committed", "pushed", "rejected"});
    accepted.add_option("--agent", options->agent, "Only this agent").type_name("NAME");
    accepted.add_option("--model", options->model, "Only models whose name contains this text")
        .type_name("TEXT");
    accepted.add_option("--limit", options->limit, "At most this many, 0 for all").not_negative();
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
