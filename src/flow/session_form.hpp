// Whether a session is kept as one trace or as one for each of its parts.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "opentraces/store/store.hpp"

namespace opentraces::flow {

enum class SessionForm { Whole, Parts };

// `known` are the traces of the session that the store has. The form in which one of them has left the inbox
// stays: nothing comes to be in a dataset both as a whole and in parts. So does that of one that was captured
// from another place than `locator`, which may say more. Else what the settings want.
SessionForm form_of(const std::vector<store::TraceRow>& known, const std::string& session_id,
                    const std::string& locator, bool wants_parts);

// The traces in the inbox, from that place, that the session is not made of any more: those of the other
// form, and parts that it has lost. `sessions` are the ids of those that it is made of.
std::vector<TraceId> replaced_by(const std::set<std::string>& sessions,
                                 const std::vector<store::TraceRow>& known, const std::string& locator);

}  // namespace opentraces::flow
