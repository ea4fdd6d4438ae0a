#include "opentraces/hub/session.hpp"

#include <utility>

#include "opentraces/core/error.hpp"

namespace opentraces::hub {
namespace {

ClientOptions client_options(const Environment& environment, const std::optional<Token>& token) {
    if (environment.truthy("HF_HUB_OFFLINE"))
        throw Error(ErrorCode::Offline, "HF_HUB_OFFLINE is set, and this needs the Hub");
    ClientOptions options;
    options.endpoint = environment.hub_endpoint();
    if (token) options.token = token->text;
    return options;
}

}  // namespace

HubSession::HubSession(const RemotePorts& ports)
    : HubSession(ports, find_token(ports.environment, ports.disk)) {}

HubSession::HubSession(const RemotePorts& ports, std::string token)
    : HubSession(ports, std::optional<Token>(Token{std::move(token), TokenSource::Credentials, {}})) {}

HubSession::HubSession(const RemotePorts& ports, std::optional<Token> token)
    : m_ports(ports),
      m_token(std::move(token)),
      m_transport(ports.transport, ports.clock, ports.ids, {}, ports.notify),
      m_client(m_transport, ports.disk, ports.clock, client_options(ports.environment, m_token)) {}

}  // namespace opentraces::hub
