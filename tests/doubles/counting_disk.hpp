// A disk that counts what is asked of it, also beneath its folders.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "fs/forwarding_disk.hpp"

namespace opentraces::testing {

struct DiskCounts {
    std::size_t looked = 0;  // info, list, link_target
    std::size_t opened = 0;
    std::size_t changed = 0;  // whatever is synced: created, renamed, removed, made
};

class CountingDisk final : public fs::ForwardingDisk {
public:
    CountingDisk(fs::Disk& inner, DiskCounts& counts) : ForwardingDisk(inner), m_counts(counts) {}

    std::unique_ptr<fs::Disk> beneath(const std::string& root) override {
        struct Below final : fs::ForwardingDisk {
            Below(std::unique_ptr<fs::Disk> disk, DiskCounts& counts)
                : ForwardingDisk(*disk), inside(std::move(disk)), counting(*inside, counts) {}
            std::unique_ptr<fs::Disk> beneath(const std::string& root) override {
                return counting.beneath(root);
            }
            std::optional<fs::FileInfo> info(const std::string& path) override { return counting.info(path); }
            std::optional<std::string> link_target(const std::string& path) override {
                return counting.link_target(path);
            }
            std::unique_ptr<fs::ReadFile> open(const std::string& path) override {
                return counting.open(path);
            }
            std::unique_ptr<fs::NewFile> create(const std::string& path, unsigned mode) override {
                return counting.create(path, mode);
            }
            std::vector<fs::FileInfo> list(const std::string& path) override { return counting.list(path); }
            std::vector<std::string> names(const std::string& path) override { return counting.names(path); }
            void rename(const std::string& from, const std::string& to) override {
                counting.rename(from, to);
            }
            bool remove(const std::string& path) override { return counting.remove(path); }
            std::unique_ptr<fs::Disk> inside;
            CountingDisk counting;
        };
        return std::make_unique<Below>(inner().beneath(root), m_counts);
    }
    std::optional<fs::FileInfo> info(const std::string& path) override {
        ++m_counts.looked;
        return inner().info(path);
    }
    std::optional<std::string> link_target(const std::string& path) override {
        ++m_counts.looked;
        return inner().link_target(path);
    }
    std::vector<fs::FileInfo> list(const std::string& path) override {
        ++m_counts.looked;
        return inner().list(path);
    }
    std::vector<std::string> names(const std::string& path) override {
        ++m_counts.looked;
        return inner().names(path);
    }
    std::unique_ptr<fs::ReadFile> open(const std::string& path) override {
        ++m_counts.opened;
        return inner().open(path);
    }
    std::unique_ptr<fs::NewFile> create(const std::string& path, unsigned mode) override {
        ++m_counts.changed;
        return inner().create(path, mode);
    }
    void rename(const std::string& from, const std::string& to) override {
        ++m_counts.changed;
        inner().rename(from, to);
    }
    bool remove(const std::string& path) override {
        ++m_counts.changed;
        return inner().remove(path);
    }

private:
    DiskCounts& m_counts;
};

}  // namespace opentraces::testing
