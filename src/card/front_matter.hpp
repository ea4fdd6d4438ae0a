// The YAML front matter of a card, merged at the level of its text.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/card/card.hpp"

namespace opentraces::card {

// A README.md in two parts. Views into the text.
struct CardText {
    std::string_view front_matter;  // between the two fences, empty if there are none
    std::string_view body;          // everything behind the closing fence
    std::string_view line_end;
    bool fenced = false;  // there are two fences, whatever is between them
};

// Throws Error CardMalformed if the text is not UTF-8 text or the front matter is never closed.
CardText split_card(std::string_view text);

struct FrontMatter {
    std::string text;     // with both fences
    std::string license;  // what it says now, for people; empty: nothing
};

// Sets what is ours (size_categories, the default config, our tags, the scores, the default config's
// features), adds what is missing, and leaves every other byte alone. Throws Error CardMalformed.
FrontMatter merge_front_matter(std::string_view existing, std::string_view line_end, const CardInput& input);

// "README.md:<line>: <reason>", with what to do about it (empty: the usual advice).
[[noreturn]] void throw_malformed(std::size_t line, std::string_view reason, std::string hint = {});

}  // namespace opentraces::card
