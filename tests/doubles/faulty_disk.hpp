// Wraps a disk and makes its n-th change fail, or stops the machine there.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "opentraces/core/error.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::testing {

// The power went out. Not an exception of the program, so that nothing handles it by accident.
struct Stop {};

class FaultyDisk final : public fs::Disk {
public:
    enum class Fault {
        NoSpace,     // Error DiskFailed, as from a full disk
        Broken,      // the same, and again for every later change
        StopBefore,  // Stop; the change is not there, and half-written bytes lie beside
        StopAfter,   // Stop; the change is there, but nobody was told
    };

    explicit FaultyDisk(fs::Disk& inner) : m_inner(inner), m_plan(std::make_shared<Plan>()) {}

    // The n-th change from now on, counted from 0, has this fault. Here and below: changes beneath a folder
    // count with all others.
    void at(std::size_t n, Fault fault) {
        m_plan->countdown = n;
        m_plan->fault = fault;
    }
    void heal() {
        m_plan->countdown.reset();
        m_plan->stopped = false;
    }
    // What stopping means; unless it ends the process, Stop is thrown.
    void on_stop(std::function<void()> action) { m_plan->on_stop = std::move(action); }
    // Every change so far: "commit /a/b", "remove /a/c", …
    const std::vector<std::string>& changes() const { return m_plan->changes; }

    std::unique_ptr<fs::Disk> beneath(const std::string& root) override {
        return std::unique_ptr<fs::Disk>(new FaultyDisk(alive().beneath(root), m_plan));
    }
    std::optional<std::string> link_target(const std::string& path) override {
        return alive().link_target(path);
    }
    std::unique_ptr<fs::DeferredSync> defer_folder_syncs() override {
        return std::make_unique<FaultySync>(*this, alive().defer_folder_syncs());
    }
    std::uint32_t user() override { return m_inner.user(); }

    std::optional<fs::FileInfo> info(const std::string& path) override { return alive().info(path); }
    std::unique_ptr<fs::ReadFile> open(const std::string& path) override { return alive().open(path); }
    std::vector<fs::FileInfo> list(const std::string& path) override { return alive().list(path); }
    std::unique_ptr<fs::Lock> lock(const std::string& path) override { return alive().lock(path); }

    std::unique_ptr<fs::NewFile> create(const std::string& path, unsigned mode) override {
        std::unique_ptr<fs::NewFile> file;
        change("create " + path, [&] { file = m_inner.create(path, mode); });
        return std::make_unique<FaultyNewFile>(*this, std::move(file), path);
    }
    void make_directories(const std::string& path, unsigned mode) override {
        change("make_directories " + path, [&] { m_inner.make_directories(path, mode); });
    }
    void rename(const std::string& from, const std::string& to) override {
        change("rename " + from, [&] { m_inner.rename(from, to); });
    }
    bool remove(const std::string& path) override {
        bool removed = false;
        change("remove " + path, [&] { removed = m_inner.remove(path); });
        return removed;
    }
    std::vector<std::string> remove_matching(
        const std::string& folder, const std::function<bool(std::string_view name)>& is_ours) override {
        std::vector<std::string> left;
        change("remove_matching " + folder, [&] { left = m_inner.remove_matching(folder, is_ours); });
        return left;
    }
    void set_mode(const std::string& path, unsigned mode) override {
        change("set_mode " + path, [&] { m_inner.set_mode(path, mode); });
    }

private:
    struct Plan {
        std::function<void()> on_stop;
        std::optional<std::size_t> countdown;
        Fault fault = Fault::NoSpace;
        bool stopped = false;
        std::vector<std::string> changes;
    };

    FaultyDisk(std::unique_ptr<fs::Disk> inner, std::shared_ptr<Plan> plan)
        : m_owned(std::move(inner)), m_inner(*m_owned), m_plan(std::move(plan)) {}

    class FaultyNewFile final : public fs::NewFile {
    public:
        FaultyNewFile(FaultyDisk& disk, std::unique_ptr<fs::NewFile> inner, std::string path)
            : m_disk(disk), m_inner(std::move(inner)), m_path(std::move(path)) {}
        void write(std::string_view bytes) override {
            if (m_written.empty()) {
                m_disk.change("write " + m_path, [] {});
            }
            m_written.append(bytes);
            m_inner->write(bytes);
        }
        void commit() override {
            try {
                m_disk.change("commit " + m_path, [&] { m_inner->commit(); });
            } catch (const Stop&) {
                leave_half();
                throw;
            }
        }

    private:
        // What was not synced is lost or torn: the temporary file keeps its first half.
        void leave_half() {
            m_inner.reset();
            const std::string name =
                fs::join(fs::parent(m_path), "." + fs::file_name(m_path) + ".70726e0000000000.tmp");
            m_disk.m_inner.replace(name, std::string_view(m_written).substr(0, m_written.size() / 2));
        }

        FaultyDisk& m_disk;
        std::unique_ptr<fs::NewFile> m_inner;
        std::string m_path;
        std::string m_written;
    };

    class FaultySync final : public fs::DeferredSync {
    public:
        FaultySync(FaultyDisk& disk, std::unique_ptr<fs::DeferredSync> inner)
            : m_disk(disk), m_inner(std::move(inner)) {}
        void sync() override {
            m_disk.change("sync", [&] { m_inner->sync(); });
        }

    private:
        FaultyDisk& m_disk;
        std::unique_ptr<fs::DeferredSync> m_inner;
    };

    fs::Disk& alive() {
        if (m_plan->stopped) throw Stop{};
        return m_inner;
    }

    template <class Change>
    void change(const std::string& what, const Change& make) {
        alive();
        Plan& plan = *m_plan;
        plan.changes.push_back(what);
        const bool due = plan.countdown && *plan.countdown == 0;
        const bool stays = due && plan.fault == Fault::Broken;
        if (plan.countdown && !stays)
            plan.countdown = due ? std::nullopt : std::optional(*plan.countdown - 1);
        if (!due) return make();
        if (plan.fault == Fault::NoSpace || plan.fault == Fault::Broken) {
            throw Error(ErrorCode::DiskFailed, "no space left on device while " + what);
        }
        if (plan.fault == Fault::StopAfter) make();
        plan.stopped = true;
        if (plan.on_stop) plan.on_stop();
        throw Stop{};
    }

    std::unique_ptr<fs::Disk> m_owned;  // if this is a part of another
    fs::Disk& m_inner;
    std::shared_ptr<Plan> m_plan;
};

}  // namespace opentraces::testing
