// A project: the folder with .opentraces in it, and its settings (.opentraces/config.json).
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "opentraces/card/settings.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/hub/remote.hpp"
#include "opentraces/security/personal_data.hpp"

namespace opentraces::store {

struct SettingInput;  // settings.hpp

enum class ReviewPolicy { Review, Auto };
std::string_view name_of(ReviewPolicy policy);  // "review", "auto"

struct RemoteConfig {
    std::string name;    // "origin"
    std::string target;  // owner/name or folder
};

// What init wrote outside .opentraces, so that remove can take back exactly this.
struct WrittenByInit {
    bool gitignore_created = false;
    std::string gitignore_added;          // the exact bytes appended, empty if none
    std::vector<std::string> hooks;       // agents that were given a hook
    std::vector<std::string> hook_files;  // of these, those whose settings file was made
    // Of the one hook that earlier versions knew, Claude Code's: read, and forgotten when `hooks` is said.
    bool hook_installed = false;
    bool settings_created = false;
};

// What the settings of a project and those of its user, for all projects, may say alike.
struct SharedConfig {
    std::vector<std::string> agents;  // empty: every one that there is
    ReviewPolicy review_policy = ReviewPolicy::Review;
    std::optional<hub::Visibility> visibility;
    bool keep_raw = true;         // sessions are also kept as their agents wrote them
    std::string max_observation;  // digits: characters kept of a tool's result, 0 for all; empty: the default
    bool episodes = false;        // a session becomes a trace for each task that was begun in it
    std::string pricing_file;     // prices before the program's own; relative to the project; empty: none
    std::vector<std::string> custom_redact_strings;
    std::vector<std::string> rule_files;  // rules beside the program's own; relative to the project
    security::PersonalData personal;
    card::CardSettings card;
    // Keys of the settings that the file itself says, or is about to: in the file of another level the rest
    // may be said otherwise.
    std::set<std::string, std::less<>> said;
};

struct ProjectConfig : SharedConfig {
    std::vector<RemoteConfig> remotes;
    std::string default_remote;  // name; empty = none
    bool excluded = false;
    bool hook = true;                        // false: init --no-hook, remembered
    std::vector<std::string> hooks_refused;  // agents that are to have none: hooks uninstall --agent
    WrittenByInit written;

    // By name, or the default one; nullptr if there is none.
    const RemoteConfig* find_remote(std::string_view name = {}) const;
    // Adds or changes; the first remote becomes the default.
    void set_remote(const std::string& name, const std::string& target);
    bool remove_remote(std::string_view name);
};

// The nearest folder at or above `start` that holds .opentraces/config.json; `user_folder` (the user's own
// ~/.opentraces) is never taken for a project's. nullopt if there is none.
std::optional<std::string> find_project_root(const std::string& start, const std::string& user_folder,
                                             fs::Disk& disk);

// Whether .opentraces of `root` is, or would be, the user's own folder.
bool is_user_folder(const std::string& root, const std::string& user_folder, fs::Disk& disk);
// Whether .opentraces has settings, so that init got at least as far as that.
bool has_settings(const std::string& root, fs::Disk& disk);

// Writes what of init's work is missing, and answers the settings with `written` filled in: .opentraces (with
// a .gitignore of its own), the settings, the line in the project's .gitignore. Repeatable: what a crash or a
// full disk left is finished. Error UnsafePath as check_ignore_file(); nothing is written then.
ProjectConfig write_project(const std::string& root, ProjectConfig config, fs::Disk& disk);
// The same; error InvalidState if it is a project already.
ProjectConfig create_project(const std::string& root, ProjectConfig config, fs::Disk& disk);
// What its own file says, which is not all that holds in it: see in_force() in settings.hpp. Error
// SettingsUnreadable (file, line, reason) for a malformed file, which is left as it is; ConfigInvalid for a
// value of another kind, and with `input` for one that `config set` would refuse.
ProjectConfig load_project(const std::string& root, fs::Disk& disk, const SettingInput* input = nullptr);
// Unknown keys of the file are kept; a setting that the user may say for all projects is written only when it
// is said here, or is not the default.
void save_project(const std::string& root, const ProjectConfig& config, fs::Disk& disk);
// Error UnsafePath for a .gitignore that is a link which leads out of the project.
void check_ignore_file(const std::string& root, fs::Disk& disk);
// For a .opentraces from elsewhere: whether the store is one of ours and every page of it is sound. Error
// CorruptStore, NewerSchema; a store that is not there is fine.
void check_store(const std::string& root, fs::Disk& disk);
// Cache, spool and downloads go, they are made again; and raw copies that somebody else has put there.
void forget_derived(const std::string& root, fs::Disk& disk);
// The files of ours in cache/, spool/ or downloads/.
std::vector<fs::FileInfo> derived_files(const std::string& root, std::string_view folder, fs::Disk& disk);
// Takes back what write_project() wrote, then removes from .opentraces what is of opentraces. A crash in
// between leaves a project, or nothing that is taken for one. Answers the paths in .opentraces that are not
// of opentraces and were left.
std::vector<std::string> remove_project(const std::string& root, const ProjectConfig& config, fs::Disk& disk);

}  // namespace opentraces::store
