// What became of pushes that were interrupted.
#pragma once

#include <cstdint>
#include <set>

#include "flow/push_spool.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/hub/remote.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

struct Recovered {
    std::int64_t confirmed = 0;    // traces that turned out to be in their dataset
    std::set<TraceId> unresolved;  // their remote could not be asked: they must not be pushed elsewhere now
};

// Asks each interrupted push's remote whether its shards are there with our content: yes, and the push is
// finished; no, and its traces are committed again. Errors of `remote` itself are thrown, those of other
// remotes leave their pushes open.
Recovered recover_pushes(hub::Remote& remote, Ports& ports, store::Store& store, Spool& spool,
                         Progress& progress);

}  // namespace opentraces::flow
