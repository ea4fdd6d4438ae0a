#include "opentraces/dataset/state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "dataset/listing_text.hpp"
#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/dataset/shard_copy.hpp"
#include "opentraces/hub/git_tree.hpp"

namespace opentraces::dataset {
namespace {

// More is read as a whole, within the remote's limits.
constexpr std::uint64_t k_longest_growth = std::uint64_t{16} << 20;
constexpr std::string_view k_data = "data";
constexpr std::string_view k_file_kind = "remote-file";
constexpr std::string_view k_folder_kind = "remote-folder";
constexpr std::string_view k_shard_kind = "shard";

const hub::RemoteFile* find_entry(const std::vector<hub::RemoteFile>& entries, std::string_view path) {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const hub::RemoteFile& entry) { return entry.path == path; });
    return found == entries.end() ? nullptr : &*found;
}

std::string digest_of(const hub::RemoteFile& file, const std::string& text) {
    return file.large ? sha256_hex(text) : git_blob_id(text);
}

}  // namespace

const hub::RemoteFile& State::shard_file(const std::string& path) const {
    const hub::RemoteFile* file = find_entry(data, path);
    if (file == nullptr) throw Error(ErrorCode::CorruptDataset, path + " is not in the dataset");
    return *file;
}

std::vector<shard::ListedFile> listed_shards(const State& state) {
    std::vector<shard::ListedFile> listing;
    for (const hub::RemoteFile& file : state.data)
        if (!file.folder) listing.push_back({file.path, file.size, file.digest});
    return listing;
}

std::vector<std::string> stray_files(const State& state) {
    std::vector<std::string> paths;
    for (const hub::RemoteFile& file : state.data)
        if (!file.folder && !shard::is_shard_path(file.path) && !fs::file_name(file.path).starts_with('.'))
            paths.push_back(file.path);
    return paths;
}

bool warn_of_strays(const State& state, Progress& progress) {
    const std::vector<std::string> strays = stray_files(state);
    if (strays.empty()) return false;
    progress.warning(fmt::format(
        "{} files in data/ are not shards and not counted, the first is {}; opentraces verify names them",
        strays.size(), strays.front()));
    return true;
}

Reader::Reader(hub::Remote& remote, store::Store& store, fs::Disk& disk, std::string download_folder)
    : m_remote(remote), m_store(store), m_disk(disk), m_download_folder(std::move(download_folder)) {}

State Reader::list(const std::string& head) {
    State state;
    state.head = head;
    state.root = m_remote.list(head, "");
    state.data = list_folder(state, k_data);
    state.index_files = list_folder(state, shard::k_index_folder);
    return state;
}

State Reader::read(const std::string& head) {
    State state = list(head);
    for (const shard::IndexFile& file : index_texts(state))
        state.index.read(file.path, file.content);
    learn_unknown(state);
    return state;
}

void Reader::complete(State& state, Progress& progress) {
    std::vector<std::string> paths;
    for (const shard::IndexEntry* entry : state.index.entries())
        if (!entry->summary.has_ids()) paths.push_back(entry->summary.path);
    if (paths.empty()) return;
    progress.note(fmt::format("the index has no trace ids of {} yet; looking into {}",
                              paths.size() == 1 ? "a shard" : fmt::format("{} shards", paths.size()),
                              paths.size() == 1 ? "it" : "them"));
    for (const std::string& path : paths)
        confirm(state, path);
}

bool Reader::confirm(State& state, const std::string& path) {
    const shard::IndexEntry& line = *state.index.find(path);
    shard::IndexEntry read = learn_shard(state.head, state.shard_file(path));
    const bool told_true = shard::describes(line.summary, read.summary);
    if (told_true) {
        read.scan = line.scan;
        read.scores = line.scores;
    } else {
        state.contradicted.push_back(path);
    }
    state.index.append(std::move(read));
    return told_true;
}

std::optional<std::string> Reader::root_file(const State& state, std::string_view path) {
    const hub::RemoteFile* file = find_entry(state.root, path);
    if (file == nullptr || file->folder) return std::nullopt;
    return small_file(state.head, *file);
}

std::vector<hub::RemoteFile> Reader::list_folder(const State& state, std::string_view folder) {
    const hub::RemoteFile* entry = find_entry(state.root, folder);
    if (entry == nullptr || !entry->folder) return {};
    if (const auto known = recall(k_folder_kind, folder); known && known->digest == entry->digest) {
        if (auto listing = listing_from_text(known->text)) return std::move(*listing);
    }
    std::vector<hub::RemoteFile> listing = m_remote.list(state.head, std::string(folder));
    keep(k_folder_kind, folder, entry->digest, listing_to_text(listing));
    return listing;
}

std::string Reader::small_file(const std::string& head, const hub::RemoteFile& file) {
    const auto known = recall(k_file_kind, file.path);
    if (known && known->digest == file.digest) return known->text;
    std::optional<std::string> text;
    if (known) text = extended(head, file, known->text);
    if (!text) text = m_remote.read_small(head, file);
    keep(k_file_kind, file.path, file.digest, *text);
    return std::move(*text);
}

// Index files only grow: what is new is at the end.
std::optional<std::string> Reader::extended(const std::string& head, const hub::RemoteFile& file,
                                            const std::string& known) {
    if (!shard::is_index_path(file.path) || file.size <= known.size()) return std::nullopt;
    if (file.size - known.size() > k_longest_growth) return std::nullopt;
    std::string text = known;
    m_remote.read(head, file, known.size(), [&](std::string_view bytes) { text += bytes; });
    if (digest_of(file, text) != file.digest) return std::nullopt;
    return text;
}

std::vector<shard::IndexFile> Reader::index_texts(const State& state) {
    std::vector<shard::IndexFile> texts;
    for (const hub::RemoteFile& file : state.index_files)
        if (shard::is_index_path(file.path)) texts.push_back({file.path, small_file(state.head, file)});
    std::sort(texts.begin(), texts.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return texts;
}

shard::Withdrawals Reader::withdrawn(const State& state) {
    const hub::RemoteFile* file = find_entry(state.index_files, shard::k_withdrawn_path);
    return file == nullptr ? shard::Withdrawals() : shard::Withdrawals::read(small_file(state.head, *file));
}

void Reader::learn_unknown(State& state) {
    const shard::IndexCheck check = state.index.reconcile(listed_shards(state));
    for (const auto* const files : {&check.unknown, &check.contradicted}) {
        for (const shard::ListedFile& file : *files)
            state.index.append(learn_shard(state.head, *find_entry(state.data, file.path)));
    }
    for (const shard::ListedFile& file : check.contradicted)
        state.contradicted.push_back(file.path);
}

shard::IndexEntry Reader::learn_shard(const std::string& head, const hub::RemoteFile& file) {
    if (const auto text = m_store.cached(std::string(k_shard_kind), file.digest)) {
        shard::IndexEntry entry = shard::entry_from_text(*text);
        entry.summary.path = file.path;
        // Older versions have remembered neither.
        if (entry.summary.has_ids() && entry.summary.has_marks()) return entry;
    }
    ++m_shards_read;
    shard::IndexEntry entry;
    entry.summary =
        shard::summarise(ShardCopy(m_remote, head, file, m_disk, m_download_folder).open(), file.path);
    m_store.cache(std::string(k_shard_kind), file.digest, shard::to_text(entry));
    return entry;
}

void Reader::remember(const State& before, const std::vector<hub::RemoteFile>& changed,
                      const std::vector<hub::FileChange>& changes) {
    remember_texts(changed, changes);
    remember_folder(before.data, k_data, changed, changes);
    remember_folder(before.index_files, shard::k_index_folder, changed, changes);
}

void Reader::remember_texts(const std::vector<hub::RemoteFile>& changed,
                            const std::vector<hub::FileChange>& changes) {
    for (const hub::FileChange& change : changes) {
        const hub::RemoteFile* file = find_entry(changed, change.path);
        if (file != nullptr && change.local_path.empty() && hub::is_result_of(change, *file, m_disk))
            keep(k_file_kind, change.path, file->digest, change.content);
    }
}

void Reader::remember_folder(const std::vector<hub::RemoteFile>& before, std::string_view folder,
                             const std::vector<hub::RemoteFile>& changed,
                             const std::vector<hub::FileChange>& changes) {
    std::map<std::string, hub::RemoteFile> files;
    for (const hub::RemoteFile& file : before)
        files[file.path] = file;
    for (const hub::RemoteFile& file : changed)
        if (fs::parent(file.path) == folder) files[file.path] = file;
    for (const hub::FileChange& change : changes)
        if (change.remove) files.erase(change.path);
    std::vector<hub::RemoteFile> listing;
    for (const auto& [path, file] : files)
        listing.push_back(file);
    if (const auto id = hub::git_tree_id(listing)) keep(k_folder_kind, folder, *id, listing_to_text(listing));
}

std::optional<Reader::Slot> Reader::recall(std::string_view kind, std::string_view path) {
    const std::string key = sha256_hex(m_remote.name() + '\n' + std::string(path));
    const auto bytes = m_store.cached(std::string(kind), key);
    if (!bytes) return std::nullopt;
    const std::size_t end = bytes->find('\n');
    if (end == bytes->npos) return std::nullopt;
    return Slot{bytes->substr(0, end), bytes->substr(end + 1)};
}

void Reader::keep(std::string_view kind, std::string_view path, const std::string& digest,
                  const std::string& text) {
    if (digest.empty()) return;  // nothing could tell whether it is still true
    const std::string key = sha256_hex(m_remote.name() + '\n' + std::string(path));
    m_store.cache(std::string(kind), key, digest + '\n' + text);
}

}  // namespace opentraces::dataset
