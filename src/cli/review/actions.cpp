#include "cli/review/actions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/commit_message.hpp"
#include "cli/review/collected_progress.hpp"
#include "cli/review/html_page.hpp"
#include "cli/review_tools.hpp"
#include "cli/trace_fields.hpp"
#include "cli/transcript.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/flow/undo.hpp"

namespace opentraces::cli::review {
namespace {

std::string traces(const std::vector<TraceId>& ids) {
    return counted(static_cast<std::int64_t>(ids.size()), "trace");
}

void append(std::vector<TraceId>& to, const std::vector<TraceId>& ids) {
    to.insert(to.end(), ids.begin(), ids.end());
}

// While an action works, what it has to say waits for the screen.
class Collecting {
public:
    explicit Collecting(Context& context)
        : m_context{context.ports, context.terminal, m_progress, context.json, context.quiet} {}
    Context& context() { return m_context; }
    std::string told(std::string done) const { return m_progress.after(std::move(done)); }

private:
    CollectedProgress m_progress;
    Context m_context;
};

}  // namespace

std::vector<store::TraceRow> Actions::rows_of(const std::vector<TraceId>& ids) {
    std::vector<store::TraceRow> rows;
    for (const TraceId& id : ids)
        rows.push_back(store().find(id.str()));
    return rows;
}

std::string Actions::commit(const std::vector<TraceId>& ids, const std::string& message) {
    Collecting collecting(m_context);
    const auto lock = store().lock();
    const security::ScrubbedText scrubbed = scrubbed_message(
        collecting.context(), m_project, message.empty() ? default_message(rows_of(ids)) : message);
    const store::CommitGroup group = store().commit(ids, scrubbed.text, m_context.ports.ids);
    append(m_done.committed, ids);
    return collecting.told(fmt::format("Committed {}: [{}] {}", traces(ids), group.id.str(), group.message));
}

std::string Actions::reject(const std::vector<TraceId>& ids) {
    store().reject(ids);
    append(m_done.rejected, ids);
    return "Rejected " + traces(ids);
}

std::string Actions::reset(const std::vector<TraceId>& ids) {
    store().reset(ids);
    append(m_done.reset, ids);
    return "Back in the inbox: " + traces(ids);
}

std::string Actions::mark_reviewed(const std::vector<TraceId>& ids) {
    store().mark_reviewed(ids);
    append(m_done.marked, ids);
    return "Marked as looked at: " + traces(ids);
}

std::string Actions::redact(const TraceId& id, const std::string& text) {
    Collecting collecting(m_context);
    OwnReviewTools own(collecting.context(), m_project);
    flow::RedactOptions options;
    options.texts = {text};
    std::int64_t redactions = 0;
    std::size_t kept_in = 0;
    for (const flow::Redacted& redacted : flow::redact(own.tools(), {id}, options, m_context.ports.ids)) {
        redactions += redacted.redactions;
        kept_in += redacted.kept_in.size();
    }
    append(m_done.redacted, {id});
    std::string said = "Redacted: " + counted(redactions, "place");
    if (kept_in > 0)
        said += fmt::format("; {} of the session still {} it",
                            counted(static_cast<std::int64_t>(kept_in), "committed or pushed version"),
                            kept_in == 1 ? "has" : "have");
    return collecting.told(said);
}

std::string Actions::undo() {
    Collecting collecting(m_context);
    OwnReviewTools own(collecting.context(), m_project);
    const store::Decision decision = flow::undo(own.tools());
    ++m_done.undone;
    return collecting.told(
        fmt::format("Undone: {} of {}", store::name_of(decision), traces(decision.traces)));
}

std::string Actions::open_as_html(const TraceId& id) {
    Collecting collecting(m_context);
    return collecting.told(write_and_open_html(collecting.context(), m_project, id));
}

std::unique_ptr<SessionView> Actions::open(const store::TraceRow& row) {
    auto body = std::make_unique<SessionBody>(store(), row.id);
    About about = header_lines(m_context, row, body->head(), row.cache);
    return std::make_unique<SessionView>(std::move(body), std::move(about), store().findings_of(row.id));
}

}  // namespace opentraces::cli::review
