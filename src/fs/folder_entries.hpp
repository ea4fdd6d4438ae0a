// The names in an open folder, in the order of the system.
#pragma once

#include <dirent.h>

#include <memory>
#include <optional>
#include <string>

#include "fs/file_descriptor.hpp"

namespace opentraces::fs {

class FolderEntries {
public:
    explicit FolderEntries(FileDescriptor folder);

    // False: it is not open, or is no folder; errno says why.
    bool is_open() const { return m_folder != nullptr; }
    int number() const;
    // Without "." and ".."; nullopt at the end, or after an error, for which reason() is not 0.
    std::optional<std::string> next();
    int reason() const { return m_reason; }

private:
    struct Close {
        void operator()(DIR* folder) const { ::closedir(folder); }
    };
    std::unique_ptr<DIR, Close> m_folder;
    int m_reason = 0;
};

}  // namespace opentraces::fs
