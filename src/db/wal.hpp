// Which pages of a database its write-ahead log has newer than the file
// (https://www.sqlite.org/fileformat.html, "The Write-Ahead Log").
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "opentraces/fs/disk.hpp"

namespace opentraces::db {

struct WalPages {
    std::unordered_map<std::uint32_t, std::uint64_t> offsets;  // page number -> its place in the log
    std::uint32_t pages = 0;  // size of the database; 0: nothing is committed
    std::uint32_t page_size = 0;
    std::string header;  // another one: the log was begun anew
};

inline constexpr std::size_t k_wal_header = 32;

// Up to the last commit whose checksums hold, as SQLite itself does; what follows was never finished.
WalPages read_wal(fs::ReadFile& log);

// Fewer at the end.
std::size_t read_fully(fs::ReadFile& file, char* buffer, std::size_t size);
std::uint32_t big_endian(const char* bytes);

}  // namespace opentraces::db
