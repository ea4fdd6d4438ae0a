#include "flow/session_form.hpp"

namespace opentraces::flow {
namespace {

bool is_replaceable(const store::TraceRow& row, const std::string& locator) {
    return row.stage == store::Stage::Inbox && row.source_path == locator;
}

}  // namespace

SessionForm form_of(const std::vector<store::TraceRow>& known, const std::string& session_id,
                    const std::string& locator, bool wants_parts) {
    bool is_whole = false;
    for (const store::TraceRow& row : known) {
        if (is_replaceable(row, locator)) continue;
        if (row.session_id != session_id) return SessionForm::Parts;
        is_whole = true;
    }
    return !is_whole && wants_parts ? SessionForm::Parts : SessionForm::Whole;
}

std::vector<TraceId> replaced_by(const std::set<std::string>& sessions,
                                 const std::vector<store::TraceRow>& known, const std::string& locator) {
    std::vector<TraceId> replaced;
    for (const store::TraceRow& row : known)
        if (is_replaceable(row, locator) && sessions.count(row.session_id) == 0) replaced.push_back(row.id);
    return replaced;
}

}  // namespace opentraces::flow
