#include "shard_scores.hpp"

#include <optional>

#include "opentraces/core/error.hpp"
#include "opentraces/flow/assess.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"

namespace opentraces::flow {
namespace {

constexpr const char* k_kind = "scores-0.2";

// Scores of another rubric or judge say nothing here.
std::optional<quality::Batch> usable(const json::Value& scores, const std::string& path) {
    if (scores.is_null()) return std::nullopt;
    try {
        quality::Batch batch = quality::Batch::from_object(scores, path);
        if (batch.rubric() != quality::Rubric::Compatible || batch.judge()) return std::nullopt;
        return batch;
    } catch (const Error&) {
        return std::nullopt;  // written by something else: scored again
    }
}

quality::Batch read_scores(const std::string& path, const OpenShard& open, Ports& ports) {
    Scorer scorer(ports, {});
    visit_lines(scorer, path, open(path));
    if (scorer.batch().rejected_total() > 0) {
        const quality::Rejected& first = *scorer.batch().rejected().begin();
        throw Error(ErrorCode::CorruptDataset,
                    first.source + ":" + std::to_string(first.line) + ": " + first.reason);
    }
    return scorer.batch();
}

}  // namespace

IndexScores complete_scores(shard::Index& index, const OpenShard& open, Ports& ports, store::Store& store) {
    IndexScores result;
    std::vector<shard::IndexEntry> entries;
    for (const shard::IndexEntry* entry : index.entries())
        entries.push_back(*entry);
    for (shard::IndexEntry& entry : entries) {
        auto batch = usable(entry.scores, entry.summary.path);
        if (!batch) {
            const auto known = store.cached(k_kind, entry.summary.sha256);
            if (known) batch = usable(json::parse(*known), entry.summary.path);
            if (!batch) {
                ++result.shards_read;
                batch = read_scores(entry.summary.path, open, ports);
            }
            entry.scores = batch->to_compact_object();
            store.cache(k_kind, entry.summary.sha256, json::to_compact(entry.scores));
            index.append(std::move(entry));
        }
        // Whether just scored or read back, the same is added: answers must not depend on who has scored.
        result.batch.merge(quality::Batch::from_object(batch->to_compact_object(), "scores"));
    }
    return result;
}

}  // namespace opentraces::flow
