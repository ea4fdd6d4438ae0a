#include "cli/secret_texts.hpp"

#include "cli/standard_input.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::cli {
namespace {

constexpr std::size_t k_longest_input = std::size_t{1} << 20;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        std::string line = text.substr(begin, end - begin);
        if (line.ends_with('\r')) line.pop_back();
        if (!line.empty()) lines.push_back(std::move(line));
        begin = end + 1;
    }
    return lines;
}

}  // namespace

std::vector<std::string> secret_texts(Context& context, const std::string& question) {
    std::vector<std::string> texts =
        lines_of(context.terminal.in_is_terminal()
                     ? context.terminal.ask_hidden(question + " (input is hidden): ").value_or("")
                     : read_standard_input(context.terminal, k_longest_input));
    if (texts.empty())
        throw Error(ErrorCode::BadOption, "no text was given; nothing was changed",
                    "Type it when asked, or pipe it in, one on a line.");
    return texts;
}

}  // namespace opentraces::cli
