#include "security/match/members.hpp"

#include <algorithm>

#include "security/match/assigned_value.hpp"
#include "security/rules/char_class.hpp"

namespace opentraces::security {
namespace {

constexpr std::string_view k_arrow = "\xe2\x86\x92";  // U+2192, behind line numbers

// Behind the quote that ends the string that begins at `at`, or `limit`.
std::size_t string_end(std::string_view text, std::size_t at, std::size_t limit) {
    for (++at; at < limit && text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return std::min(at + 1, limit);
}

std::size_t skip_white(std::string_view text, std::size_t at, std::size_t limit) {
    while (at < limit && std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos)
        ++at;
    return at;
}

// Behind the value that begins at `at`.
std::size_t value_end(std::string_view text, std::size_t at, std::size_t limit) {
    int depth = 0;
    while (at < limit) {
        const char c = text[at];
        if (c == '"') {
            at = string_end(text, at, limit);
            if (depth == 0) return at;
            continue;
        }
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') {
            if (depth == 0) return at;
            if (--depth == 0) return at + 1;
        }
        if (depth == 0 && (c == ',' || c == '\n')) return at;
        ++at;
    }
    return limit;
}

// Where what a line says begins, behind its number or the sign of a diff.
std::size_t behind_gutter(std::string_view text, std::size_t at, std::size_t end) {
    std::size_t number = at;
    while (number < end && text[number] == ' ')
        ++number;
    const std::size_t digits = run_end<'d'>(text.substr(0, end), number);
    if (digits > number && digits < end) {
        if (text[digits] == '\t' || text[digits] == '|' || text[digits] == ':') return digits + 1;
        if (text.substr(digits, k_arrow.size()) == k_arrow) return digits + k_arrow.size();
    }
    return at < end && text[at] == '+' ? at + 1 : at;
}

// "name: value", "name: |" with the lines below it.
std::optional<Member> yaml_member(std::string_view text, const YamlLine& line, std::size_t limit) {
    Member member;
    std::size_t at = line.begin;
    const bool quoted = at < line.end && (text[at] == '"' || text[at] == '\'');
    at += quoted ? 1 : 0;
    member.name.begin = at;
    while (at < line.end && (is<'n'>(text[at]) || text[at] == '_' || text[at] == '.' || text[at] == '/'))
        ++at;
    member.name.end = at;
    at += quoted ? 1 : 0;
    if (member.name.begin == member.name.end || at >= line.end || text[at] != ':') return std::nullopt;
    at = skip_blanks(text, at + 1);
    if (at >= line.end) return std::nullopt;
    member.is_string = true;
    if (text[at] == '|' || text[at] == '>') {
        for (std::size_t next = line.end + 1; next < limit;) {
            const YamlLine below = yaml_line(text, next);
            if (!below.is_blank && below.indent <= line.indent) break;
            if (!below.is_blank && member.value.begin == 0) member.value.begin = below.begin;
            if (!below.is_blank) member.value.end = below.end;
            next = below.end + 1;
        }
        return member.value.begin < member.value.end ? std::optional(member) : std::nullopt;
    }
    if (const auto value = read_quoted(text.substr(0, line.end), at)) {
        member.value = value->span;
    } else {
        member.value = {at, std::min(text.substr(0, line.end).find(" #", at), line.end)};
        while (member.value.end > at && text[member.value.end - 1] == ' ')
            --member.value.end;
    }
    return member.value.begin < member.value.end ? std::optional(member) : std::nullopt;
}

}  // namespace

std::optional<std::size_t> object_around(std::string_view text, std::size_t at, std::size_t reach) {
    const std::size_t least = at < reach ? 0 : at - reach;
    int depth = 0;
    for (; at > least; --at) {
        const char c = text[at - 1];
        if (c == '}') ++depth;
        if (c == '{' && depth-- == 0) return at - 1;
    }
    return std::nullopt;
}

bool for_each_member(std::string_view text, std::size_t open, std::size_t limit, const MemberSeen& seen) {
    limit = std::min(limit, text.size());
    std::size_t at = skip_white(text, open + 1, limit);
    while (at < limit && text[at] == '"') {
        Member member;
        const std::size_t name_end = string_end(text, at, limit);
        member.name = {at + 1, name_end - 1};
        at = skip_white(text, name_end, limit);
        if (at >= limit || text[at] != ':') return false;
        at = skip_white(text, at + 1, limit);
        const std::size_t end = value_end(text, at, limit);
        if (end >= limit) return false;
        member.is_string = text[at] == '"' && end > at + 1;
        member.value = member.is_string ? Span{at + 1, end - 1} : Span{at, end};
        seen(member);
        at = skip_white(text, end, limit);
        if (at >= limit || text[at] != ',') return at < limit && text[at] == '}';
        at = skip_white(text, at + 1, limit);
    }
    return at < limit && text[at] == '}';
}

YamlLine yaml_line(std::string_view text, std::size_t at) {
    YamlLine line;
    line.end = std::min(text.find('\n', at), text.size());
    const std::size_t next = line.end;
    if (line.end > at && text[line.end - 1] == '\r') --line.end;
    const std::size_t first = behind_gutter(text, at, line.end);
    line.begin = std::min(skip_blanks(text, first), line.end);
    line.indent = line.begin - first;
    line.is_blank = line.begin == line.end;
    if (text.substr(line.begin, 2) == "- ") {
        line.is_item = true;
        line.begin = std::min(skip_blanks(text, line.begin + 1), line.end);
    }
    line.end = std::min(line.end, next);
    return line;
}

std::size_t line_begin(std::string_view text, std::size_t at) {
    constexpr std::size_t k_longest = 4096;
    const std::size_t least = at < k_longest ? 0 : at - k_longest;
    const std::size_t end = text.substr(least, at - least).rfind('\n');
    return end == std::string_view::npos ? least : least + end + 1;
}

void for_each_below(std::string_view text, const YamlLine& line, std::size_t limit, const MemberSeen& seen) {
    limit = std::min(limit, text.size());
    std::size_t indent = 0;
    for (std::size_t at = std::min(text.find('\n', line.end), text.size()) + 1; at < limit;) {
        const YamlLine below = yaml_line(text, at);
        at = std::min(text.find('\n', below.end), text.size()) + 1;
        if (below.is_blank) continue;
        if (below.indent <= line.indent) return;
        if (indent == 0) indent = below.indent;
        if (below.indent != indent || below.is_item) continue;
        if (const auto member = yaml_member(text, below, limit)) seen(*member);
    }
}

void for_each_beside(std::string_view text, std::size_t at, std::size_t reach,
                     const std::function<void(const YamlLine&)>& seen) {
    const std::size_t begin = line_begin(text, at);
    const YamlLine own = yaml_line(text, begin);
    const std::size_t column = own.indent + (own.is_item ? 2 : 0);
    const auto column_of = [](const YamlLine& line) { return line.indent + (line.is_item ? 2 : 0); };
    const std::size_t least = begin < reach ? 0 : begin - reach;
    for (std::size_t line = begin; line > least && !own.is_item;) {
        line = line_begin(text, line - 1);
        const YamlLine before = yaml_line(text, line);
        if (before.is_blank) continue;
        if (column_of(before) < column || text.substr(before.begin, 3) == "---") break;
        if (column_of(before) == column) seen(before);
        if (before.is_item && column_of(before) == column) break;
    }
    const std::size_t most = std::min(text.size(), begin + reach);
    for (std::size_t line = std::min(text.find('\n', at), text.size()) + 1; line < most;) {
        const YamlLine behind = yaml_line(text, line);
        line = std::min(text.find('\n', behind.end), text.size()) + 1;
        if (behind.is_blank) continue;
        if (column_of(behind) < column || (behind.is_item && behind.indent < column) ||
            text.substr(behind.begin, 3) == "---")
            break;
        if (column_of(behind) == column) seen(behind);
    }
}

}  // namespace opentraces::security
