// A Hub client with what it needs around it: the token that was found, the endpoint, and repetition.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "opentraces/core/environment.hpp"
#include "opentraces/hub/client.hpp"
#include "opentraces/hub/credentials.hpp"
#include "opentraces/hub/ports.hpp"
#include "opentraces/net/masking.hpp"
#include "opentraces/net/retry.hpp"

namespace opentraces::hub {

// Environment::hub_endpoint(), or Error BadOption that says what is wrong with it.
std::string checked_endpoint(const Environment& environment);

// The ports must outlive it. Errors: Offline when HF_HUB_OFFLINE is set; BadOption for an endpoint that
// cannot be used or must not get the token, and for limits that are none.
class HubSession {
public:
    // With the token that find_token() finds, or anonymous.
    explicit HubSession(const RemotePorts& ports);
    // With this token and no other.
    HubSession(const RemotePorts& ports, std::string token);
    HubSession(const HubSession&) = delete;
    HubSession& operator=(const HubSession&) = delete;

    HubClient& client() { return m_client; }
    const RemotePorts& ports() const { return m_ports; }
    const std::optional<Token>& token() const { return m_token; }

private:
    HubSession(const RemotePorts& ports, std::optional<Token> token);

    RemotePorts m_ports;
    std::optional<Token> m_token;
    net::MaskingTransport m_masking;  // below the repetition, which speaks of answers too
    net::RetryingTransport m_transport;
    HubClient m_client;
};

}  // namespace opentraces::hub
