#include "cli/completion.hpp"

#include "cli/command.hpp"

namespace opentraces::cli {
namespace {

Answer run(Context& context, const std::string& shell) {
    const std::string script = completion_script(Program(), shell);
    Answer answer;
    answer.fields.append("shell", shell);
    answer.fields.append("script", script);
    answer.printed = !context.json;
    if (answer.printed) context.terminal.data(script);
    return answer;
}

}  // namespace

Run declare_completion(OptionSet& accepted) {
    auto shell = std::make_shared<std::string>();
    accepted.add_option("SHELL", *shell, "Which shell").required().one_of({"bash", "zsh", "fish"});
    accepted.footer("To have it in this bash: source <(opentraces completion bash)");
    accepted.example("opentraces completion bash > opentraces.bash",
                     "Then, in that shell: source opentraces.bash");
    return [shell](Context& context) { return run(context, *shell); };
}

}  // namespace opentraces::cli
