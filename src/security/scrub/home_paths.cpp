// Names in home directories.
#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"
#include "security/scrub/names.hpp"
#include "security/scrub/sightings.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_max_name = 64;

// Folders that hold home directories somewhere else than at the root.
constexpr std::array<std::string_view, 10> k_home_parents = {
    "var", "data", "export", "usr", "private", "host_mnt", "volumes", "net", "cygdrive", "host"};

enum class Separator { None, Slash, Backslash, Hyphen };

// "%2F", "%5c", "%252F": the sign, or None.
Separator encoded_separator(std::string_view sign) {
    const std::string folded = to_lower_ascii(sign);
    if (folded == "%2f" || folded == "%252f") return Separator::Slash;
    return folded == "%5c" || folded == "%255c" ? Separator::Backslash : Separator::None;
}

constexpr std::array<std::size_t, 2> k_encoded_lengths = {3, 5};

// The separator that ends before `at`; `at` moves before it. "\/" and any number of backslashes are one.
Separator separator_before(std::string_view text, std::size_t& at) {
    if (at == 0) return Separator::None;
    for (const std::size_t length : k_encoded_lengths) {
        if (at < length) break;
        const Separator separator = encoded_separator(text.substr(at - length, length));
        if (separator == Separator::None) continue;
        at -= length;
        return separator;
    }
    const char c = text[at - 1];
    if (c == '/') {
        --at;
        if (at > 0 && text[at - 1] == '\\') --at;
        return Separator::Slash;
    }
    if (c == '\\') {
        while (at > 0 && text[at - 1] == '\\')
            --at;
        return Separator::Backslash;
    }
    if (c == '-') return --at, Separator::Hyphen;
    return Separator::None;
}

Separator separator_after(std::string_view text, std::size_t& at) {
    if (at >= text.size()) return Separator::None;
    if (text[at] == '/') return ++at, Separator::Slash;
    if (text[at] == '-') return ++at, Separator::Hyphen;
    for (const std::size_t length : k_encoded_lengths) {
        const Separator separator = encoded_separator(text.substr(at, length));
        if (separator == Separator::None) continue;
        at += length;
        return separator;
    }
    if (text[at] != '\\') return Separator::None;
    while (at < text.size() && text[at] == '\\')
        ++at;
    if (at < text.size() && text[at] == '/') return ++at, Separator::Slash;
    return Separator::Backslash;
}

// Is what stands before "/home" or "/Users" the beginning of a path?
bool at_path_start(std::string_view text, std::size_t at) {
    if (at == 0) return true;
    const char before = text[at - 1];
    if (at >= 3 && text[at - 3] == '%' && is<'x'>(text[at - 2]) && is<'x'>(before)) return true;
    if (before == ':')
        return at < 2 || !is<'w'>(text[at - 2]) || at < 3 || !is<'w'>(text[at - 3]) ||
               text.substr(0, at).ends_with("file:");
    if (before == '/' || before == '\\') return true;  // file:///home, //wsl.localhost
    if (!is<'v'>(before) && before != '.' && before != '-') return true;
    std::size_t begin = at;
    while (begin > 0 && (is<'v'>(text[begin - 1]) || text[begin - 1] == '-' || text[begin - 1] == '.'))
        --begin;
    const std::string parent = to_lower_ascii(text.substr(begin, at - begin));
    if (begin == 0 || (text[begin - 1] != '/' && text[begin - 1] != '\\')) return false;
    if (parent.size() == 1) return true;  // /mnt/c, /c
    if (std::find(k_home_parents.begin(), k_home_parents.end(), parent) != k_home_parents.end()) return true;
    // \\wsl.localhost\Ubuntu\home, //wsl$/Debian/home
    const std::string_view earlier =
        text.substr(begin < 20 ? 0 : begin - 20, std::min<std::size_t>(begin, 20));
    return earlier.find("wsl") != std::string_view::npos;
}

std::optional<Span> read_name(std::string_view text, std::size_t at, Separator separator) {
    std::size_t end = at;
    while (end < text.size() && end - at < k_max_name && is_name_char(text[end]))
        ++end;
    if (separator == Separator::Backslash) {
        // "C:\Users\Jane Doe\…": blanks belong to the name when a separator follows.
        std::size_t wide = end;
        while (wide < text.size() && wide - at < 40 && (is_name_char(text[wide]) || text[wide] == ' '))
            ++wide;
        if (wide > end && wide < text.size() && text[wide] == '\\') end = wide;
    }
    while (end > at && (text[end - 1] == '.' || text[end - 1] == '-'))
        --end;
    if (end == at || end - at == k_max_name || text[at] == '.' || text[at] == '-') return std::nullopt;
    return Span{at, end};
}

}  // namespace

// Occurrences of "home" and "Users" as a path component, with the name that follows.
std::optional<Span> home_name(std::string_view text, std::size_t word, std::size_t length) {
    std::size_t begin = word;
    std::size_t at = word + length;
    const Separator before = separator_before(text, begin);
    const Separator after = separator_after(text, at);
    if (before == Separator::None || before == Separator::Hyphen || before != after) return std::nullopt;
    const std::string_view spelled = text.substr(word, length);
    const bool drive = begin >= 2 && text[begin - 1] == ':' && is<'y'>(text[begin - 2]);
    if (before == Separator::Slash && !drive && spelled != "home" && spelled != "Users") return std::nullopt;
    if (!at_path_start(text, begin)) return std::nullopt;
    return read_name(text, at, after);
}

// "-Users-jane-project": the folder names that agents derive from paths.
std::optional<Span> encoded_name(std::string_view text, std::size_t word, std::size_t length,
                                 const Logins& logins) {
    const std::string_view spelled = text.substr(word, length);
    if (spelled != "home" && spelled != "Users") return std::nullopt;
    if (word == 0 || text[word - 1] != '-' || word + length >= text.size() || text[word + length] != '-')
        return std::nullopt;
    const char before = word >= 2 ? text[word - 2] : ' ';
    const bool drive = before == '-' && word >= 3 && is<'A'>(text[word - 3]);
    if (!drive && (is_name_char(before) || before == '$')) return std::nullopt;
    const std::size_t at = word + length + 1;
    const std::string rest = to_lower_ascii(text.substr(at, k_max_name));
    std::size_t best = 0;
    for (const std::string& name : logins) {
        std::string encoded = name;
        std::replace_if(
            encoded.begin(), encoded.end(), [](char c) { return !is<'w'>(c); }, '-');
        if (rest.starts_with(encoded) && (rest.size() == encoded.size() || !is<'w'>(rest[encoded.size()])))
            best = std::max(best, encoded.size());
    }
    if (best == 0) best = run_end<'w'>(text, at) - at;
    if (best == 0) return std::nullopt;
    return Span{at, at + best};
}

// "~jane/…"
std::optional<Span> tilde_name(std::string_view text, std::size_t tilde) {
    if (tilde > 0 && std::string_view(" \t\n\"'`=:(").find(text[tilde - 1]) == std::string_view::npos)
        return std::nullopt;
    const auto name = read_name(text, tilde + 1, Separator::Slash);
    if (!name || !is<'a'>(text[name->begin]) || name->end >= text.size() || text[name->end] != '/')
        return std::nullopt;
    return name;
}

}  // namespace opentraces::security
