// Which .opentraces folders their user made: each has a secret whose twin is registered in the user's own
// folder (projects/<16 hex digits>.json). What came with a clone, an archive or a shared folder has none, and
// is not used.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "opentraces/core/ids.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::store {

enum class Standing {
    None,        // there is no .opentraces
    Unfinished,  // only what init writes before it registers
    Registered,
    Restored,    // registered for this path, same secret, but another folder: it was put back from a copy
    Moved,       // the very folder that was registered for another path
    Copied,      // the secret of a project at another path
    Unknown,     // not registered: cloned, unpacked, or made by an opentraces that did not register
    Foreign,     // of another user
    NotAFolder,  // a link or a file
    Tracked,     // among the files that a git repository tracks
};

// `root` exists.
Standing standing_of(const std::string& root, const std::string& user_folder, fs::Disk& disk);

// Error UntrustedProject unless .opentraces of `root` is registered: with the same secret, for this path with
// its links resolved, and for this inode. Its device may change: the system numbers devices anew when it
// starts.
void need_registered(const std::string& root, const std::string& user_folder, fs::Disk& disk);
// The same error for a standing that is no trusted one.
[[noreturn]] void throw_untrusted(Standing standing, const std::string& root);

// Makes .opentraces where it is missing, with its .gitignore and a new secret, and registers it. Repeatable.
void register_project(const std::string& root, const std::string& user_folder, fs::Disk& disk, IdSource& ids);
// Whether there was something to forget.
bool forget_project(const std::string& root, const std::string& user_folder, fs::Disk& disk);

// The paths that this user has registered, sorted. A registration alone makes no project: ask standing_of().
// For a file that is no registration, its own path: it is no folder.
std::vector<std::string> registered_projects(const std::string& user_folder, fs::Disk& disk);

// Held while projects are made, by one process of a user at a time; others wait.
std::unique_ptr<fs::Lock> lock_registry(const std::string& user_folder, fs::Disk& disk);

}  // namespace opentraces::store
