#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/review_tools.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/flow/undo.hpp"

namespace opentraces::cli {
namespace {

constexpr std::int64_t k_listed = 20;

struct Options {
    std::int64_t number = 0;  // 0: the last one
    bool list = false;
};

json::Object decision_object(const store::Decision& decision) {
    json::Array traces;
    for (const TraceId& id : decision.traces)
        traces.emplace_back(id.str());
    json::Object object;
    object.append("decision", decision.id);
    object.append("kind", std::string(store::name_of(decision)));
    object.append("at", format_iso8601(decision.at));
    object.append("trace_ids", std::move(traces));
    object.append("can_be_undone", !decision.objection);
    object.append("objection",
                  decision.objection ? json::Value(decision.objection->message()) : json::Value());
    return object;
}

std::string said(const store::Decision& decision) {
    std::string text = fmt::format("{} of {}", store::name_of(decision),
                                   counted(static_cast<std::int64_t>(decision.traces.size()), "trace"));
    if (decision.traces.size() == 1) text += " (" + short_id(decision.traces.front()) + ")";
    return text;
}

Answer listed(Context& context) {
    const Project project = open_project_for_reading(context);
    Answer answer;
    json::Array array;
    for (const store::Decision& decision : flow::decisions(*project.store, k_listed)) {
        answer.text += fmt::format("{:>4}  {:<12}  {}{}\n", decision.id, recent_time(context, decision.at),
                                   said(decision), decision.objection ? "  (stays)" : "");
        if (decision.objection) answer.text += "      " + decision.objection->message() + "\n";
        array.emplace_back(decision_object(decision));
    }
    if (array.empty()) answer.text = "Nothing has been decided yet.\n";
    answer.fields.append("undone", json::Value());
    answer.fields.append("decisions", std::move(array));
    return answer;
}

Answer undone(Context& context, const Options& options) {
    const Project project = open_project(context);
    OwnReviewTools own(context, project);
    const store::Decision decision = flow::undo(
        own.tools(), options.number > 0 ? std::optional<std::int64_t>(options.number) : std::nullopt);
    Answer answer;
    answer.fields.append("undone", decision_object(decision));
    answer.fields.append("decisions", json::Value());
    answer.text = fmt::format("Undone: {}, {}\n", said(decision), recent_time(context, decision.at));
    return answer;
}

}  // namespace

Run declare_undo(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("DECISION", options->number, "The number of a decision, instead of the last one")
        .positive();
    accepted.add_flag("--list", options->list, "Show the last 20 decisions, and which of them stay, and why");
    accepted.check([options] {
        if (options->list && options->number != 0)
            throw Error(ErrorCode::BadOption, "--list and a number exclude each other");
    });
    accepted.example("opentraces undo", "Take back the last commit, rejection or mark");
    accepted.example("opentraces undo --list", "What was decided, newest first");
    return
        [options](Context& context) { return options->list ? listed(context) : undone(context, *options); };
}

}  // namespace opentraces::cli
