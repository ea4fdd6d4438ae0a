// JSON values to numbers and flags, with the conversions that the reference's models make ("lax" mode).
#pragma once

#include <string_view>

#include "opentraces/json/value.hpp"
#include "opentraces/trace/integer.hpp"

namespace opentraces::trace {

// Each sets `out` and answers an empty text, or answers the failure class.
std::string_view convert(const json::Value& value, Integer& out);
std::string_view convert(const json::Value& value, double& out);
std::string_view convert(const json::Value& value, bool& out);

}  // namespace opentraces::trace
