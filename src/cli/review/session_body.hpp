// A stored session, opened: its head, and its steps as they are asked for.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include "cli/review/step_index.hpp"
#include "opentraces/store/store.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::cli::review {

class SessionBody {
public:
    // Errors as Store::open_line().
    SessionBody(store::Store& store, const TraceId& id);

    const StepIndex& index() const { return m_index; }
    std::size_t steps() const { return m_index.steps.size(); }
    // Everything but steps.
    const trace::TraceRecord& head() const { return m_head; }
    // Reads it. Error CorruptTrace if it is none.
    trace::Step step(std::size_t number);

private:
    std::unique_ptr<fs::ReadFile> m_file;
    StepIndex m_index;
    trace::TraceRecord m_head;
};

}  // namespace opentraces::cli::review
