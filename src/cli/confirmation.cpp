#include "cli/confirmation.hpp"

namespace opentraces::cli {

bool can_confirm(Context& context) {
    Terminal& terminal = context.terminal;
    return !context.json && terminal.in_is_terminal() && terminal.err_is_terminal();
}

void confirm(Context& context, const std::string& refusal, const std::string& question,
             const std::string& declined) {
    if (!can_confirm(context)) throw Error(ErrorCode::ConfirmationRequired, refusal);
    const auto reply = context.terminal.ask(question + " [y/N] ").value_or("");
    if (reply != "y" && reply != "Y" && reply != "yes") throw Error(ErrorCode::Interrupted, declined);
}

}  // namespace opentraces::cli
