#include <utility>

#include "flow/leaving_text.hpp"
#include "flow/shard_scores.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/dataset/commit.hpp"
#include "opentraces/flow/assess.hpp"

namespace opentraces::flow {
namespace {

// Every attempt replaces what the one before has found.
void score(dataset::Plan& plan, dataset::Dataset& dataset, const dataset::State& state,
           const quality::Thresholds& thresholds, DatasetScores& scores) {
    plan.index = state.index;
    IndexScores scored = complete_scores(plan, dataset, state);
    scores.batch = std::move(scored.batch);
    scores.shards = static_cast<std::int64_t>(plan.index.entries().size());
    scores.shards_read = scored.shards_read;
    scores.summary = quality::summarise(scores.batch, thresholds, dataset.ports().clock.now());
    plan.scores = scores.summary;
}

}  // namespace

DatasetScores assess_dataset(dataset::Dataset& dataset, const DatasetOptions& options) {
    DatasetScores scores;
    dataset::Plan plan;
    plan.summary = "Update quality scores";
    if (options.dry_run) {
        dataset::State state;
        dataset.read([&] {
            const hub::DatasetInfo info = dataset.existing();
            scores.remote = info.name;
            state = dataset.reader().read(info.head);
            score(plan, dataset, state, options.thresholds, scores);
        });
        return scores;
    }
    plan.card = LeavingTexts(options.scan, dataset.progress()).scrub(options.card);
    dataset::Rewritten written = rewrite(dataset, [&](const hub::DatasetInfo& info) {
        dataset::State state = dataset.reader().read(info.head);
        score(plan, dataset, state, options.thresholds, scores);
        return dataset::Proposal{std::move(state), plan};
    });
    scores.remote = written.info.name;
    scores.commit = std::move(written.receipt.oid);
    scores.commit_url = std::move(written.receipt.url);
    return scores;
}

DatasetScores score_dataset(dataset::Dataset& dataset, Scorer& scorer) {
    const DatasetLines read = visit_dataset(scorer, dataset);
    DatasetScores scores;
    scores.remote = read.remote;
    scores.shards = read.shards;
    scores.shards_read = read.shards_read;
    scores.batch = scorer.batch();
    return scores;
}

void check_publishable(bool selection, bool dry_run) {
    if (selection && !dry_run)
        throw Error(ErrorCode::BadOption, "scores of this selection are not for publishing",
                    "Add --dry-run, or leave the options that select out.");
}

DatasetScores score_or_assess(dataset::Dataset& dataset, Scorer& scorer, bool selection,
                              const DatasetOptions& options) {
    check_publishable(selection, options.dry_run);
    return selection ? score_dataset(dataset, scorer) : assess_dataset(dataset, options);
}

std::optional<quality::QualitySummary> published_scores(hub::Remote& remote) {
    const hub::DatasetInfo info = dataset::existing(remote);
    const auto files = remote.find(info.head, {std::string(quality::k_quality_path)});
    if (files.empty()) return std::nullopt;
    return quality::quality_from_json(remote.read_small(info.head, files.front()));
}

}  // namespace opentraces::flow
