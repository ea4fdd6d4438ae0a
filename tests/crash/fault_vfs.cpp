#include "crash/fault_vfs.hpp"

#include <signal.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace opentraces::testing {

namespace {

struct Undo {
    sqlite3_int64 offset = 0;
    std::string bytes;
    sqlite3_int64 size = 0;  // of the file before
};

struct FaultFile {
    sqlite3_file base;
    sqlite3_file* real;
};

sqlite3_vfs* g_real = nullptr;
sqlite3_vfs g_vfs;
sqlite3_io_methods g_methods;
std::size_t g_changes = 0;
std::size_t g_fault_at = 0;
VfsFault g_fault = VfsFault::None;
std::map<sqlite3_file*, std::vector<Undo>> g_unsynced;

sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<FaultFile*>(file)->real;
}

[[noreturn]] void end_process() {
    ::kill(::getpid(), SIGKILL);
    ::_exit(1);
}

void lose_unsynced() {
    for (auto& [file, undos] : g_unsynced) {
        for (auto undo = undos.rbegin(); undo != undos.rend(); ++undo) {
            file->pMethods->xWrite(file, undo->bytes.data(), static_cast<int>(undo->bytes.size()),
                                   undo->offset);
            file->pMethods->xTruncate(file, undo->size);
        }
    }
}

void remember_undo(sqlite3_file* file, sqlite3_int64 offset, int length) {
    Undo undo;
    undo.offset = offset;
    file->pMethods->xFileSize(file, &undo.size);
    const sqlite3_int64 there =
        std::max<sqlite3_int64>(0, std::min<sqlite3_int64>(length, undo.size - offset));
    undo.bytes.resize(static_cast<std::size_t>(there));
    if (there > 0) file->pMethods->xRead(file, undo.bytes.data(), static_cast<int>(there), offset);
    g_unsynced[file].push_back(std::move(undo));
}

bool is_static(VfsFault fault) {
    return fault == VfsFault::Full || fault == VfsFault::Unwritable;
}

// True when this change fails for lack of space.
bool fault_here() {
    const bool due = g_changes++ == g_fault_at;
    if (g_fault == VfsFault::NoSpace) return g_changes > g_fault_at;
    if (is_static(g_fault)) return true;
    if (!due || g_fault == VfsFault::None || g_fault == VfsFault::KillTorn) return false;
    if (g_fault == VfsFault::KillUnsynced) lose_power();
    end_process();
}

int fault_close(sqlite3_file* file) {
    g_unsynced.erase(real(file));
    return real(file)->pMethods->xClose(real(file));
}

int fault_read(sqlite3_file* file, void* bytes, int length, sqlite3_int64 offset) {
    return real(file)->pMethods->xRead(real(file), bytes, length, offset);
}

int fault_write(sqlite3_file* file, const void* bytes, int length, sqlite3_int64 offset) {
    const bool torn = g_fault == VfsFault::KillTorn && g_changes == g_fault_at;
    if (fault_here()) return SQLITE_FULL;
    if (torn) {
        real(file)->pMethods->xWrite(real(file), bytes, length / 2, offset);
        end_process();
    }
    if (g_fault == VfsFault::KillUnsynced) remember_undo(real(file), offset, length);
    return real(file)->pMethods->xWrite(real(file), bytes, length, offset);
}

int fault_truncate(sqlite3_file* file, sqlite3_int64 size) {
    if (fault_here()) return SQLITE_FULL;
    return real(file)->pMethods->xTruncate(real(file), size);
}

int fault_sync(sqlite3_file* file, int) {
    fault_here();  // needs no space
    g_unsynced.erase(real(file));
    return SQLITE_OK;
}

int fault_file_size(sqlite3_file* file, sqlite3_int64* size) {
    return real(file)->pMethods->xFileSize(real(file), size);
}
int fault_lock(sqlite3_file* file, int level) {
    return real(file)->pMethods->xLock(real(file), level);
}
int fault_unlock(sqlite3_file* file, int level) {
    return real(file)->pMethods->xUnlock(real(file), level);
}
int fault_check_lock(sqlite3_file* file, int* held) {
    return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int fault_control(sqlite3_file* file, int operation, void* argument) {
    return real(file)->pMethods->xFileControl(real(file), operation, argument);
}
int fault_sector_size(sqlite3_file* file) {
    return real(file)->pMethods->xSectorSize(real(file));
}
int fault_characteristics(sqlite3_file*) {
    return 0;
}  // promise nothing: no atomic or ordered writes
int fault_shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
    if (g_fault == VfsFault::Full) return SQLITE_IOERR_SHMSIZE;
    if (g_fault == VfsFault::Unwritable) return SQLITE_READONLY_CANTINIT;
    return real(file)->pMethods->xShmMap(real(file), page, size, extend, memory);
}
int fault_shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void fault_shm_barrier(sqlite3_file* file) {
    real(file)->pMethods->xShmBarrier(real(file));
}
int fault_shm_unmap(sqlite3_file* file, int remove) {
    return real(file)->pMethods->xShmUnmap(real(file), remove);
}

int fault_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    auto* const fault_file = reinterpret_cast<FaultFile*>(file);
    fault_file->real = reinterpret_cast<sqlite3_file*>(fault_file + 1);
    fault_file->base.pMethods = nullptr;
    // As the real one does when the system refuses: what exists is opened for reading.
    if (g_fault == VfsFault::Unwritable && (flags & SQLITE_OPEN_READWRITE) != 0) {
        if (name == nullptr || ::access(name, F_OK) != 0) {
            fault_file->real->pMethods = nullptr;
            return SQLITE_CANTOPEN;
        }
        flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    }
    const int answer = g_real->xOpen(g_real, name, fault_file->real, flags, out_flags);
    if (fault_file->real->pMethods != nullptr) fault_file->base.pMethods = &g_methods;
    return answer;
}

int fault_delete(sqlite3_vfs*, const char* name, int) {
    fault_here();  // needs no space
    return g_real->xDelete(g_real, name, 0);
}

sqlite3_io_methods methods() {
    sqlite3_io_methods table = {};
    table.iVersion = 2;  // without memory maps, which would bypass xWrite
    table.xClose = fault_close;
    table.xRead = fault_read;
    table.xWrite = fault_write;
    table.xTruncate = fault_truncate;
    table.xSync = fault_sync;
    table.xFileSize = fault_file_size;
    table.xLock = fault_lock;
    table.xUnlock = fault_unlock;
    table.xCheckReservedLock = fault_check_lock;
    table.xFileControl = fault_control;
    table.xSectorSize = fault_sector_size;
    table.xDeviceCharacteristics = fault_characteristics;
    table.xShmMap = fault_shm_map;
    table.xShmLock = fault_shm_lock;
    table.xShmBarrier = fault_shm_barrier;
    table.xShmUnmap = fault_shm_unmap;
    return table;
}

}  // namespace

void install_fault_vfs() {
    if (g_real != nullptr) return;
    g_real = sqlite3_vfs_find(nullptr);
    g_methods = methods();
    g_vfs = *g_real;
    g_vfs.zName = "fault";
    g_vfs.pNext = nullptr;
    g_vfs.szOsFile = static_cast<int>(sizeof(FaultFile)) + g_real->szOsFile;
    g_vfs.xOpen = fault_open;
    g_vfs.xDelete = fault_delete;
    sqlite3_vfs_register(&g_vfs, 1);
}

bool vfs_fault_reached() {
    return g_changes > g_fault_at;
}

void set_vfs_fault(std::size_t at_change, VfsFault fault) {
    g_changes = 0;
    g_fault_at = at_change;
    g_fault = fault;
}

void lose_power() {
    lose_unsynced();
    end_process();
}

}  // namespace opentraces::testing
