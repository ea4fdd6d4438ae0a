// The scores of a dataset as the sum over its shards, each scored once.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "opentraces/flow/ports.hpp"
#include "opentraces/json/lines.hpp"
#include "opentraces/quality/batch.hpp"
#include "opentraces/shard/index.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

// Opens the content of a shard by its path in the dataset.
using OpenShard = std::function<json::ByteSource(const std::string& path)>;

struct IndexScores {
    quality::Batch batch;
    std::int64_t shards_read = 0;
};

// Scores with the compatible rubric what the index has no scores of and adds them to it. What was scored
// before is remembered in the store by the shard's digest. Error CorruptDataset when a line of a shard is not
// a record.
IndexScores complete_scores(shard::Index& index, const OpenShard& open, Ports& ports, store::Store& store);

}  // namespace opentraces::flow
