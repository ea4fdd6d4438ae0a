// From a dataset's state and new shards to the one commit that brings them: shards, card, index, features.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dataset_state.hpp"
#include "opentraces/flow/push.hpp"
#include "push_spool.hpp"

namespace opentraces::flow {

struct PreparedCommit {
    hub::CommitRequest request;
    std::optional<std::string> card_before;
    std::string card_after;
};

// `name`: of the dataset, for its card. The request refers to the reader and the state. Error CardMalformed
// when the existing card cannot be merged.
PreparedCommit prepare_commit(DatasetReader& reader, const DatasetState& state,
                              const std::vector<SpooledShard>& shards, const std::string& name,
                              const PushOptions& options);

// True if the YAML front matter differs: the only part of a card that the Hub validates.
bool front_matter_differs(const std::optional<std::string>& before, const std::string& after);

}  // namespace opentraces::flow
