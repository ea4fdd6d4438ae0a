#include <array>

#include "opentraces/card/card.hpp"

namespace opentraces::card {

std::string_view size_category(std::int64_t rows) {
    constexpr std::array<std::string_view, 10> k_buckets{
        "n<1K",       "1K<n<10K",  "10K<n<100K", "100K<n<1M",  "1M<n<10M",
        "10M<n<100M", "100M<n<1B", "1B<n<10B",   "10B<n<100B", "100B<n<1T"};
    std::int64_t bound = 1000;
    for (const std::string_view bucket : k_buckets) {
        if (rows < bound) return bucket;
        bound *= 10;
    }
    return "n>1T";
}

}  // namespace opentraces::card
