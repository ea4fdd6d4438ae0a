#include "card_changes.hpp"

#include <utility>

namespace opentraces::flow {
namespace {

constexpr std::string_view k_old_card = "README.before-reset.md";
constexpr std::string_view k_infos = "dataset_infos.json";

// Older tools declare the features in a file of their own, which must not contradict the card.
void add_dataset_infos(DatasetReader& reader, const DatasetState& state,
                       std::vector<hub::FileChange>& changes) {
    const auto before = reader.root_file(state, k_infos);
    if (!before) return;
    card::DatasetInfosUpdate update = card::dataset_infos_update(before);
    if (update.action == card::DatasetInfosUpdate::Action::Keep) return;
    hub::FileChange change = small_change(k_infos, std::move(update.content));
    change.remove = update.action == card::DatasetInfosUpdate::Action::Remove;
    changes.push_back(std::move(change));
}

}  // namespace

std::string name_in_card(const std::string& name) {
    return name.starts_with('/') ? "./" + fs::file_name(name) : name;
}

hub::FileChange small_change(std::string_view path, std::string content) {
    hub::FileChange change;
    change.path = path;
    change.content = std::move(content);
    return change;
}

card::CardInput card_input(DatasetReader& reader, const DatasetState& state, const shard::Index& index,
                           const hub::DatasetInfo& info, const card::CardSettings& settings) {
    card::CardInput input;
    input.repo = name_in_card(info.name);
    input.stats = index.totals();
    input.shards = static_cast<std::int64_t>(index.entries().size());
    input.settings = settings;
    input.gated = info.gating.value_or(hub::Gating::Off) != hub::Gating::Off;
    if (const auto quality = reader.root_file(state, card::k_quality_path))
        input.quality = card::quality_from_json(*quality);
    return input;
}

CardChanges card_changes(DatasetReader& reader, const DatasetState& state, const card::CardInput& input,
                         bool reset) {
    CardChanges card;
    card.before = reader.root_file(state, card::k_card_path);
    const bool has_old = reset && card.before;
    card.after = card::render(has_old ? std::nullopt : card.before, input);
    if (has_old) card.changes.push_back(small_change(k_old_card, *card.before));
    if (card.after != card.before) card.changes.push_back(small_change(card::k_card_path, card.after));
    add_dataset_infos(reader, state, card.changes);
    return card;
}

}  // namespace opentraces::flow
