#include "opentraces/core/base64.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "opentraces/core/digest.hpp"

namespace opentraces {
namespace {

constexpr std::string_view k_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

constexpr std::array<std::int8_t, 256> k_values = [] {
    std::array<std::int8_t, 256> values{};
    for (auto& value : values)
        value = -1;
    for (std::size_t i = 0; i < k_letters.size(); ++i)
        values[static_cast<unsigned char>(k_letters[i])] = static_cast<std::int8_t>(i);
    values['+'] = values['-'] = 62;
    values['/'] = values['_'] = 63;
    return values;
}();

}  // namespace

std::string decode_base64_run(std::string_view run) {
    std::string out;
    out.reserve(run.size() * 3 / 4);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : run) {
        const int value = k_values[static_cast<unsigned char>(c)];
        if (value < 0) break;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out.push_back(static_cast<char>(bits >> count & 0xff));
    }
    return out;
}

std::optional<std::string> decode_base64(std::string_view text) {
    std::string bytes = decode_base64_run(text);
    if (base64(bytes) != text) return std::nullopt;
    return bytes;
}

}  // namespace opentraces
