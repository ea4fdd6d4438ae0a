// Names and files of a dataset folder's bookkeeping, `.opentraces-dataset`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/git_blob.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::hub {

struct FileState {
    std::uint64_t size = 0;
    std::string sha256;
    bool operator==(const FileState&) const = default;
};

// What a listing says of a file's bytes: SHA-256 of a large file, else the id that git gives to it.
class ListedDigest {
public:
    ListedDigest(bool large, std::uint64_t size);
    void update(std::string_view bytes);
    // Finishes; the object must not be used afterwards.
    std::string finish_hex();

private:
    Sha256 m_sha256;
    std::optional<GitBlobId> m_git_blob;
};

// The whole file, piece by piece.
void stream(fs::Disk& disk, const std::string& path, const std::function<void(std::string_view)>& sink);
FileState state_of(fs::Disk& disk, const std::string& path);
FileState state_of(std::string_view bytes);

std::string state_folder(const std::string& folder);
// For folders that are made in a dataset's: whoever may write there may write in them, less the umask. In a
// sticky folder everybody has files of their own, so nobody else may.
unsigned mode_of_folders(fs::Disk& inside, const std::string& folder);
std::string journal_path(const std::string& folder);
std::string staging_folder(const std::string& folder);
// Files in the staging folder are numbered: "0", "1", …
bool is_staged_name(std::string_view name);

}  // namespace opentraces::hub
