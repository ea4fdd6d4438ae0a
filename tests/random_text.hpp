// Characters from `alphabet`, other ones for each seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace opentraces::testing {

inline std::string random_text(std::string_view alphabet, std::size_t length, std::uint64_t seed) {
    std::uint64_t state = seed * 0x9e3779b97f4a7c15ULL + 0x853c49e6748fea9bULL;
    std::string out;
    while (out.size() < length) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        out.push_back(alphabet[(state >> 33) % alphabet.size()]);
    }
    return out;
}

}  // namespace opentraces::testing
