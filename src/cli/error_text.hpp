// Errors as people and programs see them.
#pragma once

#include <string>

#include "opentraces/core/error.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::cli {

// "error: what happened\nhint: what to do\n"; one line when the user ended the command.
std::string error_text(const Error& error);
// {"status":"error","error":{code,kind,message,hint,retryable}}
json::Object error_object(const Error& error);

}  // namespace opentraces::cli
