// What an answer of the Hub that is not a success means.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/core/error.hpp"
#include "opentraces/hub/client.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::hub {

// The Hub's own words: X-Error-Message, else what the body says; HTML pages say nothing.
std::string hub_words(const net::Response& response);

// "creating the dataset a/b: the Hub answered 403: … (request id …)", with the code that the answer means.
// `options` has the token that was sent, and what is to be done about it.
Error error_for(const net::Response& response, std::string_view doing, const ClientOptions& options);

// A failure to get an answer at all.
Error error_for(const net::TransportError& failure, std::string_view doing);

// An answer that is not what the Hub would say.
Error unexpected(const net::Response& response, std::string_view doing, std::string_view what);

}  // namespace opentraces::hub
