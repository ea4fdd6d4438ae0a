// What an agent's hook runs: `opentraces capture --hook --agent A`.
#pragma once

#include "cli/command.hpp"

namespace opentraces::cli {

// Reads the agent's JSON from standard input and hands the session that it names over to another process.
// Takes as long as reading the project's settings, prints nothing for people, and always answers status 0: an
// agent that ends must neither wait nor fail.
// `agent` is the one that calls; empty: Claude Code, whose hooks were the first and do not say it.
Answer answer_hook(Context& context, const std::string& agent);

}  // namespace opentraces::cli
