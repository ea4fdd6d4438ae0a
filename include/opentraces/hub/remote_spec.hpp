// How people name a dataset: owner/name on the Hub, or a folder (./dir, ../dir, /dir, ~/dir, file:dir).
#pragma once

#include <string>
#include <string_view>

#include "opentraces/core/environment.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::hub {

enum class RemoteKind { Hub, Folder };

struct RemoteSpec {
    RemoteKind kind = RemoteKind::Hub;
    std::string repo;      // Hub: owner/name, or a bare name that still lacks its owner
    std::string revision;  // Hub: main unless the spec says otherwise ("owner/name@refs/pr/3")
    std::string folder;    // Folder: absolute path

    bool has_owner() const;
    // The text that parse_remote_spec reads back to the same thing; pushes are recorded under it.
    std::string text() const;
};

// The branch in a text() of a Hub dataset; empty if it is the main one, or a folder.
std::string revision_in(std::string_view name);

// Folders are made absolute, as fs::absolute does it for what a user types. Error InvalidRepoId names the
// rule that is broken.
RemoteSpec parse_remote_spec(std::string_view text, const Environment& environment, fs::Disk& disk);

// The Hub's naming rules: at most one slash; names of 1 to 96 characters from [A-Za-z0-9_.-] that start and
// end with a letter, digit or underscore; no "--", no ".."; not ending in ".git". Throws InvalidRepoId.
void check_repo_id(std::string_view id);

}  // namespace opentraces::hub
