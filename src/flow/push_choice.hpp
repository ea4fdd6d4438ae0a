// Which traces a push is about: the choice of the user, and what this remote has already.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "opentraces/flow/push.hpp"

namespace opentraces::flow {

struct PushChoice {
    std::vector<store::TraceRow> rows;  // newest first
    std::int64_t elsewhere = 0;         // pushed to other remotes only, and not asked for
    std::int64_t offered = 0;           // an open pull request to this remote has them
    std::int64_t here = 0;              // asked for, and pushed there
};

// `remote` is Remote::name() of the dataset itself. Error InvalidState when a trace that was asked for is
// neither committed nor pushed. `settled` are offers to it that the store may still call open.
PushChoice choose_traces(store::Store& store, const std::string& remote, const PushOptions& options,
                         const std::vector<store::Offer>& settled = {});

}  // namespace opentraces::flow
