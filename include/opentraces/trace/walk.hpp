// Every text of a record, with its field path: what scanning, redaction and anonymising run over.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "opentraces/trace/record.hpp"
#include "opentraces/trace/schema.hpp"

namespace opentraces::trace {

struct TextPlace {
    TextKind kind;
    // "steps[3].observations[0].content"; for a key, the object that holds it. Keys in it are the ones that
    // the visitor has seen, after its changes, cut to 100 code points. Valid during the call.
    std::string_view path;
    std::string_view tool_name;  // for ToolInput and ToolOutput, as it was before any change; else empty
    bool is_key = false;         // a key of a free-form object or of a map
    bool is_open = false;        // in a free-form value or a map: the schema names no member there
};

// Visits every string of the record (keys of free-form objects and maps included) except enumerations and
// schema_version, in wire order. A visitor that changes the text changes the record; a changed key keeps
// its place, and a key that becomes equal to another one gets a numeric suffix ("_2").
void walk_texts(TraceRecord& record, const std::function<void(const TextPlace&, std::string&)>& visit);
void walk_texts(const TraceRecord& record,
                const std::function<void(const TextPlace&, std::string_view)>& visit);

}  // namespace opentraces::trace
