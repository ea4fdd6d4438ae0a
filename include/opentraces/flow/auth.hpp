// Login, logout, whoami. Nothing is deleted before its replacement is proven to work, and being offline is
// not being logged out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "opentraces/flow/ports.hpp"
#include "opentraces/hub/credentials.hpp"
#include "opentraces/hub/identity.hpp"

namespace opentraces::flow {

struct LoginResult {
    hub::Identity identity;
    std::string credentials_path;
    // Not empty: another token still goes first ("HF_TOKEN"), so this login has no effect yet.
    std::string shadowed_by;
};

// Asks the Hub who the token is, then stores it; a token that does not work leaves everything as it was.
// Errors: InvalidToken, NetworkFailed and the like.
LoginResult login(Ports& ports, std::string_view token);

struct LogoutResult {
    bool removed = false;
    // Not empty: a token is still found there ("HF_TOKEN", a file of the Hub's own clients).
    std::string still_found;
};
LogoutResult logout(Ports& ports);

// Errors: NotAuthenticated without a token, InvalidToken when the Hub refuses it, NetworkFailed.
hub::Identity whoami(Ports& ports);

enum class AuthState { LoggedIn, NoToken, TokenRefused, Unknown };  // Unknown: the Hub did not answer
std::string_view name_of(AuthState state);  // "logged_in", "no_token", "token_refused", "unknown"

struct AuthStatus {
    AuthState state = AuthState::NoToken;
    std::optional<hub::Identity> identity;  // when LoggedIn
    std::string token_from;                 // variable or file, empty without a token
    std::string remedy;                     // for that token, if it is refused or may not do enough
    std::string endpoint;
    std::string detail;  // why, for TokenRefused and Unknown
};
// Never throws for what the Hub or the network does.
AuthStatus auth_status(Ports& ports);

}  // namespace opentraces::flow
