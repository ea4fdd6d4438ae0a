#include "cli/secret_texts.hpp"

#include "cli/standard_input.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/lines.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_longest_input = std::size_t{1} << 20;

// Without the empty ones.
std::vector<std::string> texts_of(const std::string& text) {
    std::vector<std::string> lines;
    each_line(text, [&lines](std::string_view line) {
        if (!line.empty()) lines.emplace_back(line);
    });
    return lines;
}

}  // namespace

std::vector<std::string> secret_texts(Context& context, const std::string& question) {
    std::vector<std::string> texts =
        texts_of(context.terminal.in_is_terminal()
                     ? context.terminal.ask_hidden(question + " (input is hidden): ").value_or("")
                     : read_standard_input(context.terminal, k_longest_input));
    if (texts.empty())
        throw Error(ErrorCode::BadOption, "no text was given; nothing was changed",
                    "Type it when asked, or pipe it in, one on a line.");
    return texts;
}

}  // namespace opentraces::cli
