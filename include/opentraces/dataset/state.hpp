// A dataset at one head: its files, and what is known of every shard.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/core/progress.hpp"
#include "opentraces/hub/remote.hpp"
#include "opentraces/shard/index.hpp"
#include "opentraces/shard/withdrawn.hpp"
#include "opentraces/store/store.hpp"

namespace opentraces::dataset {

struct State {
    std::string head;
    std::vector<hub::RemoteFile> root;         // what is directly in the root
    std::vector<hub::RemoteFile> data;         // what is directly in data/
    std::vector<hub::RemoteFile> index_files;  // what is directly in the index's folder
    shard::Index index;                        // one entry for every shard
    std::vector<std::string> contradicted;     // shards of which the index told something else: read instead

    // CorruptDataset when data/ does not have it.
    const hub::RemoteFile& shard_file(const std::string& path) const;
};

// The files in data/ in the form that the index compares with.
std::vector<shard::ListedFile> listed_shards(const State& state);

// Files directly in data/ that are no shards, hidden ones aside: conflicted copies of sync clients, backups.
std::vector<std::string> stray_files(const State& state);
// Names the first of them. False: there are none.
bool warn_of_strays(const State& state, Progress& progress);

// Reads datasets. Remembers in the store, by the ids that git gives them, the folder listings and small files
// of each dataset as they were last seen, and what was learned from shards by their digests.
class Reader {
public:
    Reader(hub::Remote& remote, store::Store& store, fs::Disk& disk, std::string download_folder);

    // Everything that is told of the dataset. Errors of the remote; CorruptDataset, NewerSchema and
    // ShardUnavailable when a shard or the index cannot be read or trusted: nothing is taken as empty because
    // it could not be read.
    State read(const std::string& head);
    // Reads the shards whose index lines lack trace ids, as older versions have written them, and gives the
    // index whole lines of them.
    void complete(State& state, Progress& progress);
    // Holds the index's line of a shard against the shard, which is read once and remembered. False: the line
    // told something else; the index has a new one, and the path is among the contradicted.
    bool confirm(State& state, const std::string& path);
    // Only what is where: no index.
    State list(const std::string& head);
    // The files of the index, in order, unread.
    std::vector<shard::IndexFile> index_texts(const State& state);
    // What was taken back from it. CorruptDataset when the list cannot be read.
    shard::Withdrawals withdrawn(const State& state);
    // A small file of the root; nullopt if it does not exist.
    std::optional<std::string> root_file(const State& state, std::string_view path);
    // Remembers what a commit has made of the dataset: the changed files as the remote shows them.
    void remember(const State& before, const std::vector<hub::RemoteFile>& changed,
                  const std::vector<hub::FileChange>& changes);
    // The same of small files only, as far as the remote has exactly what was sent.
    void remember_texts(const std::vector<hub::RemoteFile>& changed,
                        const std::vector<hub::FileChange>& changes);
    // Shards that had to be read because no index and no memory knew them.
    std::size_t shards_read() const { return m_shards_read; }

private:
    struct Slot {
        std::string digest;
        std::string text;
    };

    std::vector<hub::RemoteFile> list_folder(const State& state, std::string_view folder);
    std::string small_file(const std::string& head, const hub::RemoteFile& file);
    std::optional<std::string> extended(const std::string& head, const hub::RemoteFile& file,
                                        const std::string& known);
    void learn_unknown(State& state);
    shard::IndexEntry learn_shard(const std::string& head, const hub::RemoteFile& file);
    void remember_folder(const std::vector<hub::RemoteFile>& before, std::string_view folder,
                         const std::vector<hub::RemoteFile>& changed,
                         const std::vector<hub::FileChange>& changes);

    std::optional<Slot> recall(std::string_view kind, std::string_view path);
    void keep(std::string_view kind, std::string_view path, const std::string& digest,
              const std::string& text);

    hub::Remote& m_remote;
    store::Store& m_store;
    fs::Disk& m_disk;
    std::string m_download_folder;
    std::size_t m_shards_read = 0;
};

}  // namespace opentraces::dataset
