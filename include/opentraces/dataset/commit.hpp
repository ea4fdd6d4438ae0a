// From a plan to a commit that is known to be in the dataset.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "opentraces/dataset/dataset.hpp"
#include "opentraces/dataset/plan.hpp"

namespace opentraces::dataset {

// Error CardMalformed when the remote would refuse this card: asked when the front matter, the only part that
// the Hub validates, is another one.
void check_card(hub::Remote& remote, const CardTexts& card);

// nullopt: the dataset has moved, nothing was changed. Errors of hub::Remote::commit().
std::optional<hub::Receipt> send(Dataset& dataset, const hub::CommitRequest& request);

struct Committed {
    hub::Receipt receipt;
    std::vector<hub::RemoteFile> files;  // that were changed, as the remote shows them
};
// Looks at what has become of it. Error CorruptDataset when the commit does not hold what was sent.
Committed verify(Dataset& dataset, const hub::CommitRequest& request, hub::Receipt receipt);

// For whoever reads the dataset next: what the commit has made of it is not asked for again.
void remember(Dataset& dataset, const State& before, const hub::CommitRequest& request,
              const Committed& committed);

struct Proposal {
    State state;  // that was looked at
    Plan plan;    // of what is to become of it
};
using Propose = std::function<Proposal(const hub::DatasetInfo&)>;

struct Rewritten {
    hub::DatasetInfo info;  // of the dataset before
    hub::Receipt receipt;   // empty: nothing had to be changed
    CardTexts card;
};

// The whole of it for a dataset that exists: looks, proposes, commits, verifies and remembers, and looks
// again while others change the dataset. Errors of all these; CommitConflict when others do not stop.
Rewritten rewrite(Dataset& dataset, const Propose& propose);

}  // namespace opentraces::dataset
