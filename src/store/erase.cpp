#include "store/erase.hpp"

#include <algorithm>
#include <array>

#include "opentraces/store/layout.hpp"
#include "store/names.hpp"

namespace opentraces::store {

namespace {

using IsOurs = bool (*)(std::string_view name);

bool is_cached(std::string_view name) {
    return is_plain_name(name) || fs::is_temporary_name(name);
}
bool is_trace(std::string_view name) {
    return is_trace_file(name) || fs::is_temporary_name(name);
}
bool is_pending(std::string_view name) {
    return is_pending_file(name) || fs::is_temporary_name(name);
}
bool is_raw(std::string_view name) {
    return is_raw_copy(name) || fs::is_temporary_name(name);
}
bool is_spooled(std::string_view name) {
    return is_shard_copy(name) || fs::is_temporary_name(name);
}

bool is_queued(std::string_view name) {
    return is_plain_name(name) || fs::is_temporary_name(name);
}

void remove_in(const std::string& folder, IsOurs is_ours, fs::Disk& disk, std::vector<std::string>& left) {
    for (const std::string& name : disk.remove_matching(folder, is_ours))
        left.push_back(fs::join(folder, name));
}

void remove_derived(const std::string& root, fs::Disk& disk, std::vector<std::string>& left) {
    const std::string cache = in_project(root, k_cache_folder);
    for (const fs::FileInfo& kind : disk.list(cache)) {
        if (kind.is_directory() && is_plain_name(fs::file_name(kind.path)))
            remove_in(kind.path, is_cached, disk, left);
    }
    // What is left in a kind is named there, not here.
    const auto kinds = disk.remove_matching(cache, [](std::string_view name) { return is_cached(name); });
    for (const std::string& name : kinds) {
        const std::string path = fs::join(cache, name);
        const bool named = std::any_of(left.begin(), left.end(), [&](const std::string& other) {
            return other.starts_with(path + "/");
        });
        if (!named) left.push_back(path);
    }
    remove_in(in_project(root, k_spool_folder), is_spooled, disk, left);
    remove_in(in_project(root, k_downloads_folder), is_spooled, disk, left);
    remove_in(in_project(root, k_raw_folder), is_raw, disk, left);
}

bool is_folder_of_ours(std::string_view name) {
    constexpr std::array k_folders{k_traces_folder,    k_pending_folder, k_cache_folder, k_spool_folder,
                                   k_downloads_folder, k_queue_folder,   k_raw_folder};
    return std::find(k_folders.begin(), k_folders.end(), name) != k_folders.end();
}

bool goes_last(std::string_view name) {
    return name == k_settings_file || name == k_secret_file || name == k_ignore_file;
}

bool is_file_of_ours(std::string_view name) {
    if (name.starts_with(k_database_file)) {
        const std::string_view rest = name.substr(k_database_file.size());
        return rest.empty() || rest == "-wal" || rest == "-shm" || rest == "-journal";
    }
    return name == k_lock_file || name == k_edited_file || name == k_auto_push_log || name == k_hook_log ||
           fs::is_temporary_name(name);
}

}  // namespace

void erase_derived(const std::string& root, fs::Disk& disk) {
    std::vector<std::string> left;
    remove_derived(root, disk, left);
}

std::vector<fs::FileInfo> list_derived(const std::string& root, std::string_view folder, fs::Disk& disk) {
    std::vector<fs::FileInfo> files;
    const bool by_kind = folder == k_cache_folder;
    const auto add = [&](const std::string& path, IsOurs is_ours) {
        for (const fs::FileInfo& file : disk.list(path))
            if (file.kind == fs::FileKind::File && is_ours(fs::file_name(file.path))) files.push_back(file);
    };
    const std::string path = in_project(root, folder);
    if (!by_kind) add(path, is_spooled);
    for (const fs::FileInfo& kind : disk.list(path))
        if (by_kind && kind.is_directory() && is_plain_name(fs::file_name(kind.path)))
            add(kind.path, is_cached);
    return files;
}

std::vector<std::string> erase_project(const std::string& root, fs::Disk& disk) {
    const std::string folder = project_folder(root);
    std::vector<std::string> left;
    remove_derived(root, disk, left);
    remove_in(in_project(root, k_traces_folder), is_trace, disk, left);
    remove_in(in_project(root, k_pending_folder), is_pending, disk, left);
    remove_in(in_project(root, k_queue_folder), is_queued, disk, left);
    for (const std::string& name : disk.remove_matching(folder, is_file_of_ours)) {
        if (!goes_last(name) && !is_folder_of_ours(name)) left.push_back(fs::join(folder, name));
    }
    disk.remove(in_project(root, k_settings_file));
    disk.remove(in_project(root, k_secret_file));
    if (left.empty()) disk.remove_matching(folder, goes_last);
    return left;
}

}  // namespace opentraces::store
