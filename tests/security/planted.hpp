// What is planted for the benchmark: values of every format, the texts around them, and texts without any.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "random_text.hpp"
#include "unit/security/carriers/carrier.hpp"

namespace opentraces::testing {

// A made-up value of a rule that tells secrets by their form.
struct Planted {
    std::string rule;
    std::string value;
};

// One for each such rule of the table, other ones for each seed; checksums hold where the format has one.
// `without`: rules of which no value could be made.
std::vector<Planted> planted_values(std::uint64_t seed, std::vector<std::string>& without);

// How a value stands in a transcript as it is: {V} in the text.
struct PlainCarrier {
    std::string_view name;
    std::string_view text;
};
std::span<const PlainCarrier> plain_carriers();

// Harmless texts that look like secrets, by class; other ones for each number.
struct Negative {
    std::string_view name;
    std::string (*make)(std::uint64_t number);
};
std::span<const Negative> hard_negatives();

}  // namespace opentraces::testing
