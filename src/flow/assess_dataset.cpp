#include <utility>

#include "card_changes.hpp"
#include "dataset_rewrite.hpp"
#include "dataset_state.hpp"
#include "leaving_text.hpp"
#include "opentraces/card/card.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/flow/assess.hpp"
#include "push_changes.hpp"
#include "shard_download.hpp"
#include "shard_scores.hpp"

namespace opentraces::flow {
namespace {

constexpr int k_attempts = 5;
constexpr std::string_view k_summary = "Update quality scores";

void add_change(hub::CommitRequest& request, std::string path, std::string content) {
    hub::FileChange change;
    change.path = std::move(path);
    change.content = std::move(content);
    request.changes.push_back(std::move(change));
}

hub::CommitRequest scores_commit(DatasetReader& reader, const DatasetState& state, const shard::Index& index,
                                 const DatasetScores& scores, const card::CardSettings& settings) {
    hub::CommitRequest request;
    request.parent = state.head;
    request.summary = k_summary;
    card::CardInput input;
    input.repo = name_in_card(scores.remote);
    input.stats = index.totals();
    input.shards = scores.shards;
    input.quality = scores.summary;
    input.settings = settings;
    const auto before = reader.root_file(state, card::k_card_path);
    std::string after = card::render(before, input);
    if (before != after) add_change(request, std::string(card::k_card_path), std::move(after));
    add_change(request, std::string(quality::k_quality_path), quality::to_json(scores.summary));
    for (shard::IndexFile& file : index.changed_files())
        add_change(request, file.path, std::move(file.content));
    return request;
}

}  // namespace

DatasetScores assess_dataset(hub::Remote& remote, Ports& ports, store::Store& store,
                             const std::string& download_folder, const DatasetOptions& options,
                             Progress& progress) {
    const card::CardSettings settings = LeavingTexts(options.scan, progress).scrub(options.card);
    for (int attempt = 1; attempt <= k_attempts; ++attempt) {
        hub::DatasetInfo info;
        DatasetReader reader(remote, store, ports.disk, download_folder);
        DatasetState state;
        read_while_moving(remote, ports, [&] {
            info = existing_dataset(remote);
            state = reader.read(info.head);
        });
        shard::Index index = state.index;
        const auto open = [&](const std::string& path) {
            return download_shard(remote, state.head, state.shard_file(path), ports.disk, download_folder);
        };
        IndexScores scored = complete_scores(index, open, ports, store);
        DatasetScores scores;
        scores.remote = info.name;
        scores.batch = std::move(scored.batch);
        scores.shards = static_cast<std::int64_t>(index.entries().size());
        scores.shards_read = scored.shards_read;
        scores.summary = quality::summarise(scores.batch, options.thresholds, ports.clock.now());
        if (options.dry_run) return scores;
        const hub::CommitOutcome outcome = remote.commit(
            scores_commit(reader, state, index, scores, settings),
            [&](const hub::UploadProgress& done) { progress.upload(done.path, done.sent, done.total); });
        if (outcome.status == hub::CommitStatus::Done) {
            scores.commit = outcome.receipt.oid;
            scores.commit_url = outcome.receipt.url;
            return scores;
        }
        progress.note("somebody else has pushed meanwhile; reading the dataset again");
    }
    throw Error(ErrorCode::CommitConflict, remote.name() + " kept changing");
}

DatasetScores score_dataset(hub::Remote& remote, Ports& ports, store::Store& store,
                            const std::string& download_folder, Scorer& scorer) {
    const DatasetLines read = visit_dataset(scorer, remote, ports, store, download_folder);
    DatasetScores scores;
    scores.remote = read.remote;
    scores.shards = read.shards;
    scores.shards_read = read.shards_read;
    scores.batch = scorer.batch();
    return scores;
}

std::optional<quality::QualitySummary> published_scores(hub::Remote& remote) {
    const hub::DatasetInfo info = existing_dataset(remote);
    const auto files = remote.find(info.head, {std::string(quality::k_quality_path)});
    if (files.empty()) return std::nullopt;
    return quality::quality_from_json(remote.read_small(info.head, files.front()));
}

}  // namespace opentraces::flow
