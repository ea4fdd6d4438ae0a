// What changes between two texts, for people.
#pragma once

#include <string>
#include <string_view>

namespace opentraces::flow {

// Lines of both texts: removed ones after "-", added ones after "+", up to two unchanged neighbours after a
// blank, "@@" where unchanged lines are left out. Empty if the texts are equal.
std::string line_diff(std::string_view before, std::string_view after);

}  // namespace opentraces::flow
