// Whether a session would be read as it was before, without reading it.
#pragma once

#include <string>

#include "opentraces/core/digest.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::capture {

// Over files by path, inode, size and time of change, in the order of adding.
class Fingerprint {
public:
    void add(const fs::FileInfo& file);
    // Nothing there is another fingerprint than an empty file.
    void add(const std::string& path, fs::Disk& disk);
    void add_text(std::string_view text);
    std::string finish() { return m_digest.finish_hex(); }

private:
    Sha256 m_digest;
};

}  // namespace opentraces::capture
