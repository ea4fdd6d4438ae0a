#include "hub/dataset_paths.hpp"

#include <algorithm>
#include <array>

#include "hub/folder_remote.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::hub {
namespace {

constexpr std::array<std::string_view, 5> k_root_files{"README.md", "README.before-reset.md", "quality.json",
                                                       "dataset_infos.json", ".gitattributes"};
constexpr std::array<std::string_view, 2> k_folders{"data", "opentraces"};
constexpr std::array<std::string_view, 3> k_row_endings{".json", ".jsonl", ".ndjson"};
constexpr std::size_t k_index_digits = 5;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// What is left between the two; empty if they are not there.
std::string_view between(std::string_view path, std::string_view prefix, std::string_view suffix) {
    if (path.size() < prefix.size() + suffix.size() || !path.starts_with(prefix) || !path.ends_with(suffix))
        return {};
    return path.substr(prefix.size(), path.size() - prefix.size() - suffix.size());
}

bool is_shard(std::string_view path) {
    const std::string_view name = between(path, "data/traces_", ".jsonl");
    return !name.empty() && std::all_of(name.begin(), name.end(), is_word);
}

bool is_index(std::string_view path) {
    const std::string_view number = between(path, "opentraces/index-", ".jsonl");
    return number.size() == k_index_digits && std::all_of(number.begin(), number.end(), is_digit);
}

}  // namespace

bool is_dataset_path(std::string_view path) {
    return is_shard(path) || is_index(path) || path == "opentraces/withdrawn.jsonl" ||
           std::find(k_root_files.begin(), k_root_files.end(), path) != k_root_files.end();
}

void check_dataset_paths(const std::vector<FileChange>& changes) {
    for (const FileChange& change : changes)
        if (!is_dataset_path(change.path))
            throw Error(ErrorCode::UploadFailed, "the path is not allowed in a dataset: " + change.path);
}

bool is_read_path(std::string_view path) {
    const std::string_view first = path.substr(0, path.find('/'));
    return is_dataset_path(path) || path == k_folder_state ||
           std::find(k_folders.begin(), k_folders.end(), first) != k_folders.end() ||
           std::any_of(k_row_endings.begin(), k_row_endings.end(),
                       [&](std::string_view ending) { return path.ends_with(ending); });
}

}  // namespace opentraces::hub
