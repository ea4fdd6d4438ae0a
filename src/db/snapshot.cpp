#include "opentraces/db/snapshot.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <optional>

#include "db/wal.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::db {
namespace {

constexpr std::string_view k_magic("SQLite format 3\0", 16);
constexpr std::string_view k_journal_magic("\xd9\xd5\x05\xf9\x20\xa1\x63\xd7", 8);
constexpr std::size_t k_header = 100;
// Bytes 18 and 19: 2 says that there is a log. What is shown has none any more.
constexpr std::uint64_t k_write_version = 18;
constexpr std::uint64_t k_read_version = 19;
// No text of a row is longer.
constexpr int k_longest_value = 64 << 20;

[[noreturn]] void throw_unreadable(const std::string& path, const std::string& reason) {
    throw Error(ErrorCode::CorruptSession, "cannot read " + path + ": " + reason);
}

std::string head_of(const std::string& path, std::size_t size, fs::Disk& disk) {
    std::string head(size, '\0');
    head.resize(read_fully(*disk.open(path), head.data(), size));
    return head;
}

// Of a file that lies beside the database: nullopt if there is none, or an empty one.
std::optional<fs::FileInfo> beside(const std::string& path, fs::Disk& folder) {
    const auto info = folder.info(path);
    if (!info) return std::nullopt;
    if (info->kind != fs::FileKind::File) throw_unreadable(path, "it is a link or no regular file");
    if (info->size == 0) return std::nullopt;
    return info;
}

}  // namespace

struct Snapshot::Image {
    Image(const std::string& of, fs::Disk& on) : path(of), disk(on), folder(on.beneath(fs::parent(of))) {
        const auto info = disk.info(path);
        if (!info || info->is_directory()) throw_unreadable(path, "it is no file");
        before = *info;
        if (const std::string journal = path + "-journal"; beside(journal, *folder)) {
            if (head_of(journal, k_journal_magic.size(), *folder) == k_journal_magic)
                throw_unreadable(path, "a program is changing it, or was stopped while it did");
        }
        file = disk.open(path);
        read_header();
        if (beside(path + "-wal", *folder)) {
            log = folder->open(path + "-wal");
            wal = read_wal(*log);
            if (wal.pages > 0 && wal.page_size != page_size)
                throw_unreadable(path, "its write-ahead log is of another database");
        }
        // SQLite would take the rest of the last page for zeros, and rows in it for empty ones.
        if (wal.pages == 0 && before.size % page_size != 0) throw_unreadable(path, "it is cut off");
    }

    void read_header() {
        std::string header(k_header, '\0');
        if (read_fully(*file, header.data(), header.size()) < header.size() || !header.starts_with(k_magic))
            throw_unreadable(path, "it is no SQLite database");
        page_size = big_endian(header.data() + 14) & 0xffff;
        if (page_size == 1) page_size = 65536;
        if (page_size < 512 || !std::has_single_bit(page_size))
            throw_unreadable(path, "its pages have a size that no database has");
    }

    std::uint64_t size() const { return wal.pages > 0 ? std::uint64_t{wal.pages} * page_size : before.size; }

    // False beyond the end; the rest is zeros.
    bool read(char* buffer, std::size_t size, std::uint64_t offset) {
        std::memset(buffer, 0, size);
        bool whole = true;
        for (std::size_t done = 0; done < size;) {
            const std::uint64_t at = offset + done;
            const std::uint64_t inside = at % page_size;
            const std::size_t count = std::min<std::size_t>(size - done, page_size - inside);
            whole &= read_piece(buffer + done, count, at, inside);
            done += count;
        }
        for (const std::uint64_t at : {k_write_version, k_read_version}) {
            if (offset <= at && at < offset + size) buffer[at - offset] = 1;
        }
        return whole;
    }

    bool read_piece(char* buffer, std::size_t size, std::uint64_t at, std::uint64_t inside) {
        const std::uint64_t page = at / page_size + 1;
        const auto newer =
            page <= UINT32_MAX ? wal.offsets.find(static_cast<std::uint32_t>(page)) : wal.offsets.end();
        fs::ReadFile& from = newer != wal.offsets.end() ? *log : *file;
        from.seek(newer != wal.offsets.end() ? newer->second + inside : at);
        return read_fully(from, buffer, size) == size;
    }

    std::string path;
    fs::Disk& disk;
    std::unique_ptr<fs::Disk> folder;
    fs::FileInfo before;
    std::unique_ptr<fs::ReadFile> file;
    std::unique_ptr<fs::ReadFile> log;
    WalPages wal;
    std::uint32_t page_size = 0;

    // SQLite's view of it; see below.
    std::string vfs_name;
    sqlite3_vfs vfs{};
};

namespace {

// What SQLite opens: an image that is read and never written.
template <class Image>
struct OpenFile {
    sqlite3_file base;
    Image* image;
};

template <class Image>
Image& image_of(sqlite3_file* file) {
    return *reinterpret_cast<OpenFile<Image>*>(file)->image;
}

template <class Image>
int read_image(sqlite3_file* file, void* buffer, int size, sqlite3_int64 offset) {
    try {
        const bool whole = image_of<Image>(file).read(
            static_cast<char*>(buffer), static_cast<std::size_t>(size), static_cast<std::uint64_t>(offset));
        return whole ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
    } catch (const std::exception&) {
        return SQLITE_IOERR_READ;
    }
}

template <class Image>
int size_of_image(sqlite3_file* file, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(image_of<Image>(file).size());
    return SQLITE_OK;
}

int succeed(sqlite3_file*) {
    return SQLITE_OK;
}
int refuse_write(sqlite3_file*, const void*, int, sqlite3_int64) {
    return SQLITE_READONLY;
}
int refuse_truncate(sqlite3_file*, sqlite3_int64) {
    return SQLITE_READONLY;
}
int ignore_level(sqlite3_file*, int) {
    return SQLITE_OK;
}
int nobody_writes(sqlite3_file*, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
}
int no_control(sqlite3_file*, int, void*) {
    return SQLITE_NOTFOUND;
}
int no_trait(sqlite3_file*) {
    return 0;
}

template <class Image>
int open_image(sqlite3_vfs* vfs, const char*, sqlite3_file* file, int flags, int* out_flags) {
    static const sqlite3_io_methods methods = [] {
        sqlite3_io_methods all{};
        all.iVersion = 1;
        all.xClose = succeed;
        all.xRead = read_image<Image>;
        all.xWrite = refuse_write;
        all.xTruncate = refuse_truncate;
        all.xSync = ignore_level;
        all.xFileSize = size_of_image<Image>;
        all.xLock = ignore_level;
        all.xUnlock = ignore_level;
        all.xCheckReservedLock = nobody_writes;
        all.xFileControl = no_control;
        all.xSectorSize = no_trait;
        all.xDeviceCharacteristics = no_trait;
        return all;
    }();
    file->pMethods = nullptr;
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return SQLITE_CANTOPEN;
    auto* const opened = reinterpret_cast<OpenFile<Image>*>(file);
    opened->base.pMethods = &methods;
    opened->image = static_cast<Image*>(vfs->pAppData);
    if (out_flags != nullptr) *out_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
    return SQLITE_OK;
}

// Journals and logs are not there, whatever lies beside the file.
int is_absent(sqlite3_vfs*, const char*, int, int* answer) {
    *answer = 0;
    return SQLITE_OK;
}
int refuse_delete(sqlite3_vfs*, const char*, int) {
    return SQLITE_IOERR_DELETE;
}
int keep_name(sqlite3_vfs*, const char* name, int size, char* out) {
    if (std::strlen(name) >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
    std::strcpy(out, name);
    return SQLITE_OK;
}

template <class Image>
void register_vfs(Image& image) {
    static std::atomic<std::uint64_t> count = 0;
    image.vfs_name = "opentraces-snapshot-" + std::to_string(++count);
    // Random numbers, sleep and time as usual.
    image.vfs = *sqlite3_vfs_find(nullptr);
    image.vfs.iVersion = 1;
    image.vfs.szOsFile = sizeof(OpenFile<Image>);
    image.vfs.pNext = nullptr;
    image.vfs.zName = image.vfs_name.c_str();
    image.vfs.pAppData = &image;
    image.vfs.xOpen = open_image<Image>;
    image.vfs.xDelete = refuse_delete;
    image.vfs.xAccess = is_absent;
    image.vfs.xFullPathname = keep_name;
    sqlite3_vfs_register(&image.vfs, 0);
}

}  // namespace

Snapshot::Snapshot(const std::string& path, fs::Disk& disk) : m_image(std::make_unique<Image>(path, disk)) {
    register_vfs(*m_image);
    try {
        m_database = std::make_unique<Database>(path, m_image->vfs_name.c_str(), throw_unreadable);
        m_database->limit_values(k_longest_value);
        m_database->execute("PRAGMA temp_store = MEMORY");
    } catch (...) {
        sqlite3_vfs_unregister(&m_image->vfs);
        throw;
    }
}

Snapshot::~Snapshot() {
    m_database.reset();
    sqlite3_vfs_unregister(&m_image->vfs);
}

Database& Snapshot::database() {
    return *m_database;
}

bool Snapshot::is_still_true() const {
    const auto now = m_image->disk.info(m_image->path);
    if (!now || now->inode != m_image->before.inode || now->size != m_image->before.size ||
        now->modified_ns != m_image->before.modified_ns)
        return false;
    if (m_image->wal.pages == 0) return true;
    const auto log = m_image->folder->info(m_image->path + "-wal");
    return log && log->size > 0 &&
           head_of(m_image->path + "-wal", k_wal_header, *m_image->folder) == m_image->wal.header;
}

}  // namespace opentraces::db
