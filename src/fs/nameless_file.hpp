// Bytes in memory while they are few, then in a file without a name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fs/file_descriptor.hpp"

namespace opentraces::fs {

class NamelessFile {
public:
    // `storage` is the folder whose file system takes what is too large for memory.
    explicit NamelessFile(std::string storage) : m_storage(std::move(storage)) {}
    void append(std::string_view bytes);
    // Bytes read, 0 at the end.
    std::size_t read(std::uint64_t at, char* buffer, std::size_t size) const;
    std::uint64_t size() const { return m_size; }

private:
    void write_through(std::string_view bytes);

    std::string m_storage;
    std::string m_memory;
    FileDescriptor m_file;
    std::uint64_t m_size = 0;
};

}  // namespace opentraces::fs
