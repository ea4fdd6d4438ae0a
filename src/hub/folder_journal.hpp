// All-or-nothing changes of several files in a dataset folder.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "hub/folder_snapshot.hpp"
#include "hub/folder_writer.hpp"
#include "hub/journal_text.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/hub/remote.hpp"

namespace opentraces::hub {

// Undo journal: new files and copies of what they replace are staged first, then the journal is written, then
// the files are moved into place; removing the journal is the moment of commit. Whatever fails or stops
// before that is undone: at once where that works, else by the next commit of the same writer.
// The caller holds the folder's lock. `inside` is the disk beneath the folder, `outside` has the new files.
class FolderJournal {
public:
    FolderJournal(std::string folder, fs::Disk& inside, fs::Disk& outside, const FolderWriter& writer);
    // Undoes what this writer has left unfinished; drops staged files that no journal needs. Error
    // CorruptDataset, with nothing touched, for a journal of somebody else, one that cannot be read, and
    // files that are neither as before nor as after it.
    void recover();
    // False: the folder is not as in `before` any more, and nothing was done.
    bool commit(const CommitRequest& request, const FolderSnapshot& before,
                const std::function<void(const UploadProgress&)>& progress);

private:
    struct Move {
        std::string from;  // empty: remove the file
        std::string to;
    };

    bool stage(const CommitRequest& request, const FolderSnapshot& before,
               const std::function<void(const UploadProgress&)>& progress);
    bool stage_change(const FileChange& change, const RemoteFile* known,
                      const std::function<void(const UploadProgress&)>& progress);
    FileState stage_new(const FileChange& change, unsigned mode, const std::string& to,
                        const std::function<void(const UploadProgress&)>& progress);
    std::optional<FileState> keep(const RemoteFile& file, unsigned mode, const std::string& to);
    void apply();
    void check(const Journal& journal);
    void undo(const Journal& journal);
    bool take_back();
    void drop_staged();
    std::string at(const std::string& path) const { return fs::join(m_folder, path); }
    std::string staged(const std::string& name) const { return fs::join(staging_folder(m_folder), name); }

    std::string m_folder;
    fs::Disk& m_disk;
    fs::Disk& m_outside;
    const FolderWriter& m_writer;
    Journal m_journal;
    std::size_t m_staged = 0;  // the next name in the staging folder
    std::vector<Move> m_moves;
};

// The text of the journal that is in the folder; nullopt if there is none, "" if it cannot be had.
std::optional<std::string> journal_in(const std::string& folder, fs::Disk& inside);

}  // namespace opentraces::hub
