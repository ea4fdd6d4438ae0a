#include "opentraces/flow/auth.hpp"

#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/hub/session.hpp"

namespace opentraces::flow {
namespace {

hub::RemotePorts remote_ports(Ports& ports) {
    return {ports, {}};
}

// Where a token would still be found although our own file has another one, or none.
std::string found_elsewhere(Ports& ports) {
    const auto token = hub::find_token(ports.environment, ports.disk);
    if (!token || token->source == hub::TokenSource::Credentials) return {};
    return token->where;
}

}  // namespace

LoginResult login(Ports& ports, std::string_view token) {
    const std::string clean = hub::clean_token(token);
    if (clean.empty())
        throw Error(ErrorCode::InvalidToken, "the token is empty",
                    "Give the token, or pipe it in: --token-stdin");
    // Where the token goes is known before anybody is asked about it.
    hub::credentials_path(ports.environment);
    LoginResult result;
    result.identity = hub::HubSession(remote_ports(ports), clean).client().whoami();
    hub::store_token(ports.environment, ports.disk, clean);
    result.credentials_path = hub::credentials_path(ports.environment);
    result.shadowed_by = found_elsewhere(ports);
    return result;
}

LogoutResult logout(Ports& ports) {
    LogoutResult result;
    result.removed = hub::forget_token(ports.environment, ports.disk);
    result.still_found = found_elsewhere(ports);
    return result;
}

hub::Identity whoami(Ports& ports) {
    hub::HubSession session(remote_ports(ports));
    if (!session.token()) throw Error(ErrorCode::NotAuthenticated, "there is no Hub token");
    return session.client().whoami();
}

std::string_view name_of(AuthState state) {
    switch (state) {
        case AuthState::LoggedIn:
            return "logged_in";
        case AuthState::NoToken:
            return "no_token";
        case AuthState::TokenRefused:
            return "token_refused";
        case AuthState::Unknown:
            return "unknown";
    }
    return "unknown";
}

AuthStatus auth_status(Ports& ports) {
    AuthStatus status;
    status.endpoint = hub::checked_endpoint(ports.environment);
    const auto token = hub::find_token(ports.environment, ports.disk);
    if (!token) return status;
    status.token_from = token->where;
    status.remedy = hub::remedy_for(*token);
    try {
        status.identity = hub::HubSession(remote_ports(ports)).client().whoami();
        status.state = AuthState::LoggedIn;
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::Usage || error.code() == ErrorCode::Interrupted) throw;
        status.state = error.code() == ErrorCode::InvalidToken ? AuthState::TokenRefused : AuthState::Unknown;
        status.detail = error.message();
    }
    return status;
}

}  // namespace opentraces::flow
