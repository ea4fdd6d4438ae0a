#include "opentraces/core/shell.hpp"

#include <algorithm>

#include "opentraces/core/text.hpp"

namespace opentraces {

namespace {

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+,:@%").find(c) != std::string_view::npos;
}

// Where the command is kept, in JSON, there can be no bytes that are not UTF-8: the shell makes them (POSIX,
// "printf").
std::string printed(std::string_view word) {
    std::string quoted = R"("$(printf ')";
    for (const char c : word) {
        // A '-' in front would be an option, a '%' a conversion.
        if (is_plain(c) && c != '%' && c != '-') {
            quoted += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        quoted += '\\';
        for (const int shift : {6, 3, 0})
            quoted += static_cast<char>('0' + (byte >> shift & 7));
    }
    return quoted + "')\"";
}

}  // namespace

std::string single_quoted(std::string_view word) {
    std::string quoted = "'";
    for (const char c : word) {
        if (c == '\'') {
            quoted += R"('\'')";
        } else {
            quoted += c;
        }
    }
    return quoted + "'";
}

std::string shell_quoted(std::string_view word) {
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return std::string(word);
    if (is_valid_utf8(word)) return single_quoted(word);
    // Line ends at the end of what a command prints are dropped by the shell.
    const std::size_t end = word.find_last_not_of('\n') + 1;
    const std::string quoted = printed(word.substr(0, end));
    return end == word.size() ? quoted : quoted + single_quoted(word.substr(end));
}

std::string shell_unquoted(std::string_view text) {
    constexpr std::string_view k_quote = R"('\'')";
    if (text.size() < 2 || !text.starts_with('\'') || !text.ends_with('\''))
        return std::all_of(text.begin(), text.end(), is_plain) ? std::string(text) : std::string();
    text = text.substr(1, text.size() - 2);
    std::string word;
    while (!text.empty()) {
        const bool is_quote = text.starts_with(k_quote);
        if (!is_quote && text.front() == '\'') return {};
        word += text.front();
        text.remove_prefix(is_quote ? k_quote.size() : 1);
    }
    return word;
}

}  // namespace opentraces
