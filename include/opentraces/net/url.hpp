// URLs: their parts, and texts made safe to show.
#pragma once

#include <string>
#include <string_view>

namespace opentraces::net {

// "https://host:port", lower case, without user info; the port is always written. Empty if `url` is not an
// absolute http or https URL. What decides whether credentials may go along.
std::string origin_of(std::string_view url);

// RFC 3986 section 2.1: everything except unreserved characters is escaped, '/' too unless kept.
std::string percent_encode(std::string_view text, bool keep_slashes);

// A Location header, absolute or relative, against the URL that it answered (RFC 3986 section 5, without
// dot segments).
std::string resolve_location(std::string_view url, std::string_view location);

// A server's words: one line, printable, at most 300 characters, and without URL queries, which may be
// signed.
std::string server_words(std::string_view text);

}  // namespace opentraces::net
