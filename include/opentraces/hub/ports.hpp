// The outside world as the Hub and everything above it see it.
#pragma once

#include <functional>
#include <string_view>

#include "opentraces/core/clock.hpp"
#include "opentraces/core/environment.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::hub {

struct Ports {
    fs::Disk& disk;
    Clock& clock;
    IdSource& ids;
    net::Transport& transport;
    const Environment& environment;
};

struct RemotePorts : Ports {
    std::function<void(std::string_view)> notify;  // hears about waits; may be empty
};

}  // namespace opentraces::hub
