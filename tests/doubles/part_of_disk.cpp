#include "doubles/part_of_disk.hpp"

#include <utility>

#include "opentraces/core/error.hpp"

namespace opentraces::testing {

PartOfDisk::PartOfDisk(fs::Disk& whole, std::string root) : m_whole(whole), m_root(std::move(root)) {}

const std::string& PartOfDisk::inside(const std::string& path) const {
    const bool below = path == m_root || path.starts_with(m_root + "/");
    if (below && (path + "/").find("/../") == std::string::npos) return path;
    throw Error(ErrorCode::UnsafePath, path + " is not in " + m_root);
}

std::unique_ptr<fs::Disk> PartOfDisk::beneath(const std::string& root) {
    return m_whole.beneath(inside(root));
}
std::optional<fs::FileInfo> PartOfDisk::info(const std::string& path) {
    return m_whole.info(inside(path));
}
std::optional<std::string> PartOfDisk::link_target(const std::string& path) {
    return m_whole.link_target(inside(path));
}
std::unique_ptr<fs::ReadFile> PartOfDisk::open(const std::string& path) {
    return m_whole.open(inside(path));
}
std::unique_ptr<fs::NewFile> PartOfDisk::create(const std::string& path, unsigned mode) {
    return m_whole.create(inside(path), mode);
}
std::vector<fs::FileInfo> PartOfDisk::list(const std::string& path) {
    return m_whole.list(inside(path));
}
void PartOfDisk::make_directories(const std::string& path, unsigned mode) {
    m_whole.make_directories(inside(path), mode);
}
void PartOfDisk::rename(const std::string& from, const std::string& to) {
    m_whole.rename(inside(from), inside(to));
}
bool PartOfDisk::remove(const std::string& path) {
    return m_whole.remove(inside(path));
}
std::vector<std::string> PartOfDisk::remove_matching(
    const std::string& folder, const std::function<bool(std::string_view name)>& is_ours) {
    return m_whole.remove_matching(inside(folder), is_ours);
}
void PartOfDisk::set_mode(const std::string& path, unsigned mode) {
    m_whole.set_mode(inside(path), mode);
}
std::unique_ptr<fs::Lock> PartOfDisk::lock(const std::string& path) {
    return m_whole.lock(inside(path));
}
std::unique_ptr<fs::DeferredSync> PartOfDisk::defer_folder_syncs() {
    return m_whole.defer_folder_syncs();
}
std::uint32_t PartOfDisk::user() {
    return m_whole.user();
}

}  // namespace opentraces::testing
