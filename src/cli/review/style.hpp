// How a cell of the screen looks: the terminal's own colours and attributes, so that light and dark ones are
// both right.
#pragma once

#include <cstdint>

namespace opentraces::cli::review {

enum class Colour : std::uint8_t { Own, Red, Green, Yellow, Blue, Cyan };

struct Style {
    Colour colour = Colour::Own;
    bool bold = false;
    bool dim = false;
    bool underline = false;
    bool reverse = false;
    bool operator==(const Style&) const = default;
};

inline constexpr Style k_usual{};
inline constexpr Style k_strong{.bold = true};
inline constexpr Style k_faint{.dim = true};
inline constexpr Style k_bar{.reverse = true};
inline constexpr Style k_added{.colour = Colour::Green};
inline constexpr Style k_removed{.colour = Colour::Red};
inline constexpr Style k_place{.colour = Colour::Cyan};
inline constexpr Style k_bad{.colour = Colour::Red, .bold = true};
// What was redacted or found: seen without colours, too.
inline constexpr Style k_marked{.colour = Colour::Yellow, .bold = true, .reverse = true};
inline constexpr Style k_hit{.underline = true, .reverse = true};

}  // namespace opentraces::cli::review
