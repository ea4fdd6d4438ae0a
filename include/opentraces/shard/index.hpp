// The dataset's own index of its shards: opentraces/index-00001.jsonl and so on (docs/dataset-layout.md).
// Append-only, in files of bounded size, every line chained to the one before it by a digest: a client that
// has read a part reads only what is new, and a changed, lost or reordered line is noticed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/json/value.hpp"
#include "opentraces/shard/shard.hpp"

namespace opentraces::shard {

inline constexpr std::string_view k_index_folder = "opentraces";
inline constexpr int k_index_version = 1;
// A file that has reached this size is never touched again; the next line starts a new file. Bounds what a
// push uploads and what a client reads again.
inline constexpr std::uint64_t k_index_file_size = std::uint64_t{512} << 10;

bool is_index_path(std::string_view path);   // opentraces/index-<5 digits>.jsonl
std::string index_path(std::size_t number);  // 1-based

// Which rules a shard passed before it left, and what they took out.
struct ScanReceipt {
    std::string scanner;                             // version of the scanner
    std::string rules;                               // digest of the rule set
    std::map<std::string, std::int64_t> redactions;  // rule -> redactions, as far as known
    std::map<std::string, std::int64_t> allowed;     // rule -> findings that a person let through
    bool operator==(const ScanReceipt&) const = default;
};

struct IndexEntry {
    ShardSummary summary;
    std::optional<ScanReceipt> scan;  // nullopt: the shard was found in the dataset, nobody vouches for it
    json::Value scores;               // mergeable scores, an object of the quality room; null: none
    bool operator==(const IndexEntry&) const = default;
};

// A file as the remote lists it.
struct ListedFile {
    std::string path;
    std::uint64_t size = 0;
    std::string digest;  // SHA-256 or git blob id
};

// The index held against the remote's list of files, which alone says what is in the dataset.
struct IndexCheck {
    std::vector<ListedFile> unknown;       // shards the index does not have: to be read and added
    std::vector<ListedFile> contradicted;  // shards whose size or digest differ: to be read and added again
    std::vector<std::string> gone;         // indexed paths that are no longer in the dataset, not replaced
    bool complete() const { return unknown.empty() && contradicted.empty(); }
};

struct IndexFile {
    std::string path;
    std::string content;
};

class Index {
public:
    // Reads the next file of the index, or what has been appended to the last one read (the first new line
    // proves that it continues what is known). Files come in the order of their paths. Throws Error
    // CorruptDataset (path and line) for anything that is not an index line of this version in its place.
    void read(const std::string& path, std::string_view text);

    // Compares with the listing (files that are not shards are ignored) and forgets the entries that are
    // contradicted or gone: what is left is exactly what can be trusted.
    IndexCheck reconcile(const std::vector<ListedFile>& listing);

    // Adds an entry, replacing an older one of the same path, and writes its line. Adding the same again
    // writes nothing.
    void append(IndexEntry entry);

    // Adds an entry in place of that of a shard that will be gone, and says so in its line: such a shard is
    // no loss when it is missing.
    void replace(const std::string& gone, IndexEntry entry);
    // The same without one that takes its place: the line of another shard says it. An index without any
    // other shard has no lines any more, and is to be written whole.
    void remove(const std::string& gone);

    // The files that append() has changed since the index was read, whole, for the commit.
    std::vector<IndexFile> changed_files() const;

    const IndexEntry* find(std::string_view path) const;
    std::vector<const IndexEntry*> entries() const;  // by path
    DatasetStats totals() const;
    bool empty() const { return m_entries.empty(); }

private:
    struct File {
        std::string path;
        std::string content;
        std::size_t lines = 0;
        bool changed = false;
    };
    void read_line(File& file, std::string_view line);
    void take_replaced(const json::Object& line, const std::string& where);
    void write_entry(IndexEntry entry, const std::string& replaced);
    void write_line(json::Object line);
    void start_file();

    std::map<std::string, IndexEntry, std::less<>> m_entries;
    std::vector<File> m_files;
    std::string m_last_check;
    std::set<std::string, std::less<>> m_replaced;  // shards that are gone on purpose
};

// A fresh index of these entries, in one go: what `opentraces index rebuild` commits in place of the old
// files.
std::vector<IndexFile> rebuild_index(const std::vector<IndexEntry>& entries);

// The entries of all lines that are whole by themselves, in order: what can be saved from an index that
// cannot be trusted as a whole. Never throws.
std::vector<IndexEntry> salvage_entries(std::string_view text);

// One entry as text, for caches that are keyed by the shard's digest. Parsing throws Error CorruptDataset.
std::string to_text(const IndexEntry& entry);
IndexEntry entry_from_text(std::string_view text);

}  // namespace opentraces::shard
