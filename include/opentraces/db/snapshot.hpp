// A database of somebody else, as it is now: read through the disk port with what its write-ahead log holds.
// Nothing is written or locked, and nothing of the file is trusted.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "opentraces/db/sqlite.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::db {

class Snapshot {
public:
    // Error CorruptSession: no SQLite database, damaged, or in the middle of a change that only its writer
    // can finish. Its log is not read through a link.
    Snapshot(const std::string& path, fs::Disk& disk);
    ~Snapshot();
    Snapshot(const Snapshot&) = delete;
    Snapshot& operator=(const Snapshot&) = delete;

    Database& database();
    // False if the files have been changed in a way that what was read may be of two states.
    bool is_still_true() const;

private:
    struct Image;
    std::unique_ptr<Image> m_image;
    std::unique_ptr<Database> m_database;
};

}  // namespace opentraces::db
