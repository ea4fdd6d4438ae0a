#include "security/scrub/places.hpp"

#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"
#include "security/rules/char_class.hpp"
#include "security/scrub/names.hpp"

namespace opentraces::security {
namespace {

bool is_letter(char c) {
    return is<'w'>(c) || static_cast<unsigned char>(c) >= 0x80;
}

// "\n", "%2F", "ESC[32m" just before `at`.
bool behind_escape(std::string_view text, std::size_t at) {
    const char last = text[at - 1];
    if (at >= 2 && text[at - 2] == '\\' && std::string_view("nrtbf").find(last) != std::string_view::npos)
        return true;
    if (at >= 3 && text[at - 3] == '%' && is<'x'>(text[at - 2]) && is<'x'>(last)) return true;
    if (at >= 6 && text[at - 6] == '\\' && text[at - 5] == 'u' &&
        run_end<'x'>(text.substr(0, at), at - 4) == at)
        return true;
    if (last != 'm') return false;
    std::size_t code = at - 1;
    while (code > 0 && (is<'d'>(text[code - 1]) || text[code - 1] == ';'))
        --code;
    return code > 0 && text[code - 1] == '[' && code > 1 &&
           (text[code - 2] == '\x1b' || is<'w'>(text[code - 2]));
}

}  // namespace

bool stands_alone(std::string_view text, Span name) {
    if (name.end < text.size() && is_letter(text[name.end])) return false;
    return name.begin == 0 || !is_letter(text[name.begin - 1]) || behind_escape(text, name.begin);
}

bool is_called_a_name(std::string_view text, Span name) {
    const std::size_t begin = name.begin;
    const std::size_t end = name.end;
    if ((begin > 0 && is_name_char(text[begin - 1]) && !behind_escape(text, begin)) ||
        (end < text.size() && is_name_char(text[end])))
        return false;
    if (trim(text).size() == end - begin) return true;  // a branch of that name, an answer
    const std::string_view after = text.substr(end, 3);
    if (after.size() > 1 && after[0] == '@' && is<'w'>(after[1])) return true;
    constexpr std::size_t k_longest = 24;
    const std::size_t from = begin < k_longest ? 0 : begin - k_longest;
    const std::string_view before = text.substr(from, begin - from);
    const auto follows = [&](std::string_view words) { return before.ends_with(words); };
    constexpr std::array<std::string_view, 13> k_branches = {
        "origin/",    "upstream/", "heads/",    "github.com/",  "github.com:", "gitlab.com/",   "gitlab.com:",
        "On branch ", "branch '",  "checkout ", "checkout -b ", "switch -c ",  "bitbucket.org/"};
    if (after.starts_with('/') && (std::any_of(k_branches.begin(), k_branches.end(), follows) ||
                                   (begin == 0 && text.find_first_of(" \n") == std::string_view::npos)))
        return true;
    constexpr std::array<std::string_view, 18> k_names = {
        "Author: ", "Committer: ", "user.name ", "user.name=", "user.name \"", "user.name=\"",
        "TODO(",    "FIXME(",      "XXX(",       "chown ",     "chown -R ",    "sudo -u ",
        "su - ",    "for user ",   "of user ",   "USER=",      "LOGNAME=",     "usermod -aG docker "};
    return std::any_of(k_names.begin(), k_names.end(), follows);
}

}  // namespace opentraces::security
