#include "opentraces/flow/index_rebuild.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "flow/leaving_text.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/dataset/commit.hpp"

namespace opentraces::flow {
namespace {

using Entries = std::map<std::string, shard::IndexEntry>;

std::vector<std::string> damage_of(const std::vector<shard::IndexFile>& texts, const dataset::State& state) {
    shard::Index index;
    try {
        for (const shard::IndexFile& file : texts)
            index.read(file.path, file.content);
    } catch (const Error& error) {
        return {error.message()};
    }
    std::vector<std::string> damage;
    const shard::IndexCheck check = index.reconcile(dataset::listed_shards(state));
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
    Rebuild(dataset::Dataset& dataset, card::CardSettings settings) : m_dataset(dataset) {
        m_plan.summary = "Rebuild the index";
        m_plan.card = std::move(settings);
        m_plan.whole_index = true;
    }

    dataset::Proposal propose(const hub::DatasetInfo& info) {
        dataset::State state = m_dataset.reader().list(info.head);
        const std::vector<shard::IndexFile> texts = m_dataset.reader().index_texts(state);
        report = IndexRebuildReport{};
        report.remote = info.name;
        report.url = info.url;
        report.damage = damage_of(texts, state);
        m_plan.index = read_shards(state, salvaged(texts));
        return {std::move(state), m_plan};
    }

    IndexRebuildReport report;

private:
    shard::Index read_shards(const dataset::State& state, const Entries& known) {
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
        shard::IndexEntry entry;
        entry.summary = shard::summarise(
            m_dataset
                .copy(head, file,
                      [this] { m_dataset.progress().working("reading shards", m_read.size(), 0); })
                .open(),
            file.path);
        m_read.insert_or_assign(file.path, entry);
        return entry;
    }

    dataset::Dataset& m_dataset;
    dataset::Plan m_plan;
    Entries m_read;
};

}  // namespace

IndexRebuildReport rebuild_index(Ports& ports, store::Store& store, const std::string& project,
                                 const IndexRebuildOptions& options, Progress& progress) {
    dataset::Dataset dataset(dataset::in_project(ports, store, project), options.remote,
                             dataset::Access::Write, progress);
    Rebuild rebuild(dataset, LeavingTexts(options.scan, progress).scrub(options.settings));
    hub::Receipt receipt =
        rewrite(dataset, [&](const hub::DatasetInfo& info) { return rebuild.propose(info); }).receipt;
    rebuild.report.commit = std::move(receipt.oid);
    rebuild.report.commit_url = std::move(receipt.url);
    return std::move(rebuild.report);
}

}  // namespace opentraces::flow
