// What the files of a project and of the user are called; docs/on-disk-format.md says what is in them.
#pragma once

#include <string>
#include <string_view>

#include "opentraces/fs/disk.hpp"

namespace opentraces::store {

// In a project.
inline constexpr std::string_view k_project_folder = ".opentraces";
inline constexpr std::string_view k_settings_file = "config.json";
inline constexpr std::string_view k_edited_file = "config.edited.json";  // beside it while it is edited
inline constexpr std::string_view k_secret_file = "secret";
inline constexpr std::string_view k_ignore_file = ".gitignore";
inline constexpr std::string_view k_database_file = "store.db";
inline constexpr std::string_view k_lock_file = "lock";
inline constexpr std::string_view k_auto_push_log = "auto-push.log";
inline constexpr std::string_view k_hook_log = "hook.log";
inline constexpr std::string_view k_traces_folder = "traces";
inline constexpr std::string_view k_pending_folder = "pending";
inline constexpr std::string_view k_cache_folder = "cache";
inline constexpr std::string_view k_spool_folder = "spool";
inline constexpr std::string_view k_downloads_folder = "downloads";
inline constexpr std::string_view k_queue_folder = "queue";
inline constexpr std::string_view k_raw_folder = "raw";
inline constexpr std::string_view k_raw_suffix = ".zst";

// In the user's own folder.
inline constexpr std::string_view k_projects_folder = "projects";
inline constexpr std::string_view k_pseudonym_key_file = "pseudonym.key";
inline constexpr std::string_view k_credentials_file = "credentials";
inline constexpr std::string_view k_writer_key_file = "writer.key";

// What a file in raw/ is called: 32 hex digits and the suffix.
bool is_raw_copy(std::string_view name);

// <root>/.opentraces, and a file or folder in it.
inline std::string project_folder(const std::string& root) {
    return fs::join(root, k_project_folder);
}
inline std::string in_project(const std::string& root, std::string_view name) {
    return fs::join(project_folder(root), name);
}

}  // namespace opentraces::store
