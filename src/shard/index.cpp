#include "opentraces/shard/index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/json/reader.hpp"
#include "opentraces/json/writer.hpp"
#include "shard/index_line.hpp"

namespace opentraces::shard {
namespace {

constexpr std::string_view k_prefix = "opentraces/index-";
constexpr std::string_view k_suffix = ".jsonl";
constexpr std::size_t k_digits = 5;
constexpr std::string_view k_format = "opentraces-index";
constexpr std::string_view k_replaces = "replaces";

[[noreturn]] void fail(const std::string& where, std::string_view reason) {
    throw Error(ErrorCode::CorruptDataset, fmt::format("{}: {}", where, reason),
                "Run: opentraces index rebuild DATASET");
}

json::Value check_value(const std::string& check) {
    return check.empty() ? json::Value() : json::Value(check);
}

void expect_header(const json::Object& object, const std::string& where) {
    const json::Value* format = object.find("format");
    const json::Value* version = object.find("version");
    if (format == nullptr || version == nullptr || format->string_or() != k_format)
        fail(where, "is not the first line of an index");
    if (version->integer().value_or(0) > k_index_version)
        throw Error(ErrorCode::NewerSchema,
                    where + ": the index was written by a newer version of this program");
    if (version->integer() != k_index_version) fail(where, "has no known index version");
}

}  // namespace

bool is_index_path(std::string_view path) {
    if (path.size() != k_prefix.size() + k_digits + k_suffix.size()) return false;
    if (!path.starts_with(k_prefix) || !path.ends_with(k_suffix)) return false;
    return path.substr(k_prefix.size(), k_digits).find_first_not_of("0123456789") == std::string_view::npos;
}

std::string index_path(std::size_t number) {
    return fmt::format("{}{:05}{}", k_prefix, number, k_suffix);
}

void Index::read(const std::string& path, std::string_view text) {
    const bool continues = !m_files.empty() && m_files.back().path == path;
    if (!continues) {
        if (path != index_path(m_files.size() + 1))
            fail(path, "is out of place: the file before it is missing");
        m_files.push_back({path, {}, 0, false});
    }
    File& file = m_files.back();
    if (text.empty() || text.back() != '\n') fail(path, "does not end with a complete line");
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        read_line(file, text.substr(0, end));
        file.content.append(text.substr(0, end + 1));
        text.remove_prefix(end + 1);
    }
}

void Index::read_line(File& file, std::string_view line) {
    const std::string where = fmt::format("{}:{}", file.path, ++file.lines);
    OpenedLine opened = open_seal(line, where);
    const json::Value* previous = opened.object.find("previous");
    if (previous == nullptr || *previous != check_value(m_last_check))
        fail(where, "does not continue the line before it");
    if (file.lines == 1) {
        expect_header(opened.object, where);
    } else {
        IndexEntry entry = entry_from_object(opened.object, where);
        take_replaced(opened.object, where);
        std::string path = entry.summary.path;
        m_entries.insert_or_assign(std::move(path), std::move(entry));
    }
    m_last_check = std::move(opened.check);
}

void Index::take_replaced(const json::Object& line, const std::string& where) {
    const json::Value* const replaced = line.find(k_replaces);
    if (replaced == nullptr) return;
    if (replaced->if_array() == nullptr) fail(where, "\"replaces\" is not a list");
    for (const json::Value& path : *replaced->if_array()) {
        if (path.if_string() == nullptr) fail(where, "\"replaces\" is not a list of paths");
        m_replaced.insert(*path.if_string());
    }
}

IndexCheck Index::reconcile(const std::vector<ListedFile>& listing) {
    IndexCheck check;
    std::set<std::string_view> present;
    for (const ListedFile& file : listing) {
        if (!is_shard_path(file.path)) continue;
        present.insert(file.path);
        const IndexEntry* entry = find(file.path);
        if (entry == nullptr)
            check.unknown.push_back(file);
        else if (!is_content_of(entry->summary, file.size, file.digest))
            check.contradicted.push_back(file);
    }
    std::erase_if(m_entries, [&](const auto& known) {
        const bool is_gone = present.count(known.first) == 0;
        if (is_gone && !m_replaced.contains(known.first)) check.gone.push_back(known.first);
        return is_gone;
    });
    for (const ListedFile& file : check.contradicted)
        m_entries.erase(file.path);
    return check;
}

void Index::append(IndexEntry entry) {
    const IndexEntry* present = find(entry.summary.path);
    if (present != nullptr && *present == entry) return;
    write_entry(std::move(entry), {});
}

void Index::write_entry(IndexEntry entry, const std::string& replaced) {
    if (m_files.empty() || m_files.back().content.size() >= k_index_file_size) start_file();
    json::Object line = entry_to_object(entry);
    if (!replaced.empty()) {
        line.append(std::string(k_replaces), json::Array{json::Value(replaced)});
        m_replaced.insert(replaced);
    }
    write_line(std::move(line));
    std::string path = entry.summary.path;
    m_entries.insert_or_assign(std::move(path), std::move(entry));
}

void Index::replace(const std::string& gone, IndexEntry entry) {
    m_entries.erase(gone);
    write_entry(std::move(entry), gone);
}

void Index::remove(const std::string& gone) {
    m_entries.erase(gone);
    if (m_entries.empty())
        *this = {};
    else
        write_entry(m_entries.begin()->second, gone);
}

void Index::start_file() {
    m_files.push_back({index_path(m_files.size() + 1), {}, 0, false});
    json::Object header;
    header.append("format", k_format);
    header.append("version", k_index_version);
    write_line(std::move(header));
}

void Index::write_line(json::Object line) {
    line.append("previous", check_value(m_last_check));
    SealedLine sealed = seal(line);
    File& file = m_files.back();
    file.content += sealed.text;
    file.content += '\n';
    ++file.lines;
    file.changed = true;
    m_last_check = std::move(sealed.check);
}

std::vector<IndexFile> Index::changed_files() const {
    std::vector<IndexFile> changed;
    for (const File& file : m_files)
        if (file.changed) changed.push_back({file.path, file.content});
    return changed;
}

const IndexEntry* Index::find(std::string_view path) const {
    const auto found = m_entries.find(path);
    return found == m_entries.end() ? nullptr : &found->second;
}

std::vector<const IndexEntry*> Index::entries() const {
    std::vector<const IndexEntry*> entries;
    entries.reserve(m_entries.size());
    for (const auto& [path, entry] : m_entries)
        entries.push_back(&entry);
    return entries;
}

DatasetStats Index::totals() const {
    DatasetStats totals;
    for (const auto& [path, entry] : m_entries)
        totals.merge(entry.summary.stats);
    return totals;
}

std::vector<IndexFile> rebuild_index(const std::vector<IndexEntry>& entries) {
    Index index;
    for (const IndexEntry& entry : entries)
        index.append(entry);
    return index.changed_files();
}

std::vector<IndexEntry> salvage_entries(std::string_view text) {
    std::vector<IndexEntry> entries;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        try {
            entries.push_back(entry_from_object(open_seal(text.substr(0, end), "line").object, "line"));
        } catch (const Error&) {
            // Lost; the shard itself says what it holds.
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return entries;
}

std::string to_text(const IndexEntry& entry) {
    return json::to_compact(entry_to_object(entry));
}

IndexEntry entry_from_text(std::string_view text) {
    const std::string where = "index entry";
    try {
        const json::Value value = json::parse(text);
        if (const json::Object* object = value.if_object()) return entry_from_object(*object, where);
    } catch (const json::SyntaxError& error) {
        fail(where, error.what());
    }
    fail(where, "is not an object");
}

}  // namespace opentraces::shard
