// Whole numbers of any size, as the record schema has them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace opentraces::trace {

// Keeps every digit: values beyond 64 bits are kept as decimal text.
class Integer {
public:
    Integer() = default;
    Integer(std::int64_t value) : m_small(value) {}
    // Decimal digits with an optional '-'; leading zeros and "-0" are normalised.
    static Integer from_decimal(std::string_view digits);

    bool fits() const { return m_big.empty(); }
    std::int64_t value() const { return m_small; }  // clamped to the int64 range when it does not fit
    std::string text() const;
    void append_to(std::string& out) const;
    bool operator==(const Integer&) const = default;

private:
    std::int64_t m_small = 0;
    std::string m_big;
};

}  // namespace opentraces::trace
