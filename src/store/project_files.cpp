// What opentraces makes in a project's .opentraces, by name: docs/on-disk-format.md.
#include <algorithm>
#include <array>

#include "opentraces/store/project.hpp"

namespace opentraces::store {

namespace {

constexpr std::array<std::string_view, 7> k_files{"config.json",   "store.db", "store.db-wal", "store.db-shm",
                                                  "auto-push.log", "lock",     ".gitignore"};

bool is_file(std::string_view name) {
    return fs::is_temporary_name(name) || std::find(k_files.begin(), k_files.end(), name) != k_files.end();
}

bool is_trace(std::string_view name) {
    return fs::is_temporary_name(name) || name.ends_with(".jsonl");
}

bool is_spooled(std::string_view name) {
    return is_trace(name) || name.ends_with(".download") || name.ends_with(".scored");
}

bool is_cached(std::string_view name) {
    return fs::is_temporary_name(name) || !name.starts_with('.');
}

}  // namespace

std::vector<std::string> remove_project_files(const std::string& root, fs::Disk& disk) {
    const std::unique_ptr<fs::Disk> inside = disk.beneath(root);
    const std::string folder = fs::join(root, ".opentraces");
    inside->remove_matching(fs::join(folder, "traces"), is_trace);
    inside->remove_matching(fs::join(folder, "pending"), is_trace);
    inside->remove_matching(fs::join(folder, "spool"), is_spooled);
    const std::string cache = fs::join(folder, "cache");
    for (const fs::FileInfo& kind : inside->list(cache)) {
        if (kind.is_directory()) inside->remove_matching(kind.path, is_cached);
    }
    inside->remove_matching(cache, fs::is_temporary_name);
    return inside->remove_matching(folder, is_file);
}

}  // namespace opentraces::store
