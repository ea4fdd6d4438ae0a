#include "opentraces/net/libraries.hpp"

#include <curl/curl.h>

namespace opentraces::net {

std::vector<Library> libraries() {
    return {{"libcurl", curl_version_info(CURLVERSION_NOW)->version}};
}

}  // namespace opentraces::net
