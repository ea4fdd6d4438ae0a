// Values that stand in a member of their own beside the one that names them.
#include <algorithm>
#include <array>

#include "opentraces/core/text.hpp"
#include "security/match/assigned_value.hpp"

namespace opentraces::security {
namespace {

constexpr std::size_t k_reach = 400;

constexpr std::array<std::string_view, 12> k_name_keys = {
    "name", "key",      "id",      "variable", "var",           "field",
    "env",  "property", "setting", "label",    "parametername", "parameterkey"};
constexpr std::array<std::string_view, 7> k_value_keys = {"value",   "val",     "parametervalue", "secret",
                                                          "content", "default", "secretvalue"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
    const std::string folded = to_lower_ascii(word);
    return std::find(words.begin(), words.end(), folded) != words.end();
}

// The word that ends before `end`, without the quotes around it.
Span word_before(std::string_view text, std::size_t end) {
    while (end > 0 && std::string_view("\"'`\\").find(text[end - 1]) != std::string_view::npos)
        --end;
    return {run_begin<'v'>(text, end), end};
}

// Is the name the value of a member called "name" or the like?
bool is_value_of_name_key(std::string_view text, std::size_t name) {
    std::size_t at = name;
    while (at > 0 && std::string_view("\"'`\\ ").find(text[at - 1]) != std::string_view::npos)
        --at;
    if (at == 0 || std::string_view(":=>").find(text[at - 1]) == std::string_view::npos) return false;
    at = at - 1;
    while (at > 0 && text[at - 1] == ' ')
        --at;
    const Span key = word_before(text, at);
    return is_one_of(k_name_keys, text.substr(key.begin, key.end - key.begin));
}

// `variable "name" {` of Terraform.
bool is_block_name(std::string_view text, std::size_t name) {
    return text.substr(0, name).ends_with("variable \"");
}

// The value of the member whose key is at `key`; `at` moves behind the key.
std::optional<AssignedValue> member_value(std::string_view text, Span key) {
    std::size_t at = key.end;
    skip_quote(text, at);
    at = skip_blanks(text, at);
    if (at >= text.size() || (text[at] != ':' && text[at] != '=')) return std::nullopt;
    const bool arrow = text.compare(at, 2, "=>") == 0;
    return read_value(text, skip_blanks(text, at + (arrow ? 2 : 1)), " \t\r\n\"'`\\,}]<>");
}

// Neighbours of a member end where its object, element or block does.
bool ends_object(std::string_view text, std::size_t at) {
    if (text[at] == '{' || text[at] == '}' || text[at] == '<' || text[at] == '>') return true;
    return text[at] == '\n' && at + 1 < text.size() && (text[at + 1] == '\n' || text[at + 1] == '}');
}

// Items of a YAML list begin with a hyphen.
bool begins_item(std::string_view text, std::size_t at) {
    if (text[at] != '\n') return false;
    const std::size_t first = skip_blanks(text, at + 1);
    return text.compare(first, 2, "- ") == 0;
}

std::optional<AssignedValue> value_behind(std::string_view text, std::size_t at) {
    const std::size_t limit = std::min(text.size(), at + k_reach);
    while (at < limit && !ends_object(text, at) && !begins_item(text, at)) {
        if (!is<'v'>(text[at])) {
            ++at;
            continue;
        }
        const Span key{at, run_end<'v'>(text, at)};
        at = key.end;
        if (!is_one_of(k_value_keys, text.substr(key.begin, key.end - key.begin))) continue;
        if (auto value = member_value(text, key)) return value;
    }
    return std::nullopt;
}

std::optional<AssignedValue> value_before(std::string_view text, std::size_t at) {
    const std::size_t limit = at < k_reach ? 0 : at - k_reach;
    bool first_of_item = false;
    while (at > limit && !ends_object(text, at - 1) && !first_of_item) {
        first_of_item = begins_item(text, at - 1);
        if (!is<'v'>(text[at - 1])) {
            --at;
            continue;
        }
        const Span key{run_begin<'v'>(text, at), at};
        at = key.begin;
        if (!is_one_of(k_value_keys, text.substr(key.begin, key.end - key.begin))) continue;
        if (auto value = member_value(text, key)) return value;
    }
    return std::nullopt;
}

// The text of the element behind <… name="NAME">, or of the one behind <key>NAME</key>.
std::optional<AssignedValue> element_behind(std::string_view text, Span name) {
    std::size_t at = name.end;
    if (skip_quote(text, at)) {
        if (at >= text.size() || text[at] != '>') return std::nullopt;
    } else {
        if (text.compare(at, 2, "</") != 0) return std::nullopt;
        at = skip_space(text, std::min(text.find('>', at), text.size() - 1) + 1, 1);
        if (at >= text.size() || text[at] != '<') return std::nullopt;
        at = std::min(text.find('>', at), text.size() - 1);
    }
    return read_value(text, skip_space(text, at + 1, 1), "<\r\n");
}

}  // namespace

std::optional<AssignedValue> value_beside(std::string_view text, Span anchor) {
    if (auto behind = value_behind(text, anchor.end)) return behind;
    return value_before(text, anchor.begin);
}

std::optional<AssignedValue> paired_value(std::string_view text, Span name) {
    if (is_block_name(text, name.begin)) {
        const std::size_t open = text.find('{', name.end);
        if (open == std::string_view::npos || open > name.end + 4) return std::nullopt;
        return value_behind(text, open + 1);
    }
    if (!is_value_of_name_key(text, name.begin)) return std::nullopt;
    if (auto element = element_behind(text, name)) return element;
    if (auto behind = value_behind(text, name.end)) return behind;
    std::size_t key = name.begin;
    while (key > 0 && text[key - 1] != ':' && text[key - 1] != '=')
        --key;
    while (key > 0 && std::string_view(" :=\"'`\\").find(text[key - 1]) != std::string_view::npos)
        --key;
    return value_before(text, run_begin<'v'>(text, key));
}

}  // namespace opentraces::security
