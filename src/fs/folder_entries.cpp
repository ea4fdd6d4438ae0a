#include "fs/folder_entries.hpp"

#include <cerrno>
#include <string_view>

namespace opentraces::fs {

FolderEntries::FolderEntries(FileDescriptor folder) {
    if (!folder.is_open()) return;
    m_folder.reset(::fdopendir(folder.get()));
    if (m_folder) folder.release();
}

int FolderEntries::number() const {
    return ::dirfd(m_folder.get());
}

std::optional<std::string> FolderEntries::next() {
    if (!m_folder) return std::nullopt;
    while (true) {
        errno = 0;
        const dirent* const entry = ::readdir(m_folder.get());
        if (entry == nullptr) {
            m_reason = errno;
            return std::nullopt;
        }
        const std::string_view name = entry->d_name;
        if (name != "." && name != "..") return std::string(name);
    }
}

}  // namespace opentraces::fs
