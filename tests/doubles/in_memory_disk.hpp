// A disk without a disk; held to tests/contract/disk.cpp like the real one.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "opentraces/fs/disk.hpp"

namespace opentraces::testing {

class InMemoryDisk final : public fs::Disk {
public:
    InMemoryDisk();
    InMemoryDisk(const InMemoryDisk& other);
    InMemoryDisk& operator=(const InMemoryDisk& other);
    ~InMemoryDisk() override;

    std::optional<fs::FileInfo> info(const std::string& path) override;
    std::optional<std::string> link_target(const std::string& path) override;
    std::unique_ptr<fs::Disk> beneath(const std::string& root) override;
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
    std::uint32_t user() override;

    // Names are kept at once, unless they are deferred and nobody has called sync().
    std::unique_ptr<fs::DeferredSync> defer_folder_syncs() override;
    // The power goes out: of the names that were changed and not synced, those that `is_lost` says yes to are
    // as they were before.
    void cut_power(const std::function<bool()>& is_lost);

    // As other programs do, without a new name.
    void write_in_place(const std::string& path, std::string bytes);

private:
    struct State;
    class MemoryDeferredSync;
    class MemoryNewFile;
    class MemoryLock;

    std::unique_ptr<State> m_state;
};

}  // namespace opentraces::testing
