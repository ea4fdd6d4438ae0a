#include "flow/shard_scores.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include "opentraces/core/error.hpp"
#include "opentraces/flow/assess.hpp"
#include "opentraces/json/document.hpp"

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

void visit_shard(LineVisitor& visitor, const std::string& path, const dataset::Plan& plan,
                 dataset::Dataset& dataset, const dataset::State& state) {
    const auto coming =
        std::find_if(plan.shards.begin(), plan.shards.end(),
                     [&](const dataset::NewShard& shard) { return shard.summary.path == path; });
    if (coming == plan.shards.end()) {
        visit_lines(visitor, path, dataset.copy(state.head, state.shard_file(path)).open());
        return;
    }
    const std::shared_ptr<fs::ReadFile> file = dataset.ports().disk.open(coming->local_path);
    visit_lines(visitor, path, [file](char* buffer, std::size_t size) { return file->read(buffer, size); });
}

quality::Batch read_scores(const std::string& path, const dataset::Plan& plan, dataset::Dataset& dataset,
                           const dataset::State& state) {
    Scorer scorer(dataset.ports(), {});
    visit_shard(scorer, path, plan, dataset, state);
    if (scorer.batch().broken_total() > 0) {
        const Diagnostic& first = *scorer.batch().broken().begin();
        throw Error(ErrorCode::CorruptDataset,
                    first.source + ":" + std::to_string(first.line) + ": " + first.words);
    }
    return scorer.batch();
}

}  // namespace

IndexScores complete_scores(dataset::Plan& plan, dataset::Dataset& dataset, const dataset::State& state) {
    IndexScores result;
    std::vector<shard::IndexEntry> entries;
    for (const shard::IndexEntry* entry : plan.index.entries())
        entries.push_back(*entry);
    for (shard::IndexEntry& entry : entries) {
        auto batch = usable(entry.scores, entry.summary.path);
        if (!batch) {
            const auto known = dataset.store().cached(k_kind, entry.summary.sha256);
            if (known) batch = usable(json::read_document(*known), entry.summary.path);
            if (!batch) {
                ++result.shards_read;
                batch = read_scores(entry.summary.path, plan, dataset, state);
            }
            entry.scores = batch->to_compact_object();
            dataset.store().cache(k_kind, entry.summary.sha256, json::write_document(entry.scores));
            plan.index.append(std::move(entry));
        }
        // Whether just scored or read back, the same is added: answers must not depend on who has scored.
        result.batch.merge(quality::Batch::from_object(batch->to_compact_object(), "scores"));
    }
    return result;
}

}  // namespace opentraces::flow
