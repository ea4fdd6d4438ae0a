#include "push_changes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "card_changes.hpp"
#include "opentraces/security/scrub.hpp"

namespace opentraces::flow {
namespace {

hub::FileChange shard_change(const SpooledShard& shard) {
    hub::FileChange change;
    change.path = shard.summary.path;
    change.local_path = shard.spool_path;
    change.sha256 = shard.summary.sha256;
    change.size = shard.summary.size;
    return change;
}

std::string summary_line(const std::vector<SpooledShard>& shards, const PushOptions& options) {
    if (!options.message.empty()) return options.message;
    std::size_t traces = 0;
    for (const SpooledShard& shard : shards)
        traces += shard.summary.hashes.size();
    return fmt::format("Add {} {}", traces, traces == 1 ? "trace" : "traces");
}

shard::Index extended_index(const DatasetState& state, const std::vector<SpooledShard>& shards) {
    shard::Index index = state.index;
    for (const SpooledShard& shard : shards) {
        shard::IndexEntry entry;
        entry.summary = shard.summary;
        entry.scan =
            shard::ScanReceipt{std::string(security::k_scanner_version), security::rule_set_digest(), {}};
        index.append(std::move(entry));
    }
    return index;
}

std::string_view front_matter(std::string_view text) {
    if (!text.starts_with("---\n")) return {};
    const std::size_t end = text.find("\n---", 3);
    return text.substr(0, end);
}

}  // namespace

bool front_matter_differs(const std::optional<std::string>& before, const std::string& after) {
    return !before || front_matter(*before) != front_matter(after);
}

PreparedCommit prepare_commit(DatasetReader& reader, const DatasetState& state,
                              const std::vector<SpooledShard>& shards, const hub::DatasetInfo& info,
                              const PushOptions& options, const ScoreShards& score) {
    PreparedCommit prepared;
    prepared.request.parent = state.head;
    prepared.request.summary = summary_line(shards, options);
    std::vector<hub::FileChange>& changes = prepared.request.changes;
    for (const SpooledShard& shard : shards)
        changes.push_back(shard_change(shard));

    shard::Index index = extended_index(state, shards);
    if (score) {
        prepared.scores = score(index);
        changes.push_back(small_change(quality::k_quality_path, quality::to_json(*prepared.scores)));
    }
    for (shard::IndexFile& file : index.changed_files())
        changes.push_back(small_change(file.path, std::move(file.content)));

    card::CardInput input = card_input(reader, state, index, info, options.card);
    if (prepared.scores) input.quality = prepared.scores;
    CardChanges card = card_changes(reader, state, input, options.card_reset);
    prepared.card_before = std::move(card.before);
    prepared.card_after = std::move(card.after);
    std::move(card.changes.begin(), card.changes.end(), std::back_inserter(changes));
    prepared.request.git_attributes = reader.root_file(state, ".gitattributes").value_or("");
    return prepared;
}

}  // namespace opentraces::flow
