// How a session ended, where its log lets one know.
#pragma once

#include <optional>
#include <string_view>

#include "opentraces/enrich/evidence.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

enum class SessionEnd {
    Completed,         // the agent ended its last turn by itself
    Interrupted,       // by the person, and nothing came after it
    ApiError,          // the last reply is an error of the provider
    ContextExhausted,  // likewise: nothing more could be said
};
std::string_view name_of(SessionEnd end);

// Nullopt: the last call has no answer, or the last prompt no reply.
std::optional<SessionEnd> ending_of(const trace::TraceRecord& record, const Evidence& evidence);

}  // namespace opentraces::enrich
