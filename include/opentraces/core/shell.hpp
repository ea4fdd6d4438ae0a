// Words as a POSIX shell reads them back.
#pragma once

#include <string>
#include <string_view>

namespace opentraces {

// In single quotes, always.
std::string single_quoted(std::string_view word);
// Whatever its bytes are (a path has no zero byte), and only quoted where it has to be; the result is UTF-8.
std::string shell_quoted(std::string_view word);
// What single_quoted() and shell_quoted() made of a UTF-8 word; empty for anything else.
std::string shell_unquoted(std::string_view text);

}  // namespace opentraces
