// What a reviewer decides, each as one transaction by the functions that the commands use.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/project_context.hpp"
#include "cli/review/session_view.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::cli::review {

// What has been done, for the answer of the command.
struct Done {
    std::vector<TraceId> committed;
    std::vector<TraceId> rejected;
    std::vector<TraceId> reset;
    std::vector<TraceId> marked;
    std::vector<TraceId> redacted;
    std::int64_t undone = 0;  // decisions
};

// Each action answers a line about what it did; what the flow has warned of is behind it. Errors as those
// of the commands.
class Actions {
public:
    Actions(Context& context, Project& project) : m_context(context), m_project(project) {}

    // An empty message: as `commit` would make it.
    std::string commit(const std::vector<TraceId>& ids, const std::string& message);
    std::string reject(const std::vector<TraceId>& ids);
    std::string reset(const std::vector<TraceId>& ids);
    std::string mark_reviewed(const std::vector<TraceId>& ids);
    // Takes a text out of the whole of a session, in all its forms.
    std::string redact(const TraceId& id, const std::string& text);
    // The last decision, whoever has made it.
    std::string undo();
    // Writes the page of `export --format html`, and opens it where there is a program for that.
    std::string open_as_html(const TraceId& id);

    std::unique_ptr<SessionView> open(const store::TraceRow& row);

    store::Store& store() { return *m_project.store; }
    Context& context() { return m_context; }
    const std::string& root() const { return m_project.root; }
    const Done& done() const { return m_done; }

private:
    std::vector<store::TraceRow> rows_of(const std::vector<TraceId>& ids);

    Context& m_context;
    Project& m_project;
    Done m_done;
};

}  // namespace opentraces::cli::review
