#include "fs/ignore_rules.hpp"

#include <algorithm>

namespace opentraces::fs {
namespace {

std::string_view without_trailing_blanks(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    while (line.ends_with(' ') && !line.ends_with("\\ "))
        line.remove_suffix(1);
    return line;
}

struct NamedClass {
    std::string_view name;
    std::string_view ranges;  // pairs of first and last
};
constexpr NamedClass k_named[] = {{"[:alpha:]", "azAZ"},    {"[:digit:]", "09"},      {"[:alnum:]", "azAZ09"},
                                  {"[:upper:]", "AZ"},      {"[:lower:]", "az"},      {"[:space:]", "\t\r  "},
                                  {"[:xdigit:]", "09afAF"}, {"[:punct:]", "!/:@[`{~"}};

void set_range(std::bitset<256>& set, char first, char last) {
    for (int c = static_cast<unsigned char>(first); c <= static_cast<unsigned char>(last); ++c)
        set.set(static_cast<std::size_t>(c));
}

}  // namespace

IgnoreRules::IgnoreRules(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        add(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

void IgnoreRules::add(std::string_view line) {
    line = without_trailing_blanks(line);
    if (line.empty() || line.starts_with('#')) return;
    Rule rule;
    rule.negated = line.starts_with('!');
    if (rule.negated) line.remove_prefix(1);
    rule.only_folders = line.ends_with('/');
    if (rule.only_folders) line.remove_suffix(1);
    rule.only_name = line.find('/') == std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    if (line.empty()) return;
    add_tokens(line, rule.tokens);
    m_rules.push_back(std::move(rule));
}

void IgnoreRules::add_tokens(std::string_view pattern, std::vector<Token>& tokens) {
    for (std::size_t at = 0; at < pattern.size();) {
        const std::string_view rest = pattern.substr(at);
        const bool at_name = at == 0 || pattern[at - 1] == '/';
        if (at_name && rest.starts_with("**/")) {
            tokens.push_back({.kind = Kind::Folders});
            at += 3;
        } else if (at_name && at > 0 && rest == "**") {
            tokens.push_back({.kind = Kind::Below});
            at += 2;
        } else if (rest[0] == '*') {
            tokens.push_back({.kind = Kind::Within});
            at = std::min(pattern.find_first_not_of('*', at), pattern.size());
        } else if (rest[0] == '?') {
            tokens.push_back({.kind = Kind::NotSlash});
            ++at;
        } else if (rest[0] == '[') {
            at = add_class(pattern, at, tokens);
        } else {
            if (rest[0] == '\\' && rest.size() > 1) ++at;
            tokens.push_back({.kind = Kind::Literal, .literal = pattern[at]});
            ++at;
        }
    }
}

// The place behind the class; a bracket that is never closed matches nothing.
std::size_t IgnoreRules::add_class(std::string_view pattern, std::size_t at, std::vector<Token>& tokens) {
    std::bitset<256> set;
    std::size_t next = at + 1;
    const bool inverted = next < pattern.size() && (pattern[next] == '!' || pattern[next] == '^');
    if (inverted) ++next;
    bool closed = false;
    for (bool first = true; next < pattern.size(); first = false) {
        const auto named = std::find_if(std::begin(k_named), std::end(k_named), [&](const NamedClass& row) {
            return pattern.substr(next).starts_with(row.name);
        });
        if (named != std::end(k_named)) {
            for (std::size_t i = 0; i + 1 < named->ranges.size(); i += 2)
                set_range(set, named->ranges[i], named->ranges[i + 1]);
            next += named->name.size();
            continue;
        }
        if (pattern[next] == ']' && !first) {
            closed = true;
            ++next;
            break;
        }
        if (pattern[next] == '\\' && next + 1 < pattern.size()) ++next;
        const char begin = pattern[next++];
        char end = begin;
        if (next + 1 < pattern.size() && pattern[next] == '-' && pattern[next + 1] != ']') {
            next += pattern[next + 1] == '\\' && next + 2 < pattern.size() ? 2 : 1;
            end = pattern[next++];
        }
        set_range(set, begin, end);
    }
    if (inverted) set.flip();
    set.reset('/');
    if (!closed) set.reset();
    tokens.push_back({.kind = Kind::Class, .set = m_classes.size()});
    m_classes.push_back(set);
    return closed ? next : pattern.size();
}

bool IgnoreRules::fits(const Token& token, char c) const {
    switch (token.kind) {
        case Kind::Literal:
            return c == token.literal;
        case Kind::NotSlash:
        case Kind::Within:
            return c != '/';
        case Kind::Class:
            return m_classes[token.set].test(static_cast<unsigned char>(c));
        case Kind::Folders:
        case Kind::Below:
            return true;
    }
    return false;
}

// All states at once: nothing is gone back over, whatever the rule.
bool IgnoreRules::matches(const std::vector<Token>& tokens, std::string_view path) const {
    std::vector<char> now(tokens.size() + 1, 0);
    std::vector<char> then(tokens.size() + 1, 0);
    const auto skip_empty = [&](std::vector<char>& states, bool at_name) {
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const bool may_be_empty =
                tokens[i].kind == Kind::Within || (tokens[i].kind == Kind::Folders && at_name);
            if (states[i] != 0 && may_be_empty) states[i + 1] = 1;
        }
    };
    now[0] = 1;
    skip_empty(now, true);
    for (const char c : path) {
        std::fill(then.begin(), then.end(), 0);
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (now[i] == 0 || !fits(tokens[i], c)) continue;
            const Kind kind = tokens[i].kind;
            if (kind == Kind::Within || kind == Kind::Folders || kind == Kind::Below) then[i] = 1;
            if (kind != Kind::Within && kind != Kind::Folders) then[i + 1] = 1;
        }
        skip_empty(then, c == '/');
        std::swap(now, then);
    }
    return now[tokens.size()] != 0;
}

IgnoreRules::Answer IgnoreRules::ask(std::string_view path, bool is_folder) const {
    const std::string_view name = path.substr(path.rfind('/') + 1);
    for (auto rule = m_rules.rbegin(); rule != m_rules.rend(); ++rule) {
        if (rule->only_folders && !is_folder) continue;
        if (!matches(rule->tokens, rule->only_name ? name : path)) continue;
        return rule->negated ? Answer::Kept : Answer::Ignored;
    }
    return Answer::Silent;
}

}  // namespace opentraces::fs
