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

std::string fingerprint_of_files(std::initializer_list<std::string> paths, fs::Disk& disk) {
    Fingerprint fingerprint;
    for (const std::string& path : paths)
        fingerprint.add(path, disk);
    return fingerprint.finish();
}

}  // namespace opentraces::capture
