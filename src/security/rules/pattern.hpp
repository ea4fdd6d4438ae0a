// The small pattern language of the rule tables, and the samples written in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "security/rules/char_class.hpp"

namespace opentraces::security {

// A sequence of literals and class runs: "SG.{b22}.{b43}", "{w36+}", "{d8-10}". Class letters as in
// char_class.hpp. Matching is greedy without going back, so it is linear.
class Pattern {
public:
    Pattern() = default;
    explicit Pattern(std::string_view source);
    bool empty() const { return m_segments.empty(); }
    // End of the match that starts at `at`. `reached`: as far as the text agrees with the pattern.
    std::optional<std::size_t> match_forward(std::string_view text, std::size_t at,
                                             std::size_t* reached = nullptr) const;
    // Start of the match that ends before `at`.
    std::optional<std::size_t> match_backward(std::string_view text, std::size_t at) const;
    // The last segment has a fixed or limited length, so the match may stop inside a longer run.
    bool bounded_end() const;

private:
    struct Segment {
        std::string literal;
        ClassMask mask = 0;
        std::size_t min = 0;
        std::size_t max = 0;
    };
    std::vector<Segment> m_segments;
};

// Writes out a sample: "{w36}" becomes 36 arbitrary characters of the class, the same for the same variant;
// "{}" becomes nothing.
std::string expand_sample(std::string_view source, std::uint64_t variant = 0);

}  // namespace opentraces::security
