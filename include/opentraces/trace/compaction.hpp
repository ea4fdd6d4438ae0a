// Steps that an agent, not its user, has put in the place of what was said before.
#pragma once

#include "opentraces/trace/record.hpp"

namespace opentraces::trace {

// The summary that replaced everything before it in the model's context, told by the words with which agents
// begin one: the record has no field for it.
bool is_compaction_summary(const Step& step);

// A command that the agent program executed itself ("/clear"), what it answered, or the caveat before: nobody
// asked the model for anything.
bool is_command_echo(const Step& step);

}  // namespace opentraces::trace
