#include "opentraces/flow/index_rebuild.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "card_changes.hpp"
#include "dataset_rewrite.hpp"
#include "dataset_state.hpp"
#include "leaving_text.hpp"
#include "opentraces/core/error.hpp"
#include "shard_copy.hpp"

namespace opentraces::flow {
namespace {

using Entries = std::map<std::string, shard::IndexEntry>;

std::vector<std::string> damage_of(const std::vector<shard::IndexFile>& texts, const DatasetState& state) {
    shard::Index index;
    try {
        for (const shard::IndexFile& file : texts)
            index.read(file.path, file.content);
    } catch (const Error& error) {
        return {error.message()};
    }
    std::vector<std::string> damage;
    const shard::IndexCheck check = index.reconcile(listed_shards(state));
    for (const shard::ListedFile& file : check.unknown)
        damage.push_back(file.path + " is not in the index");
    for (const shard::ListedFile& file : check.contradicted)
        damage.push_back(file.path + " is not the file that the index knows");
    for (const std::string& path : check.gone)
        damage.push_back(path + " is in the index, but no longer in the dataset");
    for (const shard::IndexEntry* entry : index.entries())
        if (!entry->summary.has_ids())
            damage.push_back(entry->summary.path + " has no trace ids in the index");
    return damage;
}

Entries salvaged(const std::vector<shard::IndexFile>& texts) {
    Entries entries;
    for (const shard::IndexFile& file : texts)
        for (shard::IndexEntry& entry : shard::salvage_entries(file.content)) {
            std::string path = entry.summary.path;
            entries.insert_or_assign(std::move(path), std::move(entry));
        }
    return entries;
}

class Rebuild {
public:
    Rebuild(hub::Remote& remote, Ports& ports, store::Store& store, const std::string& project,
            const IndexRebuildOptions& options, Progress& progress)
        : m_remote(remote),
          m_ports(ports),
          m_folder(download_folder(project)),
          m_reader(remote, store, ports.disk, m_folder),
          m_settings(LeavingTexts(options.scan, progress).scrub(options.settings)),
          m_progress(progress) {}

    std::vector<hub::FileChange> prepare(const hub::DatasetInfo& info) {
        const DatasetState state = m_reader.list(info.head);
        const std::vector<shard::IndexFile> texts = m_reader.index_texts(state);
        report = IndexRebuildReport{};
        report.remote = info.name;
        report.url = info.url;
        report.damage = damage_of(texts, state);
        const shard::Index index = read_shards(state, salvaged(texts));
        std::vector<hub::FileChange> changes = index_changes(index, texts);
        const card::CardInput input = card_input(m_reader, state, index, info, m_settings);
        CardChanges card = card_changes(m_reader, state, input, false);
        if (!card.changes.empty()) check_accepted(m_remote, card.after);
        changes.insert(changes.end(), card.changes.begin(), card.changes.end());
        return changes;
    }

    IndexRebuildReport report;

private:
    shard::Index read_shards(const DatasetState& state, const Entries& known) {
        shard::Index index;
        for (const hub::RemoteFile& file : state.data) {
            if (file.folder || !shard::is_shard_path(file.path)) continue;
            shard::IndexEntry entry = read_shard(state.head, file);
            const auto old = known.find(file.path);
            if (old != known.end() && old->second.summary.sha256 == entry.summary.sha256) {
                entry.scan = old->second.scan;
                entry.scores = old->second.scores;
            }
            ++report.shards;
            report.traces += entry.summary.stats.traces;
            report.receipts += entry.scan ? 1 : 0;
            index.append(std::move(entry));
        }
        return index;
    }

    // A shard of these bytes is read once, however often the commit is tried.
    shard::IndexEntry read_shard(const std::string& head, const hub::RemoteFile& file) {
        const auto read = m_read.find(file.path);
        if (read != m_read.end() && shard::is_content_of(read->second.summary, file.size, file.digest))
            return read->second;
        m_progress.note("reading " + file.path);
        const ShardCopy copy(m_remote, head, file, m_ports.disk, m_folder);
        shard::IndexEntry entry;
        entry.summary = shard::summarise(copy.open(), file.path);
        m_read.insert_or_assign(file.path, entry);
        return entry;
    }

    static std::vector<hub::FileChange> index_changes(const shard::Index& index,
                                                      const std::vector<shard::IndexFile>& old_files) {
        std::map<std::string, std::string> old_texts;
        for (const shard::IndexFile& file : old_files)
            old_texts.emplace(file.path, file.content);
        std::vector<hub::FileChange> changes;
        for (shard::IndexFile& file : index.changed_files()) {
            const auto old = old_texts.find(file.path);
            const bool same = old != old_texts.end() && old->second == file.content;
            if (old != old_texts.end()) old_texts.erase(old);
            if (!same) changes.push_back(small_change(file.path, std::move(file.content)));
        }
        for (const auto& [path, text] : old_texts) {
            hub::FileChange change = small_change(path, {});
            change.remove = true;
            changes.push_back(std::move(change));
        }
        return changes;
    }

    hub::Remote& m_remote;
    Ports& m_ports;
    std::string m_folder;
    DatasetReader m_reader;
    card::CardSettings m_settings;
    Progress& m_progress;
    Entries m_read;
};

}  // namespace

IndexRebuildReport rebuild_index(Ports& ports, store::Store& store, const std::string& project,
                                 const IndexRebuildOptions& options, Progress& progress) {
    const auto remote = open_dataset(ports, options.remote, progress);
    Rebuild rebuild(*remote, ports, store, project, options, progress);
    hub::Receipt receipt =
        rewrite_dataset(*remote, ports, progress, "Rebuild the index",
                        [&](const hub::DatasetInfo& info) { return rebuild.prepare(info); });
    rebuild.report.commit = std::move(receipt.oid);
    rebuild.report.commit_url = std::move(receipt.url);
    return std::move(rebuild.report);
}

}  // namespace opentraces::flow
