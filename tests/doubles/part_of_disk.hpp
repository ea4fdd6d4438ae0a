// What is beneath a folder of a disk that has no links.
#pragma once

#include <string>
#include <utility>

#include "opentraces/core/error.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::testing {

class PartOfDisk : public fs::Disk {
public:
    PartOfDisk(fs::Disk& whole, std::string root) : m_whole(whole), m_root(std::move(root)) {}

    std::unique_ptr<fs::Disk> beneath(const std::string& root) override {
        return m_whole.beneath(inside(root));
    }
    std::optional<fs::FileInfo> info(const std::string& path) override { return m_whole.info(inside(path)); }
    std::optional<std::string> link_target(const std::string& path) override {
        return m_whole.link_target(inside(path));
    }
    std::unique_ptr<fs::ReadFile> open(const std::string& path) override {
        return m_whole.open(inside(path));
    }
    std::unique_ptr<fs::NewFile> create(const std::string& path, unsigned mode) override {
        return m_whole.create(inside(path), mode);
    }
    std::vector<fs::FileInfo> list(const std::string& path) override { return m_whole.list(inside(path)); }
    void make_directories(const std::string& path, unsigned mode) override {
        m_whole.make_directories(inside(path), mode);
    }
    void rename(const std::string& from, const std::string& to) override {
        m_whole.rename(inside(from), inside(to));
    }
    bool remove(const std::string& path) override { return m_whole.remove(inside(path)); }
    std::vector<std::string> remove_matching(
        const std::string& folder, const std::function<bool(std::string_view name)>& is_ours) override {
        return m_whole.remove_matching(inside(folder), is_ours);
    }
    void set_mode(const std::string& path, unsigned mode) override { m_whole.set_mode(inside(path), mode); }
    std::unique_ptr<fs::Lock> lock(const std::string& path) override { return m_whole.lock(inside(path)); }
    std::unique_ptr<fs::DeferredSync> defer_folder_syncs() override { return m_whole.defer_folder_syncs(); }
    std::uint32_t user() override { return m_whole.user(); }

private:
    const std::string& inside(const std::string& path) const {
        const bool below = path == m_root || path.starts_with(m_root + "/");
        if (below && (path + "/").find("/../") == std::string::npos) return path;
        throw Error(ErrorCode::UnsafePath, path + " is not in " + m_root);
    }

    fs::Disk& m_whole;
    std::string m_root;
};

}  // namespace opentraces::testing
