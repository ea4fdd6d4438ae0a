#include "opentraces/trace/integer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <system_error>

namespace opentraces::trace {

Integer Integer::from_decimal(std::string_view digits) {
    Integer integer;
    const char* end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, integer.m_small);
    if (parsed.ec != std::errc::result_out_of_range) return integer;

    const bool negative = digits.front() == '-';
    if (negative) digits.remove_prefix(1);
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    integer.m_small =
        negative ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
    integer.m_big = (negative ? "-" : "") + std::string(digits);
    return integer;
}

std::string Integer::text() const {
    return fits() ? std::to_string(m_small) : m_big;
}

void Integer::append_to(std::string& out) const {
    if (!fits()) {
        out.append(m_big);
        return;
    }
    std::array<char, 24> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), m_small).ptr;
    out.append(buffer.data(), end);
}

}  // namespace opentraces::trace
