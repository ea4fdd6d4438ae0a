#include "trace/convert.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "opentraces/core/text.hpp"

namespace opentraces::trace {
namespace {

constexpr std::size_t k_max_digits = 4300;

// Unicode's White_Space.
constexpr std::array<std::string_view, 25> k_spaces{
    "\t",           "\n",           "\v",           "\f",           "\r",           " ",
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81", "\xE2\x80\x82",
    "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86", "\xE2\x80\x87", "\xE2\x80\x88",
    "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F",
    "\xE3\x80\x80"};

std::string_view trim_unicode(std::string_view text) {
    const auto space_at = [&](auto matches) {
        const auto found = std::find_if(k_spaces.begin(), k_spaces.end(), matches);
        return found == k_spaces.end() ? std::size_t{0} : found->size();
    };
    while (const auto size = space_at([&](std::string_view space) { return text.starts_with(space); }))
        text.remove_prefix(size);
    while (const auto size = space_at([&](std::string_view space) { return text.ends_with(space); }))
        text.remove_suffix(size);
    return text;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool take_sign(std::string_view& text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    return negative;
}

// "5.000" -> "5"; a point without zeros after it stays and fails later.
std::string_view without_zero_fraction(std::string_view text) {
    const std::size_t point = text.find('.');
    if (point == std::string_view::npos || point + 1 == text.size()) return text;
    const bool zeros = text.find_first_not_of('0', point + 1) == std::string_view::npos;
    return zeros ? text.substr(0, point) : text;
}

// Digits with single underscores between them; nullopt for anything else.
std::optional<std::string> plain_digits(std::string_view text) {
    std::string digits;
    bool after_digit = false;
    for (const char c : text) {
        if (!is_digit(c) && !(c == '_' && after_digit)) return std::nullopt;
        after_digit = is_digit(c);
        if (after_digit) digits.push_back(c);
    }
    if (!after_digit) return std::nullopt;
    return digits;
}

std::string_view integer_from_text(std::string_view text, Integer& out) {
    text = trim_unicode(text);
    const bool negative = take_sign(text);
    auto digits = plain_digits(without_zero_fraction(text));
    if (!digits) return "int_parsing";
    digits->erase(0, std::min(digits->find_first_not_of('0'), digits->size() - 1));
    if (digits->size() > k_max_digits) return "int_parsing_size";
    out = Integer::from_decimal(negative ? "-" + *digits : *digits);
    return {};
}

std::string_view integer_from_number(const json::Number& number, Integer& out) {
    if (!number.is_float) {
        out = Integer::from_decimal(number.literal);
        return {};
    }
    const double value = number.as_double();
    if (!std::isfinite(value)) return "finite_number";
    if (std::trunc(value) != value) return "int_from_float";
    if (std::abs(value) >= 0x1p63) return "int_parsing_size";
    out = Integer(static_cast<std::int64_t>(value));
    return {};
}

std::optional<double> named_number(std::string_view text) {
    const bool negative = take_sign(text);
    const std::string word = to_lower_ascii(text);
    double value = 0;
    if (word == "nan") {
        value = std::numeric_limits<double>::quiet_NaN();
    } else if (word == "inf" || word == "infinity") {
        value = std::numeric_limits<double>::infinity();
    } else {
        return std::nullopt;
    }
    return negative ? -value : value;
}

// A decimal number in any spelling that the models take, respelled as a JSON float: "+.5e3" -> "0.5e3".
std::optional<json::Number> json_spelling(std::string_view text) {
    json::Number number{take_sign(text) ? "-" : "", true};
    const auto take_digits = [&] {
        const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
        const std::string_view digits(text.begin(), end);
        text.remove_prefix(digits.size());
        return digits;
    };
    const std::string_view whole = take_digits();
    number.literal.append(whole.empty() ? "0" : whole);
    std::string_view fraction;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        fraction = take_digits();
        if (!fraction.empty()) number.literal.append(".").append(fraction);
    }
    if (whole.empty() && fraction.empty()) return std::nullopt;
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        number.literal.append(take_sign(text) ? "e-" : "e");
        const std::string_view exponent = take_digits();
        if (exponent.empty()) return std::nullopt;
        number.literal.append(exponent);
    }
    if (!text.empty()) return std::nullopt;
    return number;
}

std::optional<double> decimal_number(std::string_view text) {
    if (const auto named = named_number(text)) return named;
    const auto number = json_spelling(text);
    if (!number) return std::nullopt;
    return number->as_double();
}

// Single underscores are dropped wherever they stand, except at the ends.
std::optional<std::string> without_underscores(std::string_view text) {
    if (text.starts_with('_') || text.ends_with('_') || text.find("__") != std::string_view::npos)
        return std::nullopt;
    std::string plain(text);
    std::erase(plain, '_');
    return plain;
}

std::string_view float_from_text(std::string_view text, double& out) {
    auto value = decimal_number(trim_unicode(text));
    if (!value) {
        const auto plain = without_underscores(text);
        if (plain) value = decimal_number(*plain);
    }
    if (!value) return "float_parsing";
    out = *value;
    return {};
}

std::string_view bool_from_text(std::string_view text, bool& out) {
    static constexpr std::array<std::string_view, 6> k_true{"1", "true", "t", "yes", "y", "on"};
    static constexpr std::array<std::string_view, 6> k_false{"0", "false", "f", "no", "n", "off"};
    const std::string word = to_lower_ascii(text.substr(0, 6));
    const auto is_word = [&](std::string_view candidate) { return candidate == word; };
    out = std::any_of(k_true.begin(), k_true.end(), is_word);
    if (out || std::any_of(k_false.begin(), k_false.end(), is_word)) return {};
    return "bool_parsing";
}

std::string_view bool_from_number(const json::Number& number, bool& out) {
    std::optional<std::int64_t> value;
    if (!number.is_float) {
        value = number.as_int64();
    } else if (Integer whole; integer_from_number(number, whole).empty()) {
        value = whole.value();
    }
    if (!value) return "bool_type";
    if (*value != 0 && *value != 1) return "bool_parsing";
    out = *value == 1;
    return {};
}

}  // namespace

std::string_view convert(const json::Value& value, Integer& out) {
    if (const auto* number = value.if_number()) return integer_from_number(*number, out);
    if (const auto* text = value.if_string()) return integer_from_text(*text, out);
    const bool* flag = value.if_bool();
    if (flag == nullptr) return "int_type";
    out = Integer(*flag ? 1 : 0);
    return {};
}

std::string_view convert(const json::Value& value, double& out) {
    if (const auto* text = value.if_string()) return float_from_text(*text, out);
    const json::Number* number = value.if_number();
    const bool* flag = value.if_bool();
    if (number == nullptr && flag == nullptr) return "float_type";
    out = flag != nullptr ? (*flag ? 1.0 : 0.0) : number->as_double();
    // Integers have no negative zero.
    if (out == 0 && (number == nullptr || !number->is_float)) out = 0.0;
    return {};
}

std::string_view convert(const json::Value& value, bool& out) {
    if (const auto* number = value.if_number()) return bool_from_number(*number, out);
    if (const auto* text = value.if_string()) return bool_from_text(*text, out);
    const bool* flag = value.if_bool();
    if (flag == nullptr) return "bool_type";
    out = *flag;
    return {};
}

}  // namespace opentraces::trace
