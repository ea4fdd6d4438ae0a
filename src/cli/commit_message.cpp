#include "cli/commit_message.hpp"

#include <fmt/format.h>

#include "cli/trace_fields.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_task_in_message = 60;
constexpr std::size_t k_tasks_in_message = 3;

}  // namespace

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

security::ScrubbedText scrubbed_message(Context& context, const Project& project, const std::string& text) {
    security::ScrubbedText message =
        security::scrub_text(text, "the message", scrub_options(context, &project.config, project.root));
    if (!message.replaced.empty())
        context.progress.warning("replaced in the message: " + security::counted_rules(message.replaced));
    return message;
}

}  // namespace opentraces::cli
