// The record as a JSON Schema document (draft 2020-12), for those who read or write records with other tools.
#pragma once

#include "opentraces/json/value.hpp"

namespace opentraces::trace {

// What a record is that this program writes, a `$defs` entry for each model. Unknown keys are allowed; what
// is only doubted (negative counts, times that are none) is too. Reading takes more: decode() converts.
json::Object json_schema();

}  // namespace opentraces::trace
