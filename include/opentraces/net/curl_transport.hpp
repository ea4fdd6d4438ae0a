// HTTP over libcurl.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "opentraces/core/environment.hpp"
#include "opentraces/net/limits.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::net {

struct CurlOptions {
    std::string user_agent;
    std::string http_proxy;   // for http:// URLs; empty = none
    std::string https_proxy;  // for https:// URLs
    std::string no_proxy;     // comma-separated hosts that are reached directly
    std::string ca_file;      // both empty: what libcurl was built with
    std::string ca_directory;
    Limits limits;  // of time, speed and size
    // Asked about once a second while waiting; true stops the request. May be empty.
    std::function<bool()> interrupted;
};

// Proxies by curl's own rules (http_proxy in lower case only, HTTPS_PROXY, ALL_PROXY, NO_PROXY); certificates
// from SSL_CERT_FILE and SSL_CERT_DIR, else the first of the usual system locations that exists. Error
// BadOption for a proxy that is no address and for limits that are none.
CurlOptions curl_options(const Environment& environment, std::string user_agent);

// Keeps connections between requests; may be used from several threads. Only http and https.
std::unique_ptr<Transport> curl_transport(CurlOptions options);

}  // namespace opentraces::net
