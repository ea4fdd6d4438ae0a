#include <utility>

#include "card_changes.hpp"
#include "dataset_rewrite.hpp"
#include "dataset_state.hpp"
#include "leaving_text.hpp"
#include "opentraces/card/card.hpp"
#include "opentraces/flow/assess.hpp"
#include "shard_download.hpp"
#include "shard_scores.hpp"

namespace opentraces::flow {
namespace {

constexpr std::string_view k_summary = "Update quality scores";

// What the shards say, and the index with the scores that it lacked.
struct Scored {
    DatasetState state;
    shard::Index index;
    DatasetScores scores;
};

Scored score_shards(DatasetReader& reader, hub::Remote& remote, Ports& ports, store::Store& store,
                    const hub::DatasetInfo& info, const std::string& download_folder,
                    const quality::Thresholds& thresholds) {
    Scored scored;
    scored.state = reader.read(info.head);
    scored.index = scored.state.index;
    const auto open = [&](const std::string& path) {
        return download_shard(remote, scored.state.head, scored.state.shard_file(path), ports.disk,
                              download_folder);
    };
    IndexScores sums = complete_scores(scored.index, open, ports, store);
    scored.scores.remote = info.name;
    scored.scores.batch = std::move(sums.batch);
    scored.scores.shards = static_cast<std::int64_t>(scored.index.entries().size());
    scored.scores.shards_read = sums.shards_read;
    scored.scores.summary = quality::summarise(scored.scores.batch, thresholds, ports.clock.now());
    return scored;
}

}  // namespace

DatasetScores assess_dataset(hub::Remote& remote, Ports& ports, store::Store& store,
                             const std::string& download_folder, const DatasetOptions& options,
                             Progress& progress) {
    const card::CardSettings settings = LeavingTexts(options.scan, progress).scrub(options.card);
    DatasetReader reader(remote, store, ports.disk, download_folder);
    Scored scored;
    const auto score = [&](const hub::DatasetInfo& info) {
        scored = score_shards(reader, remote, ports, store, info, download_folder, options.thresholds);
    };
    if (options.dry_run) {
        read_while_moving(remote, ports, [&] { score(existing_dataset(remote)); });
        return std::move(scored.scores);
    }
    const auto prepare = [&](const hub::DatasetInfo& info) {
        score(info);
        std::vector<hub::FileChange> changes{
            small_change(quality::k_quality_path, quality::to_json(scored.scores.summary))};
        for (shard::IndexFile& file : scored.index.changed_files())
            changes.push_back(small_change(file.path, std::move(file.content)));
        card::CardInput input = card_input(reader, scored.state, scored.index, info, settings);
        input.quality = scored.scores.summary;
        CardChanges card = card_changes(reader, scored.state, input, false);
        if (!card.changes.empty()) check_accepted(remote, card.after);
        changes.insert(changes.end(), card.changes.begin(), card.changes.end());
        return changes;
    };
    hub::Receipt receipt = rewrite_dataset(remote, ports, progress, std::string(k_summary), prepare);
    scored.scores.commit = std::move(receipt.oid);
    scored.scores.commit_url = std::move(receipt.url);
    return std::move(scored.scores);
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
