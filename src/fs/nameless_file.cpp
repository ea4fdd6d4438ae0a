#include "fs/nameless_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "fs/system_error.hpp"
#include "opentraces/core/ids.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {
namespace {

constexpr std::size_t k_in_memory = std::size_t{1} << 20;

FileDescriptor open_nameless(const std::string& folder) {
    FileDescriptor file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (file.is_open()) return file;
    // File systems without O_TMPFILE: the name lives for the moment between two calls, and is empty then.
    RandomIds ids;
    const std::string path = join(folder, ".opentraces." + ids.hex(16) + ".tmp");
    file = FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.is_open()) throw_system_error(errno, "writing a temporary file in", folder);
    if (::unlink(path.c_str()) != 0) throw_system_error(errno, "writing a temporary file in", folder);
    return file;
}

}  // namespace

void NamelessFile::append(std::string_view bytes) {
    m_size += bytes.size();
    if (!m_file.is_open() && m_memory.size() + bytes.size() <= k_in_memory) {
        m_memory.append(bytes);
        return;
    }
    if (!m_file.is_open()) {
        m_file = open_nameless(m_storage);
        write_through(m_memory);
        m_memory = {};
    }
    write_through(bytes);
}

void NamelessFile::write_through(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t put = ::write(m_file.get(), bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) throw_system_error(errno, "writing a temporary file in", m_storage);
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
}

std::size_t NamelessFile::read(std::uint64_t at, char* buffer, std::size_t size) const {
    if (!m_file.is_open()) {
        if (at >= m_memory.size()) return 0;
        const std::size_t count = std::min<std::size_t>(size, m_memory.size() - at);
        std::copy_n(m_memory.data() + at, count, buffer);
        return count;
    }
    ssize_t got = -1;
    do {
        got = ::pread(m_file.get(), buffer, size, static_cast<off_t>(at));
    } while (got < 0 && errno == EINTR);
    if (got < 0) throw_system_error(errno, "reading a temporary file in", m_storage);
    return static_cast<std::size_t>(got);
}

}  // namespace opentraces::fs
