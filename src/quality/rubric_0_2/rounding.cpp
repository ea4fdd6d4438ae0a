#include "quality/rubric_0_2/rounding.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace opentraces::quality {
namespace {

struct FixedText {
    std::array<char, 400> buffer{};
    std::size_t size = 0;
};

FixedText fixed_text(double value, int decimals) {
    FixedText text;
    char* const begin = text.buffer.data();
    const auto written =
        std::to_chars(begin, begin + text.buffer.size(), value, std::chars_format::fixed, decimals);
    text.size = static_cast<std::size_t>(written.ptr - begin);
    return text;
}

}  // namespace

double rounded(double value, int decimals) {
    if (value == 0.0 || value == 1.0) return value;
    const FixedText text = fixed_text(value, decimals);
    double result = 0;
    std::from_chars(text.buffer.data(), text.buffer.data() + text.size, result);
    return result;
}

std::string fixed(double value, int decimals) {
    const FixedText text = fixed_text(value, decimals);
    return std::string(text.buffer.data(), text.size);
}

std::string percent(double fraction) {
    return fixed(fraction * 100, 0) + "%";
}

std::int64_t tenths_of(double score) {
    return std::llround(score * 10);
}

}  // namespace opentraces::quality
