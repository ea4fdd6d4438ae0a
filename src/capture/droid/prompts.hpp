// What stands in the user's place of a Droid message: what a person typed, and what the program put beside
// it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "opentraces/json/value.hpp"

namespace opentraces::capture::droid {

struct Said {
    std::string typed;                                            // pictures and documents as placeholders
    std::vector<std::pair<std::string_view, std::string>> shown;  // kind of context, text
    std::vector<std::string> unknown;                             // types of blocks
};

// Results of tools are left out.
Said said_in(const json::Value& content);

// A message that the program puts in the user's place, and whether it says that something has failed.
bool is_of_program(std::string_view text);
bool is_failure(std::string_view text);

}  // namespace opentraces::capture::droid
