#include "fs/posix_files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "fs/system_error.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/core/ids.hpp"

namespace opentraces::fs {

namespace {

constexpr std::size_t k_write_buffer = std::size_t{1} << 18;

FileDescriptor open_file(const std::string& path, int flags, mode_t mode, std::string_view doing) {
    int number = -1;
    do {
        number = ::open(path.c_str(), flags | O_CLOEXEC, mode);
    } while (number < 0 && errno == EINTR);
    if (number < 0) throw_system_error(errno, doing, path);
    return FileDescriptor(number);
}

void sync_descriptor(const FileDescriptor& file, const std::string& path) {
    while (::fsync(file.get()) != 0) {
        if (errno != EINTR) throw_system_error(errno, "writing", path);
    }
}

class PosixReadFile final : public ReadFile {
public:
    explicit PosixReadFile(const std::string& path)
        : m_path(path), m_file(open_file(path, O_RDONLY, 0, "opening")) {
        struct stat about = {};
        // Opening a folder succeeds; reading it is what fails, with a reason nobody expects.
        if (::fstat(m_file.get(), &about) == 0 && S_ISDIR(about.st_mode)) {
            throw_system_error(EISDIR, "opening", path);
        }
    }

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

// A settings file may be a link into somebody's collection of settings: the link stays, its target changes.
std::string behind_links(const std::string& path) {
    struct stat about = {};
    if (::lstat(path.c_str(), &about) != 0 || !S_ISLNK(about.st_mode)) return path;
    char* const resolved = ::realpath(path.c_str(), nullptr);
    if (resolved == nullptr) return path;
    std::string target(resolved);
    std::free(resolved);
    return target;
}

std::string temporary_sibling(const std::string& path) {
    constexpr std::size_t k_longest_base = 200;  // names are limited to 255 bytes
    RandomIds ids;
    return join(parent(path), "." + file_name(path).substr(0, k_longest_base) + "." + ids.hex(16) + ".tmp");
}

class PosixNewFile final : public NewFile {
public:
    PosixNewFile(const std::string& path, unsigned mode)
        : m_path(behind_links(path)), m_temporary(temporary_sibling(m_path)) {
        m_file = open_file(m_temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600, "creating");
        // Not through open(): the umask would take bits away.
        if (::fchmod(m_file.get(), static_cast<mode_t>(mode)) != 0) {
            const int reason = errno;
            ::unlink(m_temporary.c_str());
            throw_system_error(reason, "setting the mode of", m_path);
        }
    }

    ~PosixNewFile() override {
        if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
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
        sync_descriptor(m_file, m_path);
        if (!m_file.close()) throw_system_error(errno, "writing", m_path);
        if (::rename(m_temporary.c_str(), m_path.c_str()) != 0) throw_system_error(errno, "writing", m_path);
        m_temporary.clear();
        sync_folder(parent(m_path));
    }

private:
    void flush() {
        write_through(m_buffer);
        m_buffer.clear();
    }

    void write_through(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t put = ::write(m_file.get(), bytes.data(), bytes.size());
            if (put < 0 && errno == EINTR) continue;
            if (put < 0) throw_system_error(errno, "writing", m_path);
            m_written += static_cast<std::uint64_t>(put);
            bytes.remove_prefix(static_cast<std::size_t>(put));
        }
    }

    void check_size() {
        struct stat about = {};
        if (::fstat(m_file.get(), &about) != 0) throw_system_error(errno, "writing", m_path);
        if (static_cast<std::uint64_t>(about.st_size) != m_written) {
            throw Error(ErrorCode::DiskFailed, "the file system kept " + std::to_string(about.st_size) +
                                                   " of " + std::to_string(m_written) +
                                                   " bytes while writing " + m_path);
        }
    }

    std::string m_path;
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

std::unique_ptr<ReadFile> open_for_reading(const std::string& path) {
    return std::make_unique<PosixReadFile>(path);
}

std::unique_ptr<NewFile> create_new_file(const std::string& path, unsigned mode) {
    return std::make_unique<PosixNewFile>(path, mode);
}

std::unique_ptr<Lock> lock_file(const std::string& path) {
    FileDescriptor file = open_file(path, O_RDWR | O_CREAT, 0600, "opening the lock");
    int answer = -1;
    do {
        answer = ::flock(file.get(), LOCK_EX | LOCK_NB);
    } while (answer != 0 && errno == EINTR);
    if (answer == 0) return std::make_unique<PosixLock>(std::move(file));
    if (errno == EWOULDBLOCK) throw Error(ErrorCode::Locked, "another process holds " + path);
    throw_system_error(errno, "locking", path);
}

void sync_folder(const std::string& folder) {
    const FileDescriptor file = open_file(folder, O_RDONLY | O_DIRECTORY, 0, "opening");
    while (::fsync(file.get()) != 0) {
        // Some file systems cannot sync a folder and say so with EINVAL; there is nothing more to do then.
        if (errno == EINVAL) return;
        if (errno != EINTR) throw_system_error(errno, "writing", folder);
    }
}

}  // namespace opentraces::fs
