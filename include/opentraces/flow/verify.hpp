// Everything that a dataset says about itself, held against its bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/card/settings.hpp"
#include "opentraces/core/diagnostic.hpp"
#include "opentraces/flow/ports.hpp"
#include "opentraces/flow/progress.hpp"
#include "opentraces/security/scrub.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

struct VerifyOptions {
    std::string remote;           // as PushOptions::remote
    card::CardSettings settings;  // of the project, for the card
    security::ScrubOptions scan;
    bool scan_secrets = true;
};

struct VerifyReport {
    std::string remote;
    std::string url;
    std::string head;
    std::int64_t shards = 0;
    std::int64_t traces = 0;
    std::uint64_t bytes = 0;
    // The source is a path in the dataset, the rule one of: shard_unreadable, not_a_shard, hash_wrong,
    // duplicate, duplicate_id (with another text), secret, index_damaged, index_missing (a shard is not in
    // the index), index_gone (an indexed shard is not in the dataset), index_wrong, card_missing,
    // card_malformed, card_stale, withdrawn (was taken back and is there again), withdrawn_damaged (the list
    // of these cannot be read).
    std::vector<Diagnostic> problems;
    std::int64_t more_problems = 0;  // beyond the first k_max_problems
};

inline constexpr std::size_t k_max_problems = 1000;

// The command that mends such a problem of this dataset; empty: no command does, it takes hands.
std::string mending(std::string_view rule, const std::string& dataset);

// Downloads every shard. Errors of the remote; NotFound. What is wrong with the dataset is in the report.
VerifyReport verify_dataset(Ports& ports, store::Store& store, const std::string& project,
                            const VerifyOptions& options, Progress& progress);

}  // namespace opentraces::flow
