#include "unit/security/carriers/carrier.hpp"

namespace opentraces::testing {

bool is_gone(std::string_view redacted, const Carried& carried) {
    for (const std::string& trace : carried.traces) {
        if (trace.size() < carried.rest && redacted.find(trace) != std::string_view::npos) return false;
        for (std::size_t at = 0; at + carried.rest <= trace.size(); ++at)
            if (redacted.find(trace.substr(at, carried.rest)) != std::string_view::npos) return false;
    }
    return true;
}

}  // namespace opentraces::testing
