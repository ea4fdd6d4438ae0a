#include "security/scan/joints.hpp"

#include <algorithm>

#include "security/rules/char_class.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_max_joint = 200;
constexpr std::size_t k_max_width = 4096;  // of a line that may have been wrapped

constexpr std::string_view k_box_bar = "\xe2\x94\x82";  // U+2502
constexpr std::string_view k_arrow = "\xe2\x86\x92";    // U+2192, behind line numbers

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool is_quote(char c) {
    return c == '"' || c == '\'' || c == '`';
}

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    while (at < text.size() && is_blank(text[at]))
        ++at;
    return at;
}

bool skip(std::string_view text, std::size_t& at, std::string_view sign) {
    if (at >= text.size() || text[at] != sign.front() || text.compare(at, sign.size(), sign) != 0)
        return false;
    at += sign.size();
    return true;
}

// Behind "  12|", "12\t", "> ", "│ " and the like.
std::size_t skip_gutter(std::string_view text, std::size_t at) {
    const std::size_t begin = skip_blanks(text, at);
    if (begin >= text.size() || is<'y'>(text[begin])) return begin;
    std::size_t end = begin;
    if (is<'d'>(text[begin])) {
        end = run_end<'d'>(text.substr(0, std::min(text.size(), begin + 7)), begin);
        if (end < text.size() && text[end] == '\t') return skip_blanks(text, end);
        end = skip_blanks(text, end);
        const bool mark = skip(text, end, k_arrow) || skip(text, end, k_box_bar) || skip(text, end, "|") ||
                          skip(text, end, ":");
        return mark ? skip_blanks(text, end) : begin;
    }
    if (skip(text, end, "|") || skip(text, end, ">") || skip(text, end, k_box_bar))
        return skip_blanks(text, end);
    const bool sign = std::string_view("#*+-").find(text[begin]) != std::string_view::npos;
    if (sign && begin + 1 < text.size() && text[begin + 1] == ' ') return skip_blanks(text, begin + 1);
    return skip(text, end, "// ") ? skip_blanks(text, end) : begin;
}

// Behind the end of the line that `at` is on, if nothing but blanks and a border is left of it.
std::optional<std::size_t> line_end(std::string_view text, std::size_t at) {
    at = skip_blanks(text, at);
    if (skip(text, at, k_box_bar) || skip(text, at, "|")) at = skip_blanks(text, at);
    if (at < text.size() && text[at] == '\r') ++at;
    if (at >= text.size() || text[at] != '\n') return std::nullopt;
    return at + 1;
}

// White space of any kind, with at most one sign that puts texts together. `tight`: there was one.
std::size_t skip_operator(std::string_view text, std::size_t at, bool& tight) {
    const std::size_t limit = std::min(text.size(), at + k_max_joint);
    while (at < limit) {
        if (is_blank(text[at]) || text[at] == '\n' || text[at] == '\r') {
            ++at;
        } else if ((text[at] == '\\' || text[at] == '_') && line_end(text, at + 1)) {
            at = *line_end(text, at + 1);
        } else if (!tight && std::string_view("+.&~|").find(text[at]) != std::string_view::npos) {
            at += at + 1 < limit && text[at + 1] == text[at] ? 2 : 1;
            tight = true;
        } else {
            break;
        }
    }
    return at;
}

// Behind the quote that opens the next literal.
std::optional<std::size_t> literal_begin(std::string_view text, std::size_t at) {
    for (int letters = 0; at < text.size() && letters < 2; ++letters, ++at)
        if (std::string_view("fFrRbBuUL@$N").find(text[at]) == std::string_view::npos) break;
    while (at < text.size() && text[at] == '\\')
        ++at;
    if (at >= text.size() || !is_quote(text[at])) return std::nullopt;
    return at + 1;
}

// `at` is a quote, or the backslash before it, that ends a literal.
std::optional<Joint> next_literal(std::string_view text, std::size_t at) {
    while (at < text.size() && text[at] == '\\')
        ++at;
    if (at >= text.size() || !is_quote(text[at])) return std::nullopt;
    ++at;
    bool tight = true;
    std::size_t next = at;
    if (!skip(text, next, ".concat(") && !skip(text, next, "}${")) {
        tight = false;
        if (!skip(text, next, ", ")) next = skip_operator(text, at, tight);
    }
    const auto begin = literal_begin(text, next);
    if (!begin) return std::nullopt;
    return Joint{tight ? Break::Tight : Break::Loose, *begin};
}

// Columns before `end`; more than k_max_width are k_max_width + 1.
std::size_t width_until(std::string_view text, std::size_t end) {
    const std::size_t least = end > k_max_width ? end - k_max_width - 1 : 0;
    const std::size_t line = text.substr(least, end - least).rfind('\n');
    return line == std::string_view::npos ? end - least : end - least - line - 1;
}

}  // namespace

std::optional<Joint> joint_at(std::string_view text, std::size_t at) {
    if (at >= text.size()) return std::nullopt;
    const char c = text[at];
    if (is_blank(c) || c == '\r' || c == '\n' || c == '|' || c == k_box_bar[0]) {
        const auto line = line_end(text, at);
        if (!line) return std::nullopt;
        std::size_t next = skip_gutter(text, *line);
        if (next < text.size() && text[next] == '\n') next = skip_gutter(text, next + 1);
        return Joint{Break::Loose, next};
    }
    if (c == '\\') {
        if (const auto line = line_end(text, at + 1)) return Joint{Break::Tight, skip_blanks(text, *line)};
    }
    if (is_quote(c) || c == '\\') return next_literal(text, at);
    for (const std::string_view nothing : {"${\"\"}", "${''}", "${``}"})
        if (text.substr(at).starts_with(nothing)) return Joint{Break::Tight, at + nothing.size()};
    return std::nullopt;
}

bool WrappedLines::go_on(std::string_view text, std::size_t end, Span part, const JoinOptions& options) {
    if (part.begin == part.end) return false;
    const bool first = m_full == 0;
    if (first) m_full = m_last = width_until(text, end);
    if (m_last < m_full) return false;
    m_last = width_until(text, part.end);
    const bool alone = part.end >= text.size() || line_end(text, part.end) || is_quote(text[part.end]);
    if (options.whole_lines && !alone) return false;
    if (first && options.any_width) return m_full = m_last, true;
    if (line_end(text, part.end)) return m_last <= m_full;
    const std::string_view rest = text.substr(std::min(part.end, text.size()), m_full + 1);
    return width_until(text, part.end + std::min(rest.find('\n'), rest.size())) <= m_full;
}

Joiner::Joiner(std::string_view text, std::size_t begin, std::size_t end, const JoinOptions& options)
    : m_text(text),
      m_window(text.substr(0, std::min(text.size(), begin + options.max_bytes))),
      m_options(options),
      m_end(end) {
    m_joined.begin = begin;
    m_joined.first_end = end - begin;
    m_joined.view.copy(text.substr(begin, end - begin));
}

bool Joiner::add() {
    if (m_parts >= m_options.max_parts) return false;
    const auto joint = joint_at(m_window, m_end);
    if (!joint) return false;
    const Span part{joint->end, run_end<'c'>(m_window, joint->end)};
    const bool at_line_end = !is_quote(m_text[joint->end - 1]) && joint->kind == Break::Loose;
    if (at_line_end && !m_lines.go_on(m_text, m_end, part, m_options)) return false;
    m_joined.last = joint->kind;
    m_joined.loose = m_joined.loose || joint->kind == Break::Loose;
    m_joined.view.decode({}, m_end - m_joined.begin, joint->end - m_joined.begin);
    m_joined.view.copy(m_text.substr(part.begin, part.end - part.begin));
    m_end = part.end;
    ++m_parts;
    return true;
}

std::optional<Joined> joined_at(std::string_view text, std::size_t begin, std::size_t end,
                                const JoinOptions& options) {
    Joiner joiner(text, begin, end, options);
    if (!joiner.add()) return std::nullopt;
    while (joiner.add()) {
    }
    return joiner.joined();
}

}  // namespace opentraces::security
