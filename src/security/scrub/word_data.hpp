// Words of the language, sorted, a line each: the text of words.txt.
#pragma once

#include <string_view>

namespace opentraces::security {

extern const std::string_view k_word_data;

}  // namespace opentraces::security
