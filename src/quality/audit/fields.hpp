// The fields that the schema audit looks at, as data.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "opentraces/quality/audit.hpp"

namespace opentraces::quality {

enum class Flag { None, NotImplemented, SessionDependent };

// Whether a field is populated, asked of what holds it; exactly one is set.
struct Ask {
    bool (*record)(const trace::TraceRecord&) = nullptr;
    bool (*step)(const trace::Step&) = nullptr;
    bool (*call)(const trace::ToolCall&) = nullptr;
    bool (*observation)(const trace::Observation&) = nullptr;
    bool (*snippet)(const trace::Snippet&) = nullptr;

    constexpr explicit Ask(bool (*ask)(const trace::TraceRecord&)) : record(ask) {}
    constexpr explicit Ask(bool (*ask)(const trace::Step&)) : step(ask) {}
    constexpr explicit Ask(bool (*ask)(const trace::ToolCall&)) : call(ask) {}
    constexpr explicit Ask(bool (*ask)(const trace::Observation&)) : observation(ask) {}
    constexpr explicit Ask(bool (*ask)(const trace::Snippet&)) : snippet(ask) {}
};

struct Field {
    std::string_view path;
    std::string_view source;
    std::string_view expected;
    std::string_view personas;
    Flag flag;
    Ask ask;
};

std::span<const Field> audited_fields();

}  // namespace opentraces::quality
