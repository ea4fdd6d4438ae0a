// What an answer of the Hub that is not a success means.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/core/error.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::hub {

// The Hub's own words: X-Error-Message, else what the body says; HTML pages say nothing.
std::string hub_words(const net::Response& response);

// "creating the dataset a/b: the Hub answered 403: … (request id …)", with the code that the answer means.
Error error_for(const net::Response& response, std::string_view doing, bool had_token);

// A failure to get an answer at all.
Error error_for(const net::TransportError& failure, std::string_view doing);

// An answer that is not what the Hub would say.
Error unexpected(const net::Response& response, std::string_view doing, std::string_view what);

}  // namespace opentraces::hub
