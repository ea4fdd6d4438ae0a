#include "opentraces/json/writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

#include "opentraces/core/overloaded.hpp"

namespace opentraces::json {
namespace {

struct Digits {
    std::string text;  // shortest, without a point
    int exponent = 0;  // of d.ddd x 10^exponent
    bool negative = false;
};

Digits shortest_digits(double value) {
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                   std::chars_format::scientific)
                         .ptr;
    const std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
    const std::size_t e = text.find('e');
    Digits digits;
    for (const char c : text.substr(0, e)) {
        if (c != '.') digits.text.push_back(c);
    }
    digits.negative = std::signbit(value);
    const char* exponent = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
    std::from_chars(exponent, end, digits.exponent);
    return digits;
}

void append_fixed(std::string& out, const Digits& digits) {
    const auto length = static_cast<int>(digits.text.size());
    if (digits.exponent < 0) {
        out.append("0.");
        out.append(static_cast<std::size_t>(-digits.exponent - 1), '0');
        out.append(digits.text);
    } else if (digits.exponent + 1 >= length) {
        out.append(digits.text);
        out.append(static_cast<std::size_t>(digits.exponent + 1 - length), '0');
        out.append(".0");
    } else {
        out.append(digits.text, 0, static_cast<std::size_t>(digits.exponent + 1));
        out.push_back('.');
        out.append(digits.text, static_cast<std::size_t>(digits.exponent + 1));
    }
}

void append_scientific(std::string& out, const Digits& digits, bool two_digit_exponent) {
    out.push_back(digits.text.front());
    if (digits.text.size() > 1) {
        out.push_back('.');
        out.append(digits.text, 1);
    }
    out.push_back('e');
    out.push_back(digits.exponent < 0 ? '-' : '+');
    const int magnitude = std::abs(digits.exponent);
    if (two_digit_exponent && magnitude < 10) out.push_back('0');
    out.append(std::to_string(magnitude));
}

void append_finite(std::string& out, double value, int smallest_fixed, bool two_digit_exponent) {
    if (value == 0) {
        out.append(std::signbit(value) ? "-0.0" : "0.0");
        return;
    }
    const Digits digits = shortest_digits(value);
    if (digits.negative) out.push_back('-');
    if (digits.exponent >= smallest_fixed && digits.exponent < 16) {
        append_fixed(out, digits);
    } else {
        append_scientific(out, digits, two_digit_exponent);
    }
}

// "-0" is not an integer that Python keeps.
std::string_view integer_text(const Number& number) {
    const std::string_view literal = number.literal;
    return literal == "-0" ? literal.substr(1) : literal;
}

std::vector<const Member*> sorted_members(const Object& object) {
    std::vector<const Member*> members;
    members.reserve(object.size());
    for (const Member& member : object)
        members.push_back(&member);
    std::sort(members.begin(), members.end(),
              [](const Member* a, const Member* b) { return a->first < b->first; });
    return members;
}

}  // namespace

void append_compact_double(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out.append("null");
    } else {
        append_finite(out, value, -5, false);
    }
}

void append_compact(std::string& out, const Value& value) {
    std::visit(Overloaded{
                   [&](std::monostate) { out.append("null"); },
                   [&](bool flag) { out.append(flag ? "true" : "false"); },
                   [&](const Number& number) {
                       if (number.is_float) {
                           append_compact_double(out, number.as_double());
                       } else {
                           out.append(integer_text(number));
                       }
                   },
                   [&](const std::string& text) { append_compact_string(out, text); },
                   [&](const Array& array) {
                       out.push_back('[');
                       for (std::size_t i = 0; i < array.size(); ++i) {
                           if (i > 0) out.push_back(',');
                           append_compact(out, array[i]);
                       }
                       out.push_back(']');
                   },
                   [&](const Object& object) {
                       out.push_back('{');
                       bool first = true;
                       for (const Member& member : object) {
                           if (!first) out.push_back(',');
                           first = false;
                           append_compact_string(out, member.first);
                           out.push_back(':');
                           append_compact(out, member.second);
                       }
                       out.push_back('}');
                   },
               },
               value.variant());
}

std::string to_compact(const Value& value) {
    std::string out;
    append_compact(out, value);
    return out;
}

void append_canonical_double(std::string& out, double value) {
    if (std::isnan(value)) {
        out.append("NaN");
    } else if (std::isinf(value)) {
        out.append(value < 0 ? "-Infinity" : "Infinity");
    } else {
        append_finite(out, value, -4, true);
    }
}

void append_canonical(std::string& out, const Value& value) {
    std::visit(Overloaded{
                   [&](std::monostate) { out.append("null"); },
                   [&](bool flag) { out.append(flag ? "true" : "false"); },
                   [&](const Number& number) {
                       if (number.is_float) {
                           append_canonical_double(out, number.as_double());
                       } else {
                           out.append(integer_text(number));
                       }
                   },
                   [&](const std::string& text) { append_canonical_string(out, text); },
                   [&](const Array& array) {
                       out.push_back('[');
                       for (std::size_t i = 0; i < array.size(); ++i) {
                           if (i > 0) out.append(", ");
                           append_canonical(out, array[i]);
                       }
                       out.push_back(']');
                   },
                   [&](const Object& object) {
                       out.push_back('{');
                       bool first = true;
                       for (const Member* member : sorted_members(object)) {
                           if (!first) out.append(", ");
                           first = false;
                           append_canonical_string(out, member->first);
                           out.append(": ");
                           append_canonical(out, member->second);
                       }
                       out.push_back('}');
                   },
               },
               value.variant());
}

}  // namespace opentraces::json
