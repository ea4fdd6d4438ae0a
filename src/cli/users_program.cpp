#include "cli/users_program.hpp"

#include <algorithm>

namespace opentraces::cli {

std::vector<std::string> command_words(const std::string& text) {
    constexpr const char* k_blanks = " \t\n";
    std::vector<std::string> words;
    for (std::size_t at = text.find_first_not_of(k_blanks); at != std::string::npos;) {
        const std::size_t end = std::min(text.find_first_of(k_blanks, at), text.size());
        words.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(k_blanks, end);
    }
    return words;
}

}  // namespace opentraces::cli
