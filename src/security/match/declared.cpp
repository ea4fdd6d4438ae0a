#include "security/match/declared.hpp"

#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"
#include "security/match/assigned_value.hpp"
#include "security/match/matchers.hpp"
#include "security/match/members.hpp"
#include "security/match/strength.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_reach = 4096;
constexpr std::size_t k_near = 1024;

std::string_view part_of(std::string_view text, Span span) {
    return text.substr(span.begin, span.end - span.begin);
}

std::string_view window_at(std::string_view text, std::size_t at, std::size_t reach = k_reach) {
    return text.substr(0, std::min(text.size(), at + reach));
}

void add_members(const Rule& rule, std::string_view text, std::size_t open, std::vector<Hit>& hits) {
    for_each_member(text, open, text.size(), [&](const Member& member) {
        const bool secret =
            member.is_string && is_declared_secret(part_of(text, member.name), part_of(text, member.value));
        if (secret) hits.push_back({member.value.begin, member.value.end, &rule});
    });
}

std::optional<std::size_t> object_behind(std::string_view text, std::size_t at) {
    skip_quote(text, at);
    at = skip_blanks(text, at);
    if (at >= text.size() || text[at] != ':') return std::nullopt;
    at = skip_space(text, at + 1, 1);
    if (at >= text.size() || text[at] != '{') return std::nullopt;
    return at;
}

// "sensitive": true, sensitive = true
bool is_true(std::string_view text, std::size_t at) {
    skip_quote(text, at);
    at = skip_blanks(text, at);
    if (at >= text.size() || (text[at] != ':' && text[at] != '=')) return false;
    return text.substr(skip_blanks(text, at + 1)).starts_with("true");
}

std::optional<Span> judged(std::string_view text, std::optional<AssignedValue> value) {
    if (!value || !value->quoted || !is_declared_secret({}, part_of(text, value->span))) return std::nullopt;
    return value->span;
}

// In a section that is called secrets; names of files and of other secrets stand there too.
bool is_secret_of_section(std::string_view name, std::string_view value) {
    const bool plain = value.find_first_of("-./:") == std::string_view::npos &&
                       std::any_of(value.begin(), value.end(), is<'d'>);
    return (plain || looks_chosen(value)) && is_declared_secret(name, value);
}

}  // namespace

std::optional<Span> match_declared_value(const Rule&, std::string_view text, Span anchor) {
    const std::string_view declared = part_of(text, anchor);
    if (declared == "sensitive" && !is_true(text, anchor.end)) return std::nullopt;
    if (declared == "\"secret\"") {
        // {"type": "secret", "value": …} of collections of requests.
        if (!text.substr(0, anchor.begin).ends_with("\"type\": ") &&
            !text.substr(0, anchor.begin).ends_with("\"type\":"))
            return std::nullopt;
    }
    const std::string_view window = window_at(text, anchor.end, k_near);
    std::optional<Span> found;
    if (const auto open = object_around(window, anchor.begin, k_near))
        for_each_member(window, *open, window.size(), [&](const Member& member) {
            const std::string_view name = part_of(window, member.name);
            const bool is_value = name == "value" || name == "Value" || name == "default";
            if (member.is_string && is_value && !found &&
                is_declared_secret({}, part_of(window, member.value)))
                found = member.value;
        });
    return found ? found : judged(text, value_beside(text, anchor));
}

std::optional<Span> match_generated_result(const Rule&, std::string_view text, Span anchor) {
    const std::string_view window = window_at(text, anchor.end);
    const std::size_t result = window.find("\"result\":", anchor.end);
    if (result == std::string_view::npos) return std::nullopt;
    return judged(text, read_quoted(window, skip_blanks(window, result + 9)));
}

std::size_t match_credential_map(const Rule& rule, std::string_view text, Span anchor,
                                 std::vector<Hit>& hits) {
    const std::string_view window = window_at(text, anchor.end);
    const auto open = object_behind(window, anchor.end - 1);
    if (!open) return 0;
    add_members(rule, window, *open, hits);
    return k_reach / 4;
}

std::size_t match_vault_answer(const Rule& rule, std::string_view text, Span anchor, std::vector<Hit>& hits) {
    const std::string_view window = window_at(text, anchor.end);
    const auto object = object_around(window, anchor.begin, k_reach);
    if (!object) return k_reach;
    for_each_member(window, *object, window.size(), [&](const Member& member) {
        if (part_of(window, member.name) != "data" || window[member.value.begin] != '{') return;
        add_members(rule, window, member.value.begin, hits);
        // The second version of the store has metadata beside the data.
        for_each_member(window, member.value.begin, window.size(), [&](const Member& inner) {
            if (part_of(window, inner.name) == "data" && window[inner.value.begin] == '{')
                add_members(rule, window, inner.value.begin, hits);
        });
    });
    return k_reach;
}

std::size_t match_vault_table(const Rule& rule, std::string_view text, Span anchor, std::vector<Hit>& hits) {
    const std::string_view window = window_at(text, anchor.end);
    std::size_t at = std::min(window.find('\n', anchor.end), window.size()) + 1;
    while (at < window.size()) {
        const YamlLine line = yaml_line(window, at);
        if (line.is_blank || window[line.begin] == '=') break;
        const std::string_view row = window.substr(line.begin, line.end - line.begin);
        const std::size_t name = std::min(row.find(' '), row.size());
        const std::size_t value = std::min(row.find_first_not_of(' ', name), row.size());
        if (value - name >= 2 && is_declared_secret(row.substr(0, name), row.substr(value)))
            hits.push_back({line.begin + value, line.end, &rule});
        at = line.end + 1;
    }
    return std::min(at, window.size()) - anchor.begin;
}

std::size_t match_secret_section(const Rule& rule, std::string_view text, Span anchor,
                                 std::vector<Hit>& hits) {
    const std::string_view window = window_at(text, anchor.end);
    const std::size_t line = line_begin(window, anchor.begin);
    const YamlLine heading = yaml_line(window, line);
    if (heading.begin != anchor.begin || heading.end != anchor.end) return anchor.begin - line;
    if (text[anchor.begin] != '[') {
        for_each_below(window, heading, window.size(), [&](const Member& member) {
            const std::string_view value = part_of(window, member.value);
            if (is_secret_of_section(part_of(window, member.name), value))
                hits.push_back({member.value.begin, member.value.end, &rule});
        });
        return k_reach / 4;
    }
    std::size_t at = anchor.end + 1;
    while (at < window.size()) {
        const YamlLine row = yaml_line(window, at);
        at = std::min(window.find('\n', row.end), window.size()) + 1;
        if (row.is_blank || window[row.begin] == '#') continue;
        if (window[row.begin] == '[') break;
        const std::size_t sign = window.substr(0, row.end).find('=', row.begin);
        if (sign == std::string_view::npos) break;
        const auto value = read_value(window.substr(0, row.end), skip_blanks(window, sign + 1), " \t");
        if (value && is_secret_of_section(trim(window.substr(row.begin, sign - row.begin)),
                                          part_of(window, value->span)))
            hits.push_back({value->span.begin, value->span.end, &rule});
    }
    return std::min(at, window.size()) - anchor.begin;
}

}  // namespace opentraces::security
