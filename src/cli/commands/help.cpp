#include "cli/command.hpp"
#include "cli/help_page.hpp"

namespace opentraces::cli {
namespace {

Answer run(Context& context, const std::vector<std::string>& words) {
    std::string place;
    for (const std::string& word : words)
        place += (place.empty() ? "" : " ") + word;
    const Program program;
    Answer answer;
    answer.text = help_page(program, place, {context.terminal.width(), context.terminal.colour()});
    answer.fields = help_object(program, place);
    return answer;
}

}  // namespace

Run declare_help(OptionSet& accepted) {
    auto words = std::make_shared<std::vector<std::string>>();
    accepted.add_option("COMMAND", *words, "Of this command or group; \"environment\": of all variables")
        .completes(Candidates::Commands);
    accepted.example("opentraces help remote add", "What a command takes");
    accepted.example("opentraces help environment", "Every environment variable that is read");
    return [words](Context& context) { return run(context, *words); };
}

}  // namespace opentraces::cli
