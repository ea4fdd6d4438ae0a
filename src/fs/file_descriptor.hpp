// An open file of the system, closed once.
#pragma once

#include <unistd.h>

#include <utility>

namespace opentraces::fs {

class FileDescriptor {
public:
    FileDescriptor() = default;
    explicit FileDescriptor(int number) : m_number(number) {}
    FileDescriptor(FileDescriptor&& other) noexcept : m_number(std::exchange(other.m_number, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        if (this != &other) {
            close();
            m_number = std::exchange(other.m_number, -1);
        }
        return *this;
    }
    ~FileDescriptor() { close(); }

    int get() const { return m_number; }
    bool is_open() const { return m_number >= 0; }
    // Now somebody else's to close.
    int release() { return std::exchange(m_number, -1); }
    // False when the system reports that earlier writes failed; the descriptor is gone either way.
    bool close() { return !is_open() || ::close(std::exchange(m_number, -1)) == 0; }

private:
    int m_number = -1;
};

}  // namespace opentraces::fs
