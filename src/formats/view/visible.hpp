// Trace text for people: nothing in it is invisible, moves a cursor or is markup.
#pragma once

#include <string>
#include <string_view>

namespace opentraces::formats {

// Line ends become LF; other control characters become their pictures (U+2400…), what no document may hold
// becomes U+FFFD, bidi controls and zero-width characters become "<U+202E>".
void append_visible(std::string& out, std::string_view valid_utf8);
// The same, safe between tags and in quoted attributes.
void append_html(std::string& out, std::string_view valid_utf8);

}  // namespace opentraces::formats
