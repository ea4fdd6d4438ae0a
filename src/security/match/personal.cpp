// Addresses of machines and numbers that point to people.
#include <algorithm>
#include <array>
#include <string>

#include "opentraces/core/text.hpp"
#include "security/match/matchers.hpp"
#include "security/match/strength.hpp"

namespace opentraces::security {

namespace {

// Digits and dots around `at`, with the number of octets; nullopt if the run is not exactly an address.
struct Dotted {
    Span span;
    std::array<int, 4> octets{};
};

std::optional<Dotted> read_dotted(std::string_view text, std::size_t at) {
    const auto part = [](char c) { return is<'d'>(c) || c == '.'; };
    Dotted dotted;
    dotted.span = {at, at};
    while (dotted.span.begin > 0 && at - dotted.span.begin < 20 && part(text[dotted.span.begin - 1]))
        --dotted.span.begin;
    while (dotted.span.end < text.size() && dotted.span.end - at < 20 && part(text[dotted.span.end]))
        ++dotted.span.end;
    std::size_t end = dotted.span.end;
    if (end > dotted.span.begin && text[end - 1] == '.') --end;
    dotted.span.end = end;
    std::size_t pos = dotted.span.begin;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t stop = run_end<'d'>(text, pos);
        if (stop == pos || stop - pos > 3) return std::nullopt;
        int value = 0;
        for (; pos < stop; ++pos)
            value = value * 10 + (text[pos] - '0');
        if (value > 255) return std::nullopt;
        dotted.octets[i] = value;
        if (i < 3 && (pos >= end || text[pos++] != '.')) return std::nullopt;
    }
    if (pos != end) return std::nullopt;
    return dotted;
}

// RFC 5737.
bool is_documentation(const std::array<int, 4>& o) {
    return (o[0] == 192 && o[1] == 0 && o[2] == 2) || (o[0] == 198 && o[1] == 51 && o[2] == 100) ||
           (o[0] == 203 && o[1] == 0 && o[2] == 113);
}

bool never_personal(const std::array<int, 4>& o) {
    return o[0] == 0 || o[0] == 10 || o[0] == 127 || o[0] >= 224 ||
           (o[0] == 172 && o[1] >= 16 && o[1] <= 31) || (o[0] == 192 && o[1] == 168) ||
           (o[0] == 169 && o[1] == 254) || (o[0] == 192 && o[1] == 0 && o[2] == 0) ||
           (o[0] == 198 && (o[1] == 18 || o[1] == 19)) || (o[0] == 100 && o[1] >= 64 && o[1] < 128) ||
           is_documentation(o);
}

// Object identifiers: attributes and extensions of X.500 (2.5.4, 2.5.29), and what is called one.
bool is_object_identifier(std::string_view text, const Dotted& dotted) {
    const auto& octets = dotted.octets;
    if (octets[0] == 2 && octets[1] == 5 && (octets[2] == 4 || octets[2] == 29)) return true;
    constexpr std::size_t k_near = 48;
    const std::size_t from = dotted.span.begin < k_near ? 0 : dotted.span.begin - k_near;
    const std::string near = to_lower_ascii(text.substr(from, dotted.span.begin - from));
    return octets[0] <= 2 &&
           (near.find("oid") != std::string::npos || near.find("object id") != std::string::npos ||
            near.find("objectid") != std::string::npos);
}

// "section 4.12.3.25", "43.4.2.2 in the standard", a number that is all of a comment
bool is_section(std::string_view text, Span number) {
    constexpr std::size_t k_near = 16;
    const std::size_t from = number.begin < k_near ? 0 : number.begin - k_near;
    const std::string before = to_lower_ascii(text.substr(from, number.begin - from));
    for (const std::string_view word :
         {"section ", "sections ", "clause ", "chapter ", "\xc2\xa7", "sec. ", "workflow ", "paragraph "})
        if (before.ends_with(word)) return true;
    const std::string_view behind = text.substr(number.end, 40);
    if (before.ends_with("/* ") && behind.starts_with(" */")) return true;
    return behind.starts_with(" in the ") && behind.find("standard") != std::string_view::npos;
}

// The name of an address in the DNS has its octets the other way round (RFC 1035, 3.5).
bool is_reversed(std::string_view text, const Dotted& dotted) {
    auto octets = dotted.octets;
    std::reverse(octets.begin(), octets.end());
    return text.substr(dotted.span.end).starts_with(".in-addr.arpa") && never_personal(octets);
}

bool looks_like_version(std::string_view text, const Dotted& dotted) {
    const std::size_t begin = dotted.span.begin;
    const char before = begin == 0 ? ' ' : text[begin - 1];
    if (is<'v'>(before) || before == '-' || before == '~' || before == '^' || before == '+') return true;
    // Chrome/120.0.0.0, but not http://1.2.3.4
    if (before == '/' && begin >= 2 && is<'w'>(text[begin - 2])) return true;
    if (before == '=' && begin >= 2 && (text[begin - 2] == '=' || text[begin - 2] == '>')) return true;
    const std::string context =
        to_lower_ascii(text.substr(begin < 24 ? 0 : begin - 24, std::min<std::size_t>(begin, 24)));
    if (context.find("version") != std::string::npos || context.find("release") != std::string::npos)
        return true;
    if (dotted.octets[1] == 0 && dotted.octets[2] == 0 && dotted.octets[3] == 0) return true;
    const bool port_or_scheme =
        (dotted.span.end < text.size() && text[dotted.span.end] == ':') || before == '/' || before == '@';
    // So are the sections of standards, the last number of which may be larger.
    const bool small = dotted.octets[0] < 40 && dotted.octets[1] < 20 && dotted.octets[2] < 20;
    return small && !port_or_scheme;
}

int digit_at(std::string_view text, std::size_t at) {
    return text[at] - '0';
}

bool touches_number(std::string_view text, Span span) {
    const auto joins = [](char c) { return is<'v'>(c) || c == '.' || c == '-' || c == '/' || c == '#'; };
    if (span.begin > 0 && joins(text[span.begin - 1])) return true;
    if (span.end >= text.size()) return false;
    const char after = text[span.end];
    if (is<'v'>(after) || after == '-' || after == '/') return true;
    return after == '.' && span.end + 1 < text.size() && is<'w'>(text[span.end + 1]);
}

}  // namespace

std::optional<Span> match_ipv4(const Rule&, std::string_view text, Span anchor) {
    const auto dotted = read_dotted(text, anchor.begin + 1);
    if (!dotted || never_personal(dotted->octets) || looks_like_version(text, *dotted)) return std::nullopt;
    if (is_object_identifier(text, *dotted) || is_section(text, dotted->span) || is_reversed(text, *dotted))
        return std::nullopt;
    if (dotted->span.end < text.size()) {
        const char after = text[dotted->span.end];
        if (is<'v'>(after) ||
            (after == '-' && dotted->span.end + 1 < text.size() && is<'w'>(text[dotted->span.end + 1])))
            return std::nullopt;
    }
    return dotted->span;
}

std::optional<Span> match_ipv6(const Rule&, std::string_view text, Span anchor) {
    const auto part = [](char c) { return is<'x'>(c) || c == ':'; };
    std::size_t begin = anchor.begin;
    while (begin > 0 && anchor.begin - begin < 45 && part(text[begin - 1]))
        --begin;
    std::size_t end = anchor.end;
    while (end < text.size() && end - begin < 48 && part(text[end]))
        ++end;
    if (end > begin && text[end - 1] == ':' && !(end - begin >= 2 && text[end - 2] == ':')) --end;
    if (begin > 0 && (is<'v'>(text[begin - 1]) || text[begin - 1] == '.')) return std::nullopt;
    if (end < text.size() && (is<'v'>(text[end]) || text[end] == '.')) return std::nullopt;
    // Only global addresses identify anybody: 2000::/3.
    if (text[begin] != '2' && text[begin] != '3') return std::nullopt;
    int groups = 0;
    int gaps = 0;
    bool digits_in_group = false;
    for (std::size_t at = begin; at < end;) {
        const std::size_t stop = run_end<'x'>(text, at);
        if (stop - at > 4 || (at == begin && stop - at != 4)) return std::nullopt;
        if (stop > at) ++groups;
        digits_in_group = digits_in_group || stop - at >= 3;
        if (stop + 1 < end && text[stop] == ':' && text[stop + 1] == ':') {
            ++gaps;
            at = stop + 2;
        } else {
            at = stop + 1;
        }
    }
    const bool complete = gaps == 0 ? groups == 8 : gaps == 1 && groups >= 2 && groups <= 7;
    if (!complete || !digits_in_group) return std::nullopt;
    // Set aside for protocols: 2001::/23 (RFC 2928).
    const std::string_view second = text.substr(begin + 5, run_end<'x'>(text, begin + 5) - begin - 5);
    const bool small = second.empty() || second.size() < 3 || (second.size() == 3 && second[0] == '1') ||
                       second.starts_with("00") || second.starts_with("01");
    if (text.substr(begin, 5) == "2001:" && small) return std::nullopt;
    // RFC 3849.
    const std::string address = to_lower_ascii(text.substr(begin, end - begin));
    if (address.starts_with("2001:db8:") || address.starts_with("2001:0db8:")) return std::nullopt;
    return Span{begin, end};
}

// Numbers that examples have: digits all alike in each group, and two that were printed on cards and leaflets
// (https://www.ssa.gov/history/ssn/misused.html).
bool is_example_number(std::string_view number) {
    const auto alike = [](std::string_view group) {
        return group.find_first_not_of(group[0]) == std::string_view::npos;
    };
    if (alike(number.substr(0, 3)) && alike(number.substr(4, 2)) && alike(number.substr(7))) return true;
    for (const std::string_view known : {"078-05-1120", "219-09-9999"})
        if (number == known) return true;
    return false;
}

std::optional<Span> match_ssn(const Rule&, std::string_view text, Span anchor) {
    if (touches_number(text, anchor)) return std::nullopt;
    const std::string_view number = text.substr(anchor.begin, anchor.end - anchor.begin);
    const std::string_view area = number.substr(0, 3);
    if (area == "000" || area == "666" || area[0] == '9') return std::nullopt;
    if (number.substr(4, 2) == "00" || number.substr(7) == "0000" || is_example_number(number))
        return std::nullopt;
    return anchor;
}

// Written as a phone number: (415) 555-0100, 415-555-0100, 415.555.0100, +49 30 901820. Bare digits and
// columns of numbers are not.
std::optional<Span> match_phone(const Rule&, std::string_view text, Span anchor) {
    if (text[anchor.begin] == '+') {
        if (anchor.begin > 0 && (is<'w'>(text[anchor.begin - 1]) || text[anchor.begin - 1] == '+'))
            return std::nullopt;
        std::size_t end = anchor.begin + 1;
        std::size_t digits = 0;
        std::size_t separators = 0;
        std::size_t last = end;
        while (end < text.size() && digits <= 15) {
            if (is<'d'>(text[end])) {
                ++digits;
                separators = 0;
                last = end + 1;
            } else if (std::string_view(" -.()").find(text[end]) == std::string_view::npos ||
                       ++separators > 2) {
                break;
            }
            ++end;
        }
        if (digits < 9 || digits > 15 || text[anchor.begin + 1] == '0') return std::nullopt;
        if (last < text.size() && (is<'v'>(text[last]) || text[last] == ',')) return std::nullopt;
        // A diff line of numbers starts with '+' too.
        if (anchor.begin == 0 || text[anchor.begin - 1] == '\n') return std::nullopt;
        return Span{anchor.begin, last};
    }
    // The anchor is the end: ddd-dddd or ddd.dddd, possibly behind ") ".
    const std::size_t exchange = anchor.begin;
    if (exchange < 4 || digit_at(text, exchange) < 2) return std::nullopt;
    const char separator = text[exchange + 3];
    std::size_t area_end = exchange;
    if (text[area_end - 1] == ' ' || text[area_end - 1] == separator) --area_end;
    const bool parenthesis = area_end > 0 && text[area_end - 1] == ')';
    if (parenthesis) --area_end;
    if (!parenthesis && (area_end == exchange || text[area_end] != separator)) return std::nullopt;
    if (area_end < 3) return std::nullopt;
    std::size_t begin = area_end - 3;
    if (run_end<'d'>(text.substr(0, area_end), begin) != area_end || digit_at(text, begin) < 2)
        return std::nullopt;
    if (parenthesis) {
        if (begin == 0 || text[begin - 1] != '(') return std::nullopt;
        --begin;
    }
    if (begin >= 2 && text[begin - 2] == '1' &&
        std::string_view(" -.").find(text[begin - 1]) != std::string_view::npos)
        begin -= 2;
    if (begin > 0 && text[begin - 1] == '+') --begin;
    const Span span{begin, anchor.end};
    if (touches_number(text, span)) return std::nullopt;
    return span;
}

}  // namespace opentraces::security
