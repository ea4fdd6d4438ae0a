#include "db/short_name.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstring>

#include "opentraces/fs/disk.hpp"

namespace opentraces::db {

namespace {

// With room for the endings of SQLite's other files.
constexpr std::size_t k_longest = 480;

// SQLite would follow the links of /proc back to the long path.
int keep_name(sqlite3_vfs*, const char* name, int size, char* out) {
    if (std::strlen(name) >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
    std::strcpy(out, name);
    return SQLITE_OK;
}

void register_vfs(const char* name) {
    if (sqlite3_vfs_find(name) != nullptr) return;
    static sqlite3_vfs vfs = *sqlite3_vfs_find(nullptr);
    vfs.pNext = nullptr;
    vfs.zName = name;
    vfs.xFullPathname = keep_name;
    sqlite3_vfs_register(&vfs, 0);
}

}  // namespace

ShortName::ShortName(const std::string& path) : m_text(path) {
    if (path.size() < k_longest) return;
    m_folder = ::open(fs::parent(path).c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (m_folder < 0) return;
    m_text = "/proc/self/fd/" + std::to_string(m_folder) + "/" + fs::file_name(path);
    register_vfs(vfs());
}

ShortName::~ShortName() {
    if (m_folder >= 0) ::close(m_folder);
}

}  // namespace opentraces::db
