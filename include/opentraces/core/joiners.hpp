// Emoji that are made of several characters.
#pragma once

#include <string>
#include <string_view>

namespace opentraces {

// Joined emoji (a family, a flag of a pirate) as those they were joined of, and without the selector that
// makes a picture of a sign: terminals disagree about how wide the whole is, and joiners elsewhere hide.
// `text` is valid UTF-8.
std::string without_joiners(std::string_view text);

}  // namespace opentraces
