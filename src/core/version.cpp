#include "opentraces/core/version.hpp"

namespace opentraces {

std::string_view program_version() {
    return OPENTRACES_VERSION;
}

}  // namespace opentraces
