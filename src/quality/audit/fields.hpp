// The fields that the schema audit looks at, as data.
#pragma once

#include <span>
#include <string_view>

#include "opentraces/quality/audit.hpp"
#include "opentraces/trace/schema_path.hpp"

namespace opentraces::quality {

enum class Flag {
    None,
    FilledIn,  // by whoever writes a record: there, whatever the one in memory says
    NotImplemented,
    SessionDependent,
};

struct Field {
    std::string_view path;  // "steps[].content", as results name it
    std::string_view source;
    std::string_view expected;
    std::string_view personas;
    Flag flag = Flag::None;
    trace::SchemaPath place;
};

std::span<const Field> audited_fields();

// The rest of the schema: places that are not asked for, with all below them.
std::span<const trace::SchemaPath> unaudited_fields();

}  // namespace opentraces::quality
