#include "opentraces/net/transport.hpp"

#include <utility>

namespace opentraces::net {

std::optional<std::string> Response::header(std::string_view lower_case_name) const {
    for (const auto& [name, value] : headers)
        if (name == lower_case_name) return value;
    return std::nullopt;
}

TransportError::TransportError(TransportFailure failure, std::string message, bool request_may_have_arrived)
    : m_failure(failure), m_message(std::move(message)), m_may_have_arrived(request_may_have_arrived) {}

}  // namespace opentraces::net
