#include "capture/fingerprint.hpp"

#include <fmt/format.h>

namespace opentraces::capture {

void Fingerprint::add_text(std::string_view text) {
    m_digest.update(fmt::format("{}:", text.size()));
    m_digest.update(text);
}

void Fingerprint::add(const fs::FileInfo& file) {
    add_text(file.path);
    add_text(
        fmt::format("{} {} {} {}", static_cast<int>(file.kind), file.inode, file.size, file.modified_ns));
}

void Fingerprint::add(const std::string& path, fs::Disk& disk) {
    if (const auto info = disk.info(path)) {
        add(*info);
    } else {
        add_text("nothing");
    }
}

}  // namespace opentraces::capture
