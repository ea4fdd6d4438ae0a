#include <unistd.h>

#include <array>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/net/address.hpp"
#include "opentraces/net/curl_transport.hpp"

namespace opentraces::net {
namespace {

// Debian and Alpine; Fedora and RHEL; openSUSE; Alpine and BSD; newer Fedora.
constexpr std::array k_ca_files = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
};
constexpr std::array k_ca_directories = {"/etc/ssl/certs", "/etc/pki/tls/certs"};

template <std::size_t N>
std::string first_readable(const std::array<const char*, N>& paths) {
    for (const char* path : paths)
        if (::access(path, R_OK) == 0) return path;
    return {};
}

std::string first_set(const Environment& environment, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const auto value = environment.get(name)) return *value;
    return {};
}

// libcurl would take the scheme for a host name, or connect to a part of what was meant.
void check_proxy(const std::string& proxy, const char* name) {
    if (proxy.empty() || is_proxy_address(proxy)) return;
    throw Error(ErrorCode::BadOption,
                std::string(name) + " (or all_proxy) is not the address of a proxy; nothing was sent",
                "Write http://host:port or socks5h://host:port, or unset it.");
}

}  // namespace

CurlOptions curl_options(const Environment& environment, std::string user_agent) {
    CurlOptions options;
    options.user_agent = std::move(user_agent);
    // Not HTTP_PROXY: a web server sets that from a request header (CVE-2016-5385).
    options.http_proxy = first_set(environment, {"http_proxy", "all_proxy", "ALL_PROXY"});
    options.https_proxy = first_set(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
    check_proxy(options.http_proxy, "http_proxy");
    check_proxy(options.https_proxy, "https_proxy");
    options.limits = limits_from(environment);
    options.no_proxy = first_set(environment, {"no_proxy", "NO_PROXY"});
    options.ca_file = first_set(environment, {"SSL_CERT_FILE"});
    options.ca_directory = first_set(environment, {"SSL_CERT_DIR"});
    if (!options.ca_file.empty() || !options.ca_directory.empty()) return options;
    options.ca_file = first_readable(k_ca_files);
    if (options.ca_file.empty()) options.ca_directory = first_readable(k_ca_directories);
    return options;
}

}  // namespace opentraces::net
