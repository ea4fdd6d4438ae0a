#include "dataset_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "listing_text.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/hub/git_tree.hpp"
#include "opentraces/shard/index.hpp"

namespace opentraces::flow {
namespace {

constexpr std::string_view k_data = "data";
constexpr std::string_view k_file_kind = "file";
constexpr std::string_view k_listing_kind = "listing";
constexpr std::string_view k_shard_kind = "shard";
constexpr std::size_t k_max_remembered_file = std::size_t{8} << 20;

const hub::RemoteFile* find_entry(const std::vector<hub::RemoteFile>& entries, std::string_view path) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const hub::RemoteFile& entry) { return entry.path == path; });
    return found == entries.end() ? nullptr : &*found;
}

}  // namespace

DatasetReader::DatasetReader(hub::Remote& remote, store::Store& store, Progress& progress)
    : m_remote(remote), m_store(store), m_progress(progress) {}

DatasetState DatasetReader::read(const std::string& head) {
    DatasetState state;
    state.head = head;
    state.root = m_remote.list(head, "");
    state.data = list_data(state);
    learn_shards(state);
    for (const shard::ShardSummary& shard : state.shards)
        state.hashes.insert(shard.hashes.begin(), shard.hashes.end());
    return state;
}

std::vector<hub::RemoteFile> DatasetReader::list_data(const DatasetState& state) {
    const hub::RemoteFile* folder = find_entry(state.root, k_data);
    if (folder == nullptr || !folder->folder) return {};
    if (!folder->digest.empty()) {
        if (const auto text = m_store.cached(std::string(k_listing_kind), folder->digest)) {
            if (auto listing = listing_from_text(*text)) return std::move(*listing);
        }
    }
    std::vector<hub::RemoteFile> listing = m_remote.list(state.head, std::string(k_data));
    if (!folder->digest.empty())
        m_store.cache(std::string(k_listing_kind), folder->digest, listing_to_text(listing));
    return listing;
}

std::optional<std::string> DatasetReader::root_file(const DatasetState& state, std::string_view path) {
    const hub::RemoteFile* file = find_entry(state.root, path);
    if (file == nullptr || file->folder) return std::nullopt;
    if (auto text = m_store.cached(std::string(k_file_kind), file->digest)) return text;
    std::string text = m_remote.read_small(state.head, *file);
    if (text.size() <= k_max_remembered_file) m_store.cache(std::string(k_file_kind), file->digest, text);
    return text;
}

void DatasetReader::learn_shards(DatasetState& state) {
    std::unordered_map<std::string, shard::IndexEntry> indexed;
    if (const auto text = root_file(state, shard::k_index_path))
        for (shard::IndexEntry& entry : shard::parse_index(*text))
            indexed.emplace(entry.summary.path, std::move(entry));
    for (const hub::RemoteFile& file : state.data) {
        if (file.folder || !shard::is_shard_path(file.path)) continue;
        const auto entry = indexed.find(file.path);
        if (entry != indexed.end() && describes(entry->second, file))
            state.shards.push_back(std::move(entry->second));
        else
            state.shards.push_back(read_shard(state.head, file));
    }
    std::sort(state.shards.begin(), state.shards.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
}

}  // namespace opentraces::flow
