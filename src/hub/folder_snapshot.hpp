// What a dataset folder holds at one moment.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/folder_memory.hpp"
#include "opentraces/core/clock.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/hub/remote.hpp"

namespace opentraces::hub {

// What was done about the journal of a commit that has not ended.
enum class Unfinished {
    No,        // there is none
    LeftOut,   // the files are those from before it
    Unusable,  // the files are as they are: it cannot be read, or does not fit them
};

// Files by path; folders are not listed.
struct FolderSnapshot {
    std::map<std::string, RemoteFile> files;
    // Files whose bytes are somewhere else: copies that an unfinished commit keeps of what it has replaced.
    std::map<std::string, std::string> kept;
    std::vector<std::string> left_out;  // links and special files that no command reads
    Unfinished unfinished = Unfinished::No;
    std::string head;  // SHA-256 over paths, sizes and digests
};

// Changes nothing in the folder, and takes no lock.
class FolderReader {
public:
    FolderReader(std::string folder, Clock& clock, FolderMemory& memory);
    // `inside` is the disk beneath the folder. Looks again while files are moved; after five seconds of that
    // it is Error CommitConflict. Error UnsafePath for links and special files in the place of what is read.
    FolderSnapshot take(fs::Disk& inside);

private:
    using Infos = std::map<std::string, fs::FileInfo>;

    // What one walk through the folder has found, by path in the dataset.
    struct Seen {
        Infos files;
        Infos folders;                      // as they were before their entries were listed
        std::vector<std::string> left_out;  // links and special files that no command reads
    };

    std::optional<FolderSnapshot> try_take(fs::Disk& inside);
    Seen look(fs::Disk& inside);
    void visit(fs::Disk& inside, const fs::FileInfo& folder, const std::string& relative, int depth,
               Seen& seen);
    // Was nothing changed since `since`, when the walk began?
    bool is_still(fs::Disk& inside, const Seen& seen, const std::vector<std::string>& read,
                  std::int64_t since_ns);
    // Appends to `read` when it had to read the file.
    RemoteFile describe(fs::Disk& inside, const fs::FileInfo& info, const std::string& relative,
                        std::vector<std::string>& read);
    std::int64_t now_ns();

    std::string m_folder;
    Clock& m_clock;
    FolderMemory& m_memory;
};

// Files under data/ are the dataset's large files, whatever their size: their digest is SHA-256.
bool is_large_in_folder(std::string_view path);

}  // namespace opentraces::hub
