#include "cli/confirmation.hpp"

namespace opentraces::cli {

void confirm(Context& context, const std::string& refusal, const std::string& question,
             const std::string& declined) {
    Terminal& terminal = context.terminal;
    if (context.json || !terminal.in_is_terminal() || !terminal.err_is_terminal())
        throw Error(ErrorCode::ConfirmationRequired, refusal);
    const auto reply = terminal.ask(question + " [y/N] ").value_or("");
    if (reply != "y" && reply != "Y" && reply != "yes") throw Error(ErrorCode::Interrupted, declined);
}

}  // namespace opentraces::cli
