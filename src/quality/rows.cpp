#include "quality/rows.hpp"

#include <array>

namespace opentraces::quality {

std::span<const CheckRow> compatible_rows(Persona persona) {
    constexpr std::array k_tables{compatible_conformance, compatible_training, compatible_rl,
                                  compatible_analytics, compatible_domain};
    return k_tables[static_cast<std::size_t>(persona)]();
}

std::span<const StrictRow> strict_rows(Persona persona) {
    constexpr std::array k_tables{strict_conformance, strict_training, strict_rl, strict_analytics,
                                  strict_domain};
    return k_tables[static_cast<std::size_t>(persona)]();
}

}  // namespace opentraces::quality
