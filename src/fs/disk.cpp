#include "opentraces/fs/disk.hpp"

#include <algorithm>

#include "opentraces/core/error.hpp"

namespace opentraces::fs {

std::string Disk::read_all(const std::string& path, std::size_t max_size) {
    constexpr std::size_t k_piece = std::size_t{1} << 16;
    const std::unique_ptr<ReadFile> file = open(path);
    const std::optional<FileInfo> about = info(path);
    std::string bytes;
    std::size_t filled = 0;
    // The size is a hint only: the file may grow, and pseudo files report 0.
    bytes.resize(std::min<std::uint64_t>(about ? about->size + 1 : k_piece, std::uint64_t{max_size} + 1));
    while (true) {
        if (filled == bytes.size()) bytes.resize(std::min(filled + std::max(filled, k_piece), max_size + 1));
        const std::size_t got = file->read(bytes.data() + filled, bytes.size() - filled);
        filled += got;
        if (filled > max_size) {
            throw Error(ErrorCode::DiskFailed,
                        path + " is larger than " + std::to_string(max_size) + " bytes");
        }
        if (got == 0) break;
    }
    bytes.resize(filled);
    return bytes;
}

std::vector<std::string> Disk::names(const std::string& path) {
    std::vector<std::string> all;
    for (const FileInfo& entry : list(path))
        all.push_back(file_name(entry.path));
    return all;
}

void Disk::replace(const std::string& path, std::string_view bytes, unsigned mode) {
    const std::unique_ptr<NewFile> file = create(path, mode);
    file->write(bytes);
    file->commit();
}

}  // namespace opentraces::fs
