// The outside world as the use cases see it.
#pragma once

#include "opentraces/core/clock.hpp"
#include "opentraces/core/environment.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::flow {

struct Ports {
    fs::Disk& disk;
    Clock& clock;
    IdSource& ids;
    net::Transport& transport;
    const Environment& environment;
};

}  // namespace opentraces::flow
