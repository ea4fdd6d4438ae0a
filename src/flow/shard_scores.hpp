// The scores of a dataset as the sum over its shards, each scored once.
#pragma once

#include <cstdint>

#include "opentraces/dataset/dataset.hpp"
#include "opentraces/dataset/plan.hpp"
#include "opentraces/quality/batch.hpp"

namespace opentraces::flow {

struct IndexScores {
    quality::Batch batch;
    std::int64_t shards_read = 0;
};

// Scores with the compatible rubric what the plan's index has no scores of and adds them to it: shards of the
// dataset at this state, and those that the plan brings. What was scored before is remembered in the store by
// the shard's digest. Error CorruptDataset when a line of a shard is not a record.
IndexScores complete_scores(dataset::Plan& plan, dataset::Dataset& dataset, const dataset::State& state);

}  // namespace opentraces::flow
