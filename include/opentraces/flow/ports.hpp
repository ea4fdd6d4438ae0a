// The outside world as the use cases see it.
#pragma once

#include "opentraces/hub/ports.hpp"

namespace opentraces::flow {

using hub::Ports;

}  // namespace opentraces::flow
