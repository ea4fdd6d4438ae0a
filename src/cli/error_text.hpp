// Errors as people and programs see them.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/value.hpp"

namespace opentraces::cli {

// "error: what happened\nhint: what to do\n"; one line when the user ended the command.
std::string error_text(const Error& error);
// {"status":"error","error":{code,kind,message,hint,retryable}}
json::Object error_object(const Error& error);
// {"status":"ok", …} or {"status":"error","error":{…}, …}: the one form of every answer to programs.
json::Object answer_object(const Answer& answer);

}  // namespace opentraces::cli
