// What is beneath a folder of a disk that has no links.
#pragma once

#include <string>

#include "opentraces/fs/disk.hpp"

namespace opentraces::testing {

class PartOfDisk : public fs::Disk {
public:
    PartOfDisk(fs::Disk& whole, std::string root);

    std::unique_ptr<fs::Disk> beneath(const std::string& root) override;
    std::optional<fs::FileInfo> info(const std::string& path) override;
    std::optional<std::string> link_target(const std::string& path) override;
    std::unique_ptr<fs::ReadFile> open(const std::string& path) override;
    std::unique_ptr<fs::NewFile> create(const std::string& path, unsigned mode) override;
    std::vector<fs::FileInfo> list(const std::string& path) override;
    void make_directories(const std::string& path, unsigned mode) override;
    void rename(const std::string& from, const std::string& to) override;
    bool remove(const std::string& path) override;
    std::vector<std::string> remove_matching(
        const std::string& folder, const std::function<bool(std::string_view name)>& is_ours) override;
    void set_mode(const std::string& path, unsigned mode) override;
    std::unique_ptr<fs::Lock> lock(const std::string& path) override;
    std::unique_ptr<fs::DeferredSync> defer_folder_syncs() override;
    std::uint32_t user() override;

private:
    const std::string& inside(const std::string& path) const;

    fs::Disk& m_whole;
    std::string m_root;
};

}  // namespace opentraces::testing
