// All-or-nothing changes of several files in a dataset folder.
#pragma once

#include <string>
#include <vector>

#include "opentraces/fs/disk.hpp"
#include "opentraces/hub/remote.hpp"

namespace opentraces::hub {

// Redo journal: the new files are staged first, writing the journal is the moment of commit, applying it can
// be repeated. The caller holds the folder's lock.
class FolderJournal {
public:
    FolderJournal(std::string folder, fs::Disk& disk);
    // Applies a journal that was left behind; drops staged files that have none. Error CorruptDataset when
    // the journal cannot be read.
    void recover();
    void commit(const CommitRequest& request, const std::function<void(const UploadProgress&)>& progress);

private:
    struct Step {
        std::string path;
        std::string staged;  // empty: remove the file
    };

    std::string stage(const FileChange& change, std::size_t number,
                      const std::function<void(const UploadProgress&)>& progress);
    void write_journal(const CommitRequest& request, const std::vector<Step>& steps);
    std::vector<Step> read_journal();
    void apply(const std::vector<Step>& steps);

    std::string m_folder;
    std::string m_state;
    fs::Disk& m_disk;
};

}  // namespace opentraces::hub
