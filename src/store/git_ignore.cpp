#include "store/git_ignore.hpp"

#include <array>
#include <string_view>

#include "opentraces/core/text.hpp"

namespace opentraces::store {

namespace {

constexpr std::string_view k_line = ".opentraces/";
constexpr std::array<std::string_view, 4> k_equivalents{".opentraces/", ".opentraces", "/.opentraces/",
                                                        "/.opentraces"};

// Calls visit(begin, end) for each line, its line end included, until that answers true.
template <class Visit>
bool any_line(std::string_view text, const Visit& visit) {
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t feed = text.find('\n', begin);
        const std::size_t end = feed == std::string_view::npos ? text.size() : feed + 1;
        if (visit(begin, end)) return true;
        begin = end;
    }
    return false;
}

bool is_ignored(std::string_view text) {
    return any_line(text, [&](std::size_t begin, std::size_t end) {
        const std::string_view line = trim(text.substr(begin, end - begin));
        for (const std::string_view known : k_equivalents) {
            if (line == known) return true;
        }
        return false;
    });
}

}  // namespace

std::string ignore_addition(const std::string& text) {
    if (is_ignored(text)) return {};
    const std::string_view line_end = text.find("\r\n") != std::string::npos ? "\r\n" : "\n";
    std::string added;
    if (!text.empty() && text.back() != '\n') added.append(line_end);
    return added.append(k_line).append(line_end);
}

bool is_ignore_addition(const std::string& added) {
    if (added.empty()) return true;
    for (const std::string_view line_end : {"\n", "\r\n"}) {
        const std::string line = std::string(k_line).append(line_end);
        if (added == line || added == std::string(line_end).append(line)) return true;
    }
    return false;
}

std::string without_ignore_addition(const std::string& text, const std::string& added) {
    if (added.empty()) return text;
    if (text.ends_with(added)) return text.substr(0, text.size() - added.size());
    std::string rest = text;
    any_line(text, [&](std::size_t begin, std::size_t end) {
        if (trim(std::string_view(text).substr(begin, end - begin)) != k_line) return false;
        rest.erase(begin, end - begin);
        return true;
    });
    return rest;
}

}  // namespace opentraces::store
