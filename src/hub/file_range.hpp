// Bytes of a file on disk as a request body.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/fs/disk.hpp"
#include "opentraces/net/transport.hpp"

namespace opentraces::hub {

class FileRange final : public net::BodySource {
public:
    FileRange(fs::Disk& disk, std::string path, std::uint64_t begin, std::uint64_t size)
        : m_disk(disk), m_path(std::move(path)), m_begin(begin), m_size(size) {}

    std::uint64_t size() const override { return m_size; }

    void rewind() override {
        m_file = m_disk.open(m_path);
        m_file->seek(m_begin);
        m_left = m_size;
    }

    std::size_t read(char* buffer, std::size_t size) override {
        if (m_left == 0) return 0;
        if (!m_file) rewind();
        const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, m_left));
        const std::size_t got = m_file->read(buffer, wanted);
        if (got == 0) throw Error(ErrorCode::DiskFailed, m_path + " became shorter while it was being sent");
        m_left -= got;
        return got;
    }

private:
    fs::Disk& m_disk;
    std::string m_path;
    std::uint64_t m_begin;
    std::uint64_t m_size;
    std::unique_ptr<fs::ReadFile> m_file;
    std::uint64_t m_left = 0;
};

}  // namespace opentraces::hub
