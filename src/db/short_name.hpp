// A short name for a file that lies deep: SQLite takes paths of at most 512 bytes. In a folder deeper than
// that it is the name below the opened folder, in /proc.
#pragma once

#include <string>

namespace opentraces::db {

// Open for as long as the name is used.
class ShortName {
public:
    // `path` is absolute. A path that SQLite takes stays as it is.
    explicit ShortName(const std::string& path);
    ~ShortName();
    ShortName(const ShortName&) = delete;
    ShortName& operator=(const ShortName&) = delete;

    const std::string& text() const { return m_text; }
    // The SQLite file system that takes the name as it is; nullptr for the usual one.
    const char* vfs() const { return m_folder < 0 ? nullptr : "opentraces-short"; }

private:
    std::string m_text;
    int m_folder = -1;
};

}  // namespace opentraces::db
