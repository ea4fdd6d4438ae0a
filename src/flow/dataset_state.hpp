// A dataset at one head: its files, and what is known of every shard.
#pragma once

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "opentraces/flow/progress.hpp"
#include "opentraces/hub/remote.hpp"
#include "opentraces/shard/shard.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::flow {

struct DatasetState {
    std::string head;
    std::vector<hub::RemoteFile> root;        // what is directly in the root
    std::vector<hub::RemoteFile> data;        // what is directly in data/
    std::vector<shard::ShardSummary> shards;  // one for every shard, by path
    std::unordered_set<ContentHash> hashes;   // of every trace
};

// Reads datasets, and remembers in the store what can never change: file contents and folder listings by
// their git ids, shard summaries by the shard's digest.
class DatasetReader {
public:
    DatasetReader(hub::Remote& remote, store::Store& store, Progress& progress);

    // Everything a push must know. Errors of the remote; CorruptDataset and NewerSchema when a shard or the
    // index cannot be trusted. Nothing is ever taken as empty because it could not be read.
    DatasetState read(const std::string& head);
    // A small file of the root; nullopt if it does not exist.
    std::optional<std::string> root_file(const DatasetState& state, std::string_view path);
    // Remembers what this commit has made of the dataset: `files` are the changed files as the remote has
    // them, `contents` the texts of the small ones by path.
    void remember(const DatasetState& before, const std::vector<hub::RemoteFile>& files,
                  const std::vector<hub::FileChange>& changes);

private:
    std::vector<hub::RemoteFile> list_data(const DatasetState& state);
    void learn_shards(DatasetState& state);
    shard::ShardSummary read_shard(const std::string& head, const hub::RemoteFile& file);

    hub::Remote& m_remote;
    store::Store& m_store;
    Progress& m_progress;
};

}  // namespace opentraces::flow
