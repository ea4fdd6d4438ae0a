// The body of a card, with the managed sections renewed inside it.
#pragma once

#include <string>
#include <string_view>

namespace opentraces::card {

// The sections with LF ends, as sections.hpp makes them.
struct Sections {
    std::string badges;
    std::string machine;
    std::string statistics;
};

// Every line that is not part of a managed section is kept as it is. Without markers the badges go below the
// first heading of level 1 and the statistics to the end.
std::string merge_body(std::string_view body, std::string_view line_end, const Sections& sections);

}  // namespace opentraces::card
