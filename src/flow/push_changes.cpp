#include "push_changes.hpp"

#include <fmt/format.h>

#include "opentraces/security/scrub.hpp"

namespace opentraces::flow {
namespace {

constexpr std::string_view k_card = "README.md";
constexpr std::string_view k_attributes = ".gitattributes";
constexpr std::string_view k_old_card = "README.before-reset.md";

hub::FileChange small_change(std::string_view path, std::string content) {
    hub::FileChange change;
    change.path = path;
    change.content = std::move(content);
    return change;
}

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

// A folder's place on this machine is nobody else's business: the card knows its name only.
std::string name_in_card(const std::string& name) {
    return name.starts_with('/') ? "./" + fs::file_name(name) : name;
}

card::CardInput card_input(DatasetReader& reader, const DatasetState& state, const shard::Index& index,
                           const std::string& name, const PushOptions& options) {
    card::CardInput input;
    input.repo = name_in_card(name);
    input.stats = index.totals();
    input.shards = static_cast<std::int64_t>(index.entries().size());
    input.settings = options.card;
    if (const auto quality = reader.root_file(state, card::k_quality_path)) {
        input.quality = card::quality_from_json(*quality);
    }
    return input;
}

// Older tools declare the features in a file of their own, which must not contradict the card.
void add_dataset_infos(DatasetReader& reader, const DatasetState& state,
                       std::vector<hub::FileChange>& changes) {
    constexpr std::string_view k_infos = "dataset_infos.json";
    const auto before = reader.root_file(state, k_infos);
    if (!before) return;
    card::DatasetInfosUpdate update = card::dataset_infos_update(before);
    if (update.action == card::DatasetInfosUpdate::Action::Keep) return;
    hub::FileChange change = small_change(k_infos, std::move(update.content));
    change.remove = update.action == card::DatasetInfosUpdate::Action::Remove;
    changes.push_back(std::move(change));
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
                              const std::vector<SpooledShard>& shards, const std::string& name,
                              const PushOptions& options) {
    PreparedCommit prepared;
    prepared.request.parent = state.head;
    prepared.request.summary = summary_line(shards, options);
    prepared.request.attributes = [&] { return reader.root_file(state, k_attributes).value_or(""); };
    std::vector<hub::FileChange>& changes = prepared.request.changes;
    for (const SpooledShard& shard : shards)
        changes.push_back(shard_change(shard));

    const shard::Index index = extended_index(state, shards);
    for (shard::IndexFile& file : index.changed_files())
        changes.push_back(small_change(file.path, std::move(file.content)));

    prepared.card_before = reader.root_file(state, k_card);
    const card::CardInput input = card_input(reader, state, index, name, options);
    const bool reset = options.card_reset && prepared.card_before;
    prepared.card_after = card::render(reset ? std::nullopt : prepared.card_before, input);
    if (reset) changes.push_back(small_change(k_old_card, *prepared.card_before));
    if (prepared.card_after != prepared.card_before)
        changes.push_back(small_change(k_card, prepared.card_after));
    add_dataset_infos(reader, state, changes);
    return prepared;
}

}  // namespace opentraces::flow
