// The index of a dataset, written anew from its shards.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "opentraces/card/settings.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

struct IndexRebuildOptions {
    std::string remote;           // as PushOptions::remote
    card::CardSettings settings;  // of the project, for the card
    security::ScrubOptions scan;  // for the settings
};

struct IndexRebuildReport {
    std::string remote;
    std::string url;
    std::int64_t shards = 0;
    std::int64_t traces = 0;
    std::int64_t receipts = 0;        // shards whose scan receipt could be kept
    std::vector<std::string> damage;  // what was wrong with the old index, empty if nothing
    std::string commit;
    std::string commit_url;
};

// Reads every shard front to back, whatever the old index or any memory says, and commits a new index and the
// card that follows from it. Scan receipts and scores are taken over from old lines that are whole and of the
// same bytes. Errors of the remote; NotFound; CorruptDataset and NewerSchema when a shard cannot be read.
IndexRebuildReport rebuild_index(Ports& ports, store::Store& store, const std::string& project,
                                 const IndexRebuildOptions& options, Progress& progress);

}  // namespace opentraces::flow
