// Addresses that people configure: what cannot be meant is refused before anything is sent.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/core/environment.hpp"

namespace opentraces::net {

// An http or https address with a host, no user or password, no query and no fragment, and nothing but the
// characters of a URL. Error BadOption that names `setting` and says what to write; it never repeats the
// address, which may hold a password.
void check_address(std::string_view address, std::string_view setting, std::string_view example);

// Over plain http only to this machine, unless OPENTRACES_ALLOW_HTTP is set. Error BadOption.
void check_may_carry_secrets(std::string_view address, std::string_view setting,
                             const Environment& environment);

// 127.0.0.0/8, [::1], localhost and names below it.
bool is_loopback(std::string_view address);

// host, host:port, or one of them behind http://, https://, socks4://, socks4a://, socks5:// or socks5h://;
// here a user and a password are usual.
bool is_proxy_address(std::string_view address);

}  // namespace opentraces::net
