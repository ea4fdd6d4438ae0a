#include "opentraces/net/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/net/url.hpp"

namespace opentraces::net {
namespace {

constexpr std::array<std::string_view, 6> k_proxy_schemes = {"http",    "https",  "socks4",
                                                             "socks4a", "socks5", "socks5h"};

struct Authority {
    std::string_view host;
    bool has_user = false;
    bool well_formed = false;
};

bool is_url_char(char c) {
    return c > ' ' && c < 0x7F && std::string_view("\\\"<>^`{|}").find(c) == std::string_view::npos;
}

bool is_host_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

bool is_port(std::string_view text) {
    unsigned value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    return problem == std::errc{} && end == text.data() + text.size() && value > 0 && value < 65536;
}

Authority parse_authority(std::string_view text) {
    Authority authority;
    if (const std::size_t at = text.rfind('@'); at != text.npos) {
        authority.has_user = true;
        text.remove_prefix(at + 1);
    }
    const std::size_t close = text.starts_with('[') ? text.find(']') : text.npos;
    const std::size_t colon = text.find(':', close == text.npos ? 0 : close);
    authority.host = text.substr(0, colon);
    const bool brackets = close != text.npos && close + 1 == authority.host.size();
    const bool plain =
        !authority.host.empty() && std::all_of(authority.host.begin(), authority.host.end(), is_host_char);
    authority.well_formed = (plain || brackets) && (colon == text.npos || is_port(text.substr(colon + 1)));
    return authority;
}

// Between "://" and the path.
std::string_view authority_in(std::string_view address) {
    const std::size_t scheme = address.find("://");
    if (scheme == address.npos) return {};
    const std::string_view rest = address.substr(scheme + 3);
    return rest.substr(0, rest.find_first_of("/?#"));
}

std::string problem_of(std::string_view address) {
    if (!std::all_of(address.begin(), address.end(), is_url_char))
        return "holds characters that no address has";
    const std::string lower = to_lower_ascii(address);
    if (!lower.starts_with("http://") && !lower.starts_with("https://"))
        return "does not begin with https:// or http://";
    const Authority authority = parse_authority(authority_in(address));
    if (authority.has_user) return "holds a user or a password";
    if (authority.host.empty()) return "has no host";
    if (!authority.well_formed) return "has no usable host and port";
    if (address.find_first_of("?#") != address.npos) return "ends in a query or a fragment";
    return {};
}

}  // namespace

void check_address(std::string_view address, std::string_view setting, std::string_view example) {
    const std::string problem = problem_of(address);
    if (problem.empty()) return;
    throw Error(ErrorCode::BadOption, fmt::format("{} {}; nothing was sent", setting, problem),
                fmt::format("Write an address such as {}", example));
}

void check_may_carry_secrets(std::string_view address, std::string_view setting,
                             const Environment& environment) {
    if (origin_of(address).starts_with("https://") || is_loopback(address)) return;
    if (environment.truthy("OPENTRACES_ALLOW_HTTP")) return;
    throw Error(ErrorCode::BadOption,
                fmt::format("{} is a plain http address of another machine, and the token would be readable "
                            "on the way; nothing was sent",
                            setting),
                "Write https://, or set OPENTRACES_ALLOW_HTTP=1 if that network is trusted.");
}

bool is_loopback(std::string_view address) {
    const std::string host = to_lower_ascii(parse_authority(authority_in(address)).host);
    if (host == "localhost" || host.ends_with(".localhost") || host == "[::1]") return true;
    // Only digits and dots: 127.0.0.1.example.org is a name.
    return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

bool is_proxy_address(std::string_view address) {
    if (!std::all_of(address.begin(), address.end(), is_url_char)) return false;
    if (address.find("://") == address.npos)
        return parse_authority(address.substr(0, address.find('/'))).well_formed;
    const std::string scheme = to_lower_ascii(address.substr(0, address.find("://")));
    return std::find(k_proxy_schemes.begin(), k_proxy_schemes.end(), scheme) != k_proxy_schemes.end() &&
           parse_authority(authority_in(address)).well_formed;
}

}  // namespace opentraces::net
