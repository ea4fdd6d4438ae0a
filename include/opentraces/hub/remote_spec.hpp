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
    std::string repo;      // Hub: owner/name
    std::string revision;  // Hub: main unless the spec says otherwise ("owner/name@refs/pr/3")
    std::string folder;    // Folder: absolute path

    // The text that parse_remote_spec reads back to the same thing; pushes are recorded under it.
    std::string text() const;
};

// The branch in a text() of a Hub dataset; empty if it is the main one, or a folder.
std::string revision_in(std::string_view name);

// Whether `text` is a folder by its form: ".", "..", "~", or beginning with ./ ../ / ~/ or file:
bool names_a_folder(std::string_view text);

// Folders are made absolute, as fs::absolute does it for what a user types. Error InvalidRepoId names the
// rule that is broken; a name without an owner is none.
RemoteSpec parse_remote_spec(std::string_view text, const Environment& environment, fs::Disk& disk);

// The Hub's naming rules: owner/name, each of 1 to 96 characters from [A-Za-z0-9_.-] that start and end with
// a letter, digit or underscore; no "--", no ".."; not ending in ".git". Throws InvalidRepoId, for a name
// without an owner with all that it could have meant as the hint.
void check_repo_id(std::string_view id);
// The same for one part: the name of a user or an organisation.
void check_owner(std::string_view name);

}  // namespace opentraces::hub
