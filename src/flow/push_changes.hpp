// From a dataset's state and new shards to the one commit that brings them: shards, card, index, features.
#pragma once

#include <functional>
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
    std::optional<quality::QualitySummary> scores;  // when there was something to score with
};

// Scores what the dataset and the new shards have no scores of yet, adds them to the index, and answers the
// summary over all shards. Error GateFailed when the options ask for the gate and it does not pass.
using ScoreShards = std::function<quality::QualitySummary(shard::Index& index)>;

// Error CardMalformed when the existing card cannot be merged. Without `score` the card keeps the scores that
// are published.
PreparedCommit prepare_commit(DatasetReader& reader, const DatasetState& state,
                              const std::vector<SpooledShard>& shards, const hub::DatasetInfo& info,
                              const PushOptions& options, const ScoreShards& score = {});

// True if the YAML front matter differs: the only part of a card that the Hub validates.
bool front_matter_differs(const std::optional<std::string>& before, const std::string& after);

}  // namespace opentraces::flow
