// What somebody has meant who wrote a name that there is not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace opentraces {

// Damerau and Levenshtein: how many letters have to be added, left out, changed, or swapped with their
// neighbour. Bytes; ASCII letters count as equal in either case.
std::size_t edits_between(std::string_view one, std::string_view other);

// The nearest of the names, the first among equals; empty if none is near: at most a third of the written
// letters is another (one always may be), or three or more are the beginning of one name only.
std::string nearest(std::string_view written, const std::vector<std::string>& names);

// "Did you mean 'commit'?", or nothing.
std::string did_you_mean(std::string_view written, const std::vector<std::string>& names);
// The same before another sentence.
std::string did_you_mean(std::string_view written, const std::vector<std::string>& names,
                         const std::string& sentence);

}  // namespace opentraces
