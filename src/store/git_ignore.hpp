// The line that keeps .opentraces out of the project's git.
#pragma once

#include <string>

namespace opentraces::store {

// The bytes to append so that git ignores .opentraces; empty if it does already.
std::string ignore_addition(const std::string& text);
// Whether ignore_addition() can have answered these bytes.
bool is_ignore_addition(const std::string& added);
// The text as before: without exactly `added` at its end, else without the line we added.
std::string without_ignore_addition(const std::string& text, const std::string& added);

}  // namespace opentraces::store
