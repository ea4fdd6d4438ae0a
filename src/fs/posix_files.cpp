#include "fs/posix_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "fs/system_error.hpp"
#include "fs/temporaries.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::fs {

namespace {

constexpr std::size_t k_write_buffer = std::size_t{1} << 18;

// O_NONBLOCK: opening a FIFO would otherwise wait for its other end. It means nothing to regular files.
FileDescriptor open_regular(const Place& place, int flags, mode_t mode, std::string_view doing) {
    FileDescriptor file = open_at(place.at(), place.name, flags | place.open_flags() | O_NONBLOCK, mode);
    struct stat about = {};
    if (!file.is_open()) {
        const int reason = errno;
        const bool found = ::fstatat(place.at(), place.name.c_str(), &about, place.stat_flags()) == 0;
        // ELOOP for a link that is not followed, ENXIO for a socket, EISDIR for writing.
        if (found) need_regular_file(about.st_mode, doing, place.path);
        throw_system_error(reason, doing, place.path);
    }
    if (::fstat(file.get(), &about) != 0) throw_system_error(errno, doing, place.path);
    need_regular_file(about.st_mode, doing, place.path);
    return file;
}

FileDescriptor open_own_descriptor(const Place& place) {
    FileDescriptor file = open_at(place.at(), place.name, O_RDONLY);
    if (!file.is_open()) throw_system_error(errno, "opening", place.path);
    struct stat about = {};
    if (::fstat(file.get(), &about) == 0 && S_ISDIR(about.st_mode))
        throw_system_error(EISDIR, "opening", place.path);
    return file;
}

class PosixReadFile final : public ReadFile {
public:
    PosixReadFile(std::string path, FileDescriptor file) : m_path(std::move(path)), m_file(std::move(file)) {}

    std::size_t read(char* buffer, std::size_t size) override {
        ssize_t got = -1;
        do {
            got = ::read(m_file.get(), buffer, size);
        } while (got < 0 && errno == EINTR);
        if (got < 0) throw_system_error(errno, "reading", m_path);
        return static_cast<std::size_t>(got);
    }

    void seek(std::uint64_t offset) override {
        if (::lseek(m_file.get(), static_cast<off_t>(offset), SEEK_SET) < 0) {
            throw_system_error(errno, "seeking in", m_path);
        }
    }

private:
    std::string m_path;
    FileDescriptor m_file;
};

void sync_file(const FileDescriptor& file, const std::string& path) {
    while (::fsync(file.get()) != 0) {
        if (errno != EINTR) throw_system_error(errno, "writing", path);
    }
}

class PosixNewFile final : public NewFile {
public:
    PosixNewFile(Place place, unsigned mode, std::shared_ptr<FolderSyncs> syncs)
        : m_place(std::move(place)), m_syncs(std::move(syncs)), m_temporary(temporary_name(m_place.name)) {
        // A link here was put there just now: it is never followed.
        m_place.follows_links = false;
        const std::optional<struct stat> replaced = target();
        const unsigned owner = mode & 0700;
        const unsigned wanted = replaced ? (mode & replaced->st_mode) | owner : mode;
        m_file = open_at(m_place.at(), m_temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, wanted);
        if (!m_file.is_open()) throw_system_error(errno, "creating", m_place.path);
        // The umask is the system's way to say what a new file lets others do; what another user could do
        // with the old file stays, and the owner's part is not the umask's business.
        struct stat about = {};
        if (::fstat(m_file.get(), &about) != 0) fail_to_create(errno);
        const unsigned exact = replaced ? wanted : (about.st_mode & 07777) | owner;
        if ((about.st_mode & 07777) != exact && ::fchmod(m_file.get(), exact) != 0) fail_to_create(errno);
    }

    ~PosixNewFile() override {
        if (!m_temporary.empty()) ::unlinkat(m_place.at(), m_temporary.c_str(), 0);
    }

    void write(std::string_view bytes) override {
        if (m_buffer.size() + bytes.size() <= k_write_buffer) {
            m_buffer.append(bytes);
            return;
        }
        flush();
        if (bytes.size() > k_write_buffer) {
            write_through(bytes);
        } else {
            m_buffer.assign(bytes);
        }
    }

    void commit() override {
        flush();
        check_size();
        // Bytes first, then the name, then the folder that holds the name: after a power cut in between, the
        // final name still means the old file or nothing.
        sync_file(m_file, m_place.path);
        if (!m_file.close()) throw_system_error(errno, "writing", m_place.path);
        target();
        if (::renameat(m_place.at(), m_temporary.c_str(), m_place.at(), m_place.name.c_str()) != 0)
            throw_system_error(errno, "writing", m_place.path);
        m_temporary.clear();
        m_syncs->sync(m_place.folder, m_place.path);
    }

private:
    // What is to be replaced: a regular file or nothing.
    std::optional<struct stat> target() const {
        const std::optional<struct stat> found = look_at(m_place, "creating");
        if (found) need_regular_file(found->st_mode, "creating", m_place.path);
        return found;
    }

    [[noreturn]] void fail_to_create(int reason) {
        ::unlinkat(m_place.at(), m_temporary.c_str(), 0);
        throw_system_error(reason, "setting the mode of", m_place.path);
    }

    void flush() {
        write_through(m_buffer);
        m_buffer.clear();
    }

    void write_through(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t put = ::write(m_file.get(), bytes.data(), bytes.size());
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) throw_system_error(errno, "writing", m_place.path);
            m_written += static_cast<std::uint64_t>(put);
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
    }

    void check_size() {
        struct stat about = {};
        if (::fstat(m_file.get(), &about) != 0) throw_system_error(errno, "writing", m_place.path);
        if (static_cast<std::uint64_t>(about.st_size) != m_written) {
            throw Error(ErrorCode::DiskFailed, "the file system kept " + std::to_string(about.st_size) +
                                                   " of " + std::to_string(m_written) +
                                                   " bytes while writing " + m_place.path);
        }
    }

    Place m_place;
    std::shared_ptr<FolderSyncs> m_syncs;
    std::string m_temporary;
    FileDescriptor m_file;
    std::string m_buffer;
    std::uint64_t m_written = 0;
};

class PosixLock final : public Lock {
public:
    explicit PosixLock(FileDescriptor file) : m_file(std::move(file)) {}

private:
    FileDescriptor m_file;
};

}  // namespace

std::unique_ptr<ReadFile> open_for_reading(const Place& place) {
    const bool own = place.follows_links && names_own_descriptor(place.path);
    return std::make_unique<PosixReadFile>(
        place.path, own ? open_own_descriptor(place) : open_regular(place, O_RDONLY, 0, "opening"));
}

std::unique_ptr<NewFile> create_new_file(Place place, unsigned mode, std::shared_ptr<FolderSyncs> syncs) {
    return std::make_unique<PosixNewFile>(std::move(place), mode, std::move(syncs));
}

std::unique_ptr<Lock> lock_file(const Place& place) {
    FileDescriptor file = open_regular(place, O_RDWR | O_CREAT, 0600, "opening the lock");
    int answer = -1;
    do {
        answer = ::flock(file.get(), LOCK_EX | LOCK_NB);
    } while (answer != 0 && errno == EINTR);
    if (answer == 0) return std::make_unique<PosixLock>(std::move(file));
    if (errno == EWOULDBLOCK) throw Error(ErrorCode::Locked, "another process holds " + place.path);
    throw_system_error(errno, "locking", place.path);
}

}  // namespace opentraces::fs
