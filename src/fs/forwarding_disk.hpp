// A disk in front of another one, for those that change a part of what it does.
#pragma once

#include "opentraces/fs/disk.hpp"

namespace opentraces::fs {

class ForwardingDisk : public Disk {
public:
    explicit ForwardingDisk(Disk& inner) : m_inner(inner) {}
    // A copy would be a disk in front of the same inner one, not of this one.
    ForwardingDisk(const ForwardingDisk&) = delete;
    ForwardingDisk& operator=(const ForwardingDisk&) = delete;

    std::unique_ptr<Disk> beneath(const std::string& root) override { return m_inner.beneath(root); }
    std::optional<FileInfo> info(const std::string& path) override { return m_inner.info(path); }
    std::optional<std::string> link_target(const std::string& path) override {
        return m_inner.link_target(path);
    }
    std::unique_ptr<ReadFile> open(const std::string& path) override { return m_inner.open(path); }
    std::unique_ptr<NewFile> create(const std::string& path, unsigned mode) override {
        return m_inner.create(path, mode);
    }
    std::vector<FileInfo> list(const std::string& path) override { return m_inner.list(path); }
    std::vector<std::string> names(const std::string& path) override { return m_inner.names(path); }
    void make_directories(const std::string& path, unsigned mode) override {
        m_inner.make_directories(path, mode);
    }
    void rename(const std::string& from, const std::string& to) override { m_inner.rename(from, to); }
    bool remove(const std::string& path) override { return m_inner.remove(path); }
    std::vector<std::string> remove_matching(
        const std::string& folder, const std::function<bool(std::string_view name)>& is_ours) override {
        return m_inner.remove_matching(folder, is_ours);
    }
    void set_mode(const std::string& path, unsigned mode) override { m_inner.set_mode(path, mode); }
    std::unique_ptr<Lock> lock(const std::string& path) override { return m_inner.lock(path); }
    std::unique_ptr<DeferredSync> defer_folder_syncs() override { return m_inner.defer_folder_syncs(); }
    std::uint32_t user() override { return m_inner.user(); }

protected:
    Disk& inner() { return m_inner; }

private:
    Disk& m_inner;
};

}  // namespace opentraces::fs
