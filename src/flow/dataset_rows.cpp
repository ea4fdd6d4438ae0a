#include "flow/dataset_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "flow/row_files.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/quality/summary.hpp"
#include "opentraces/shard/index.hpp"
#include "opentraces/shard/shard.hpp"

namespace opentraces::flow {
namespace {

constexpr std::string_view k_data = "data";
// Files in the root that speak of the dataset.
constexpr std::array<std::string_view, 5> k_descriptions{"dataset_info.json", "dataset_infos.json",
                                                         "features.json", "state.json", "config.json"};

using Files = std::vector<hub::RemoteFile>;

bool is_row_folder(const hub::RemoteFile& entry) {
    const std::string name = fs::file_name(entry.path);
    return entry.folder && !name.starts_with(".") && name != shard::k_index_folder;
}

bool describes_dataset(std::string_view path) {
    return path == quality::k_quality_path ||
           std::find(k_descriptions.begin(), k_descriptions.end(), path) != k_descriptions.end();
}

// "train-00000-of-00001.jsonl" and "train/part.jsonl" are of the split "train".
bool is_of_split(const std::string& path, const std::string& split) {
    const std::string wanted = to_lower_ascii(split);
    const std::string name = to_lower_ascii(fs::stem(path));
    if (to_lower_ascii(fs::file_name(fs::parent(path))) == wanted) return true;
    for (std::size_t at = name.find(wanted); at != name.npos; at = name.find(wanted, at + 1)) {
        const auto is_letter = [&](std::size_t i) {
            return i < name.size() &&
                   ((name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9'));
        };
        if ((at == 0 || !is_letter(at - 1)) && !is_letter(at + wanted.size())) return true;
    }
    return false;
}

// "data/traces_a (1).jsonl" of "data/traces_a.jsonl"; empty for what cannot be a copy.
std::string original_of(const std::string& path) {
    std::string stem = shard::is_shard_path(path) ? std::string() : path;
    while (!stem.empty() && !shard::is_shard_path(stem + ".jsonl"))
        stem.pop_back();
    return stem.empty() ? stem : stem + ".jsonl";
}

// Without the shard itself they are read: they are all that there is.
void leave_out_copies(Files& files, Progress& progress) {
    std::set<std::string> paths;
    for (const hub::RemoteFile& file : files)
        paths.insert(file.path);
    std::string first;
    const std::size_t left_out = std::erase_if(files, [&](const hub::RemoteFile& file) {
        if (!paths.contains(original_of(file.path))) return false;
        if (first.empty()) first = file.path;
        return true;
    });
    if (left_out > 0)
        progress.warning(fmt::format(
            "{} files are copies of shards beside them and left out, the first is {}", left_out, first));
}

std::string names_of(const std::set<std::string>& names) {
    constexpr std::size_t k_shown = 20;
    std::string text;
    std::size_t shown = 0;
    for (const std::string& name : names) {
        if (shown++ == k_shown) return text + ", …";
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

class Search {
public:
    Search(hub::Remote& remote, const hub::DatasetInfo& info, const std::string& subset)
        : m_remote(remote), m_info(info), m_subset(subset) {}

    Files run() {
        const Files root = m_remote.list(m_info.head, "");
        const bool has_data = std::any_of(root.begin(), root.end(), [](const hub::RemoteFile& file) {
            return file.folder && file.path == k_data;
        });
        const Files data = has_data ? m_remote.list(m_info.head, std::string(k_data)) : Files();
        Files found = m_subset.empty() ? whole(root, data) : of_subset(root, data);
        if (found.empty()) fail();
        std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
        return found;
    }

private:
    Files rows_among(const Files& files) {
        Files rows;
        for (const hub::RemoteFile& file : files) {
            if (is_row_folder(file)) {
                if (file.path != k_data) m_subsets.insert(fs::file_name(file.path));
            } else if (!file.folder && is_row_file(file.path) && !describes_dataset(file.path)) {
                rows.push_back(file);
            } else if (!file.folder && m_other.empty() && is_other_kind(file.path)) {
                m_other = file.path;
            }
        }
        return rows;
    }

    Files whole(const Files& root, const Files& data) {
        Files found = rows_among(data);
        if (found.empty()) found = rows_among(root);
        return found;
    }

    // A folder of that name, else files.
    Files of_subset(const Files& root, const Files& data) {
        Files found;
        for (const Files* const files : {&data, &root}) {
            const Files rows = rows_among(*files);
            for (const hub::RemoteFile& file : *files) {
                if (!is_row_folder(file) || fs::file_name(file.path) != m_subset) continue;
                for (hub::RemoteFile& row : rows_among(m_remote.list(m_info.head, file.path)))
                    found.push_back(std::move(row));
            }
            for (const hub::RemoteFile& row : rows) {
                m_subsets.insert(fs::stem(row.path));
                if (fs::stem(row.path) == m_subset) found.push_back(row);
            }
            if (!found.empty()) return found;
        }
        return found;
    }

    [[noreturn]] void fail() const {
        if (!m_other.empty()) refuse_other_kinds(m_other);
        const std::string name = m_info.name;
        if (m_subset.empty() && m_subsets.empty())
            throw Error(ErrorCode::NotFound,
                        name + " has no .json, .jsonl or .ndjson files in data/ or its root");
        if (m_subset.empty())
            throw Error(ErrorCode::NotFound, name + " has its rows in subsets",
                        "Choose one with --subset: " + names_of(m_subsets) + ".");
        throw Error(ErrorCode::NotFound, fmt::format("{} has no subset {}", name, m_subset),
                    m_subsets.empty() ? "" : "There are: " + names_of(m_subsets) + ".");
    }

    hub::Remote& m_remote;
    const hub::DatasetInfo& m_info;
    const std::string& m_subset;
    std::set<std::string> m_subsets;
    std::string m_other;  // rows in a form that is not read here
};

}  // namespace

Files row_files_of(hub::Remote& remote, const hub::DatasetInfo& info, const std::string& subset,
                   const std::string& split, Progress& progress) {
    Files found = Search(remote, info, subset).run();
    leave_out_copies(found, progress);
    if (split.empty()) return found;
    std::set<std::string> names;
    for (const hub::RemoteFile& file : found)
        names.insert(fs::file_name(file.path));
    std::erase_if(found, [&](const hub::RemoteFile& file) { return !is_of_split(file.path, split); });
    if (found.empty())
        throw Error(ErrorCode::NotFound, fmt::format("{} has no file of the split {}", info.name, split),
                    "Its files: " + names_of(names) + ".");
    return found;
}

}  // namespace opentraces::flow
