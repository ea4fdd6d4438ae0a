#include "opentraces/hub/session.hpp"

#include <utility>
#include <vector>

#include "opentraces/core/error.hpp"
#include "opentraces/net/address.hpp"

namespace opentraces::hub {
namespace {

constexpr std::string_view k_endpoint = "HF_ENDPOINT";

ClientOptions client_options(const Environment& environment, const std::optional<Token>& token) {
    if (environment.truthy("HF_HUB_OFFLINE"))
        throw Error(ErrorCode::Offline, "HF_HUB_OFFLINE is set, and this needs the Hub");
    ClientOptions options;
    options.endpoint = checked_endpoint(environment);
    options.limits = net::limits_from(environment);
    if (!token) return options;
    net::check_may_carry_secrets(options.endpoint, k_endpoint, environment);
    options.token = token->text;
    options.remedy = remedy_for(*token);
    return options;
}

std::vector<std::string> secrets_of(const std::optional<Token>& token) {
    return token ? std::vector<std::string>{token->text} : std::vector<std::string>{};
}

}  // namespace

std::string checked_endpoint(const Environment& environment) {
    std::string endpoint = environment.hub_endpoint();
    net::check_address(endpoint, k_endpoint, "https://huggingface.co, or unset it.");
    return endpoint;
}

HubSession::HubSession(const RemotePorts& ports)
    : HubSession(ports, find_token(ports.environment, ports.disk)) {}

HubSession::HubSession(const RemotePorts& ports, std::string token)
    : HubSession(ports, std::optional<Token>(Token{std::move(token), TokenSource::Credentials, {}})) {}

HubSession::HubSession(const RemotePorts& ports, std::optional<Token> token)
    : m_ports(ports),
      m_token(std::move(token)),
      m_masking(ports.transport, secrets_of(m_token)),
      m_transport(m_masking, ports.clock, ports.ids, net::retry_policy(net::limits_from(ports.environment)),
                  ports.notify),
      m_client(m_transport, ports.disk, ports.clock, client_options(ports.environment, m_token)) {}

}  // namespace opentraces::hub
