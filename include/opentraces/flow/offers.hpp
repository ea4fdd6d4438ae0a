// What has become of the pull requests that offer traces to other people's datasets.
#pragma once

#include <vector>

#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/hub/remote.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

struct OfferNews {
    store::Offer offer;
    bool known = true;    // false: an open one whose dataset could not be asked now
    bool is_new = false;  // the state is another one than the store had
};

// Asks the remotes of all open offers, each once and with little patience: nobody waits long for a status.
// Nothing is asked when none is open. Nothing is written; what cannot be asked is no failure.
std::vector<OfferNews> ask_offers(Ports& ports, const std::vector<store::Offer>& offers, Progress& progress);

// Writes down what is new in them.
void settle_offers(store::Store& store, const std::vector<OfferNews>& news);

// Those open offers to this remote that are merged or closed by now, as they are now. Nothing is written.
// Errors of hub::Remote.
std::vector<store::Offer> settled_offers_to(hub::Remote& remote, store::Store& store);

}  // namespace opentraces::flow
