// Questions before something that cannot be taken back.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace opentraces::cli {

// Whether there is somebody to ask.
bool can_confirm(Context& context);

// Returns when the user says yes to `question`. Error ConfirmationRequired (message `refusal`) when nobody
// can be asked, Interrupted (message `declined`) for any other reply.
void confirm(Context& context, const std::string& refusal, const std::string& question,
             const std::string& declined);

}  // namespace opentraces::cli
