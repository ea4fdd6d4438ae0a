#include <fmt/format.h>

#include "cli/capture_fields.hpp"
#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/security/plain_text.hpp"

namespace opentraces::cli {
namespace {

struct Options {
    std::vector<std::string> ids;
    std::string message;
    bool all = false;
};

constexpr std::size_t k_task_in_message = 60;
constexpr std::size_t k_tasks_in_message = 3;

std::vector<store::TraceRow> inbox(store::Store& store) {
    store::Filter filter;
    filter.stages = {store::Stage::Inbox};
    return store.list(filter);
}

std::vector<store::TraceRow> chosen_rows(store::Store& store, const Options& options) {
    if (options.all) return inbox(store);
    std::vector<store::TraceRow> rows;
    for (const std::string& id : options.ids) {
        store::TraceRow row = store.find(id);
        const bool known =
            std::any_of(rows.begin(), rows.end(), [&](const auto& other) { return other.id == row.id; });
        if (!known) rows.push_back(std::move(row));
    }
    return rows;
}

std::string default_message(const std::vector<store::TraceRow>& rows) {
    std::string message;
    std::size_t named = 0;
    for (const store::TraceRow& row : rows) {
        if (row.task.empty() || named == k_tasks_in_message) continue;
        message += (named++ > 0 ? "; " : "") + std::string(first_code_points(row.task, k_task_in_message));
    }
    if (named == 0) return "Commit " + counted(static_cast<std::int64_t>(rows.size()), "trace");
    if (rows.size() > named) message += fmt::format(" (+{} more)", rows.size() - named);
    return message;
}

Answer nothing_to_commit() {
    Answer answer;
    answer.fields.append("commit_id", nullptr);
    answer.fields.append("committed", 0);
    answer.fields.append("replaced", json::Array{});
    answer.fields.append("message", nullptr);
    answer.fields.append("text_redactions", json::Object{});
    answer.text = "Nothing in the inbox to commit.\n";
    return answer;
}

Answer run(Context& context, const Options& options) {
    const Project project = open_project(context);
    if (!options.all && options.ids.empty()) {
        const auto waiting = static_cast<std::int64_t>(inbox(*project.store).size());
        if (waiting == 0) return nothing_to_commit();
        throw Error(ErrorCode::BadOption, "say which traces to commit",
                    fmt::format("Give ids, or --all for the {} in the inbox.", counted(waiting, "trace")));
    }
    const auto lock = project.store->lock();
    const auto rows = chosen_rows(*project.store, options);
    if (rows.empty()) return nothing_to_commit();
    std::vector<TraceId> ids;
    for (const store::TraceRow& row : rows)
        ids.push_back(row.id);
    const security::ScrubbedText message =
        security::scrub_text(options.message.empty() ? default_message(rows) : options.message, "the message",
                             scrub_options(context, &project.config));
    const store::CommitGroup group = project.store->commit(ids, message.text, context.ports.ids);
    Answer answer;
    answer.fields.append("commit_id", group.id.str());
    answer.fields.append("committed", static_cast<std::int64_t>(group.traces.size()));
    json::Array replaced;
    for (const TraceId& id : group.replaced)
        replaced.emplace_back(id.str());
    answer.fields.append("replaced", std::move(replaced));
    answer.fields.append("message", group.message);
    answer.fields.append("text_redactions", counts_object(message.replaced));
    if (!message.replaced.empty())
        context.progress.warning("replaced in the message: " + security::counted_rules(message.replaced));
    answer.text = fmt::format("[{}] {}\nCommitted {}. ", group.id.str(), printable_line(group.message),
                              counted(static_cast<std::int64_t>(group.traces.size()), "trace"));
    if (!group.replaced.empty())
        answer.text +=
            fmt::format("{} made room for what is newer. ",
                        counted(static_cast<std::int64_t>(group.replaced.size()), "older version"));
    answer.text += "Next: opentraces push\n";
    return answer;
}

}  // namespace

Run declare_commit(OptionSet& accepted) {
    auto options = std::make_shared<Options>();
    accepted.add_option("ID", options->ids, "Trace ids; a unique prefix of at least 4 characters is enough");
    accepted.add_flag("--all", options->all, "Everything in the inbox");
    accepted.add_option("-m,--message", options->message, "What these traces are").type_name("MSG");
    accepted.check([options] {
        if (options->all && !options->ids.empty())
            throw Error(ErrorCode::BadOption, "--all and ids exclude each other", "Give ids, or --all.");
    });
    return [options](Context& context) { return run(context, *options); };
}

}  // namespace opentraces::cli
