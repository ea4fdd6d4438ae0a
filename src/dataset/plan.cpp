#include "opentraces/dataset/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::dataset {
namespace {

constexpr std::string_view k_old_card = "README.before-reset.md";
constexpr std::string_view k_infos = "dataset_infos.json";

using FileChanges = std::vector<hub::FileChange>;

hub::FileChange small_change(std::string_view path, std::string content) {
    hub::FileChange change;
    change.path = path;
    change.content = std::move(content);
    return change;
}

hub::FileChange removal(std::string_view path) {
    hub::FileChange change;
    change.path = path;
    change.remove = true;
    return change;
}

hub::FileChange shard_change(const NewShard& shard) {
    hub::FileChange change;
    change.path = shard.summary.path;
    change.local_path = shard.local_path;
    change.sha256 = shard.summary.sha256;
    change.git_blob = shard.summary.git_blob;
    change.size = shard.summary.size;
    return change;
}

shard::IndexEntry entry_of(const NewShard& shard) {
    shard::IndexEntry entry;
    entry.summary = shard.summary;
    entry.scan = shard.scan;
    return entry;
}

// A folder's place on this machine is nobody else's business: the card knows its name only.
std::string name_in_card(const std::string& name) {
    return name.starts_with('/') ? "./" + fs::file_name(name) : name;
}

// What is read of a later schema is not all of it, and its program may expect more of a dataset.
void refuse_newer_schema(const State& state) {
    for (const shard::IndexEntry* entry : state.index.entries()) {
        const std::string* const version = shard::later_schema(entry->summary.stats);
        if (version == nullptr) continue;
        throw Error(ErrorCode::NewerSchema,
                    fmt::format("{} has traces of schema {}; this program does not change such a dataset",
                                entry->summary.path, printable_line(*version)),
                    "Push to another dataset, or use the program that wrote this one.");
    }
}

void add_index(const Plan& plan, const State& state, fs::Disk& disk, FileChanges& changes) {
    std::set<std::string> written;
    for (shard::IndexFile& file : plan.index.changed_files()) {
        written.insert(file.path);
        hub::FileChange change = small_change(file.path, std::move(file.content));
        if (!plan.whole_index || !is_there(change, state.index_files, disk))
            changes.push_back(std::move(change));
    }
    if (!plan.whole_index) return;
    for (const hub::RemoteFile& file : state.index_files)
        if (shard::is_index_path(file.path) && !written.contains(file.path))
            changes.push_back(removal(file.path));
}

void add_withdrawn(const Plan& plan, shard::Withdrawals& withdrawn, FileChanges& changes) {
    const std::string before = withdrawn.text();
    for (const shard::Withdrawal& withdrawal : plan.withdrawn)
        withdrawn.add(withdrawal);
    if (withdrawn.text() != before)
        changes.push_back(small_change(shard::k_withdrawn_path, withdrawn.text()));
}

// Older tools declare the features in a file of their own, which must not contradict the card.
void add_dataset_infos(Reader& reader, const State& state, FileChanges& changes) {
    const auto before = reader.root_file(state, k_infos);
    if (!before) return;
    card::DatasetInfosUpdate update = card::dataset_infos_update(before);
    if (update.action == card::DatasetInfosUpdate::Action::Keep) return;
    hub::FileChange change = small_change(k_infos, std::move(update.content));
    change.remove = update.action == card::DatasetInfosUpdate::Action::Remove;
    changes.push_back(std::move(change));
}

CardTexts card_texts(const Plan& plan, Reader& reader, const State& state, const hub::DatasetInfo& info,
                     const shard::Withdrawals& withdrawn) {
    CardTexts card;
    card.input = card_input(reader, state, plan.index, info, plan.card, plan.scores);
    card.input.withdrawn = static_cast<std::int64_t>(withdrawn.all().size());
    card.input.apply_settings = plan.card_settings_win;
    card.before = reader.root_file(state, card::k_card_path);
    card.after = card::render(plan.card_reset ? std::nullopt : card.before, card.input);
    return card;
}

void add_card(const Plan& plan, const CardTexts& card, FileChanges& changes) {
    if (plan.card_reset && card.before) changes.push_back(small_change(k_old_card, *card.before));
    if (card.after != card.before) changes.push_back(small_change(card::k_card_path, card.after));
}

}  // namespace

void Plan::add(NewShard shard) {
    index.append(entry_of(shard));
    shards.push_back(std::move(shard));
}

void Plan::replace(const std::string& gone, NewShard shard) {
    index.replace(gone, entry_of(shard));
    removals.push_back(gone);
    shards.push_back(std::move(shard));
}

void Plan::remove(const std::string& gone) {
    index.remove(gone);
    removals.push_back(gone);
    whole_index = whole_index || index.empty();
}

bool is_there(const hub::FileChange& change, const std::vector<hub::RemoteFile>& files, fs::Disk& disk) {
    const auto file = std::find_if(files.begin(), files.end(),
                                   [&](const hub::RemoteFile& entry) { return entry.path == change.path; });
    if (change.remove) return file == files.end();
    return file != files.end() && hub::is_result_of(change, *file, disk);
}

Changes changes_of(const Plan& plan, Dataset& dataset, const State& state, const hub::DatasetInfo& info) {
    refuse_newer_schema(state);
    Reader& reader = dataset.reader();
    Changes all;
    all.request.parent = state.head;
    all.request.summary = plan.summary;
    all.request.description = plan.description;
    all.request.attributes = [&reader, &state] {
        return reader.root_file(state, ".gitattributes").value_or("");
    };
    FileChanges& changes = all.request.changes;
    for (const NewShard& shard : plan.shards)
        changes.push_back(shard_change(shard));
    for (const std::string& path : plan.removals)
        changes.push_back(removal(path));
    if (plan.scores) changes.push_back(small_change(quality::k_quality_path, quality::to_json(*plan.scores)));
    add_index(plan, state, dataset.ports().disk, changes);
    shard::Withdrawals withdrawn = reader.withdrawn(state);
    add_withdrawn(plan, withdrawn, changes);
    all.card = card_texts(plan, reader, state, info, withdrawn);
    add_card(plan, all.card, changes);
    add_dataset_infos(reader, state, changes);
    return all;
}

card::CardInput card_input(Reader& reader, const State& state, const shard::Index& index,
                           const hub::DatasetInfo& info, const card::CardSettings& settings,
                           const std::optional<quality::QualitySummary>& scores) {
    card::CardInput input;
    input.repo = name_in_card(info.name);
    input.stats = index.totals();
    input.shards = static_cast<std::int64_t>(index.entries().size());
    input.settings = settings;
    input.gated = info.gating.value_or(hub::Gating::Off) != hub::Gating::Off;
    input.withdrawn = static_cast<std::int64_t>(reader.withdrawn(state).all().size());
    input.quality = scores;
    if (!input.quality) {
        if (const auto published = reader.root_file(state, quality::k_quality_path))
            input.quality = quality::quality_from_json(*published);
    }
    return input;
}

}  // namespace opentraces::dataset
