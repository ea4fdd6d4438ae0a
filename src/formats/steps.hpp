// The columns of `steps` rows: their names, types and order never depend on the data.
#pragma once

#include <span>
#include <string_view>

namespace opentraces::formats {

enum class StepsType { Text, Integer, Real, Flag, Time, Json };
// Text "text", Integer "int64", Real "double", Flag "bool", Time "timestamp" (ISO 8601, UTC), Json "json"
// (text).
std::string_view name_of(StepsType type);

struct StepsColumn {
    std::string_view name;
    StepsType type = StepsType::Text;
    bool nullable = false;
    std::string_view holds;  // for docs/export-steps.md
};
std::span<const StepsColumn> steps_columns();

}  // namespace opentraces::formats
