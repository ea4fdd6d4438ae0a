// Wraps a disk and makes its n-th change fail, or stops the machine there.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
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
        StopBefore,  // Stop; the change is not there, and half-written bytes lie beside
        StopAfter,   // Stop; the change is there, but nobody was told
    };

    explicit FaultyDisk(fs::Disk& inner) : m_inner(inner) {}

    // The n-th change from now on, counted from 0, has this fault.
    void at(std::size_t n, Fault fault) {
        m_countdown = n;
        m_fault = fault;
    }
    void heal() {
        m_countdown.reset();
        m_stopped = false;
    }
    // What stopping means; unless it ends the process, Stop is thrown.
    void on_stop(std::function<void()> action) { m_on_stop = std::move(action); }
    // Every change so far: "commit /a/b", "remove /a/c", …
    const std::vector<std::string>& changes() const { return m_changes; }

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
    void remove_tree(const std::string& path) override {
        change("remove_tree " + path, [&] { m_inner.remove_tree(path); });
    }
    void set_mode(const std::string& path, unsigned mode) override {
        change("set_mode " + path, [&] { m_inner.set_mode(path, mode); });
    }

private:
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
            const std::string name = fs::join(fs::parent(m_path), "." + fs::file_name(m_path) + ".torn.tmp");
            m_disk.m_inner.replace(name, std::string_view(m_written).substr(0, m_written.size() / 2));
        }

        FaultyDisk& m_disk;
        std::unique_ptr<fs::NewFile> m_inner;
        std::string m_path;
        std::string m_written;
    };

    fs::Disk& alive() {
        if (m_stopped) throw Stop{};
        return m_inner;
    }

    template <class Change>
    void change(const std::string& what, const Change& make) {
        alive();
        m_changes.push_back(what);
        const bool due = m_countdown && *m_countdown == 0;
        if (m_countdown) m_countdown = due ? std::nullopt : std::optional(*m_countdown - 1);
        if (!due) return make();
        if (m_fault == Fault::NoSpace) {
            throw Error(ErrorCode::DiskFailed, "no space left on device while " + what);
        }
        if (m_fault == Fault::StopAfter) make();
        m_stopped = true;
        if (m_on_stop) m_on_stop();
        throw Stop{};
    }

    fs::Disk& m_inner;
    std::function<void()> m_on_stop;
    std::optional<std::size_t> m_countdown;
    Fault m_fault = Fault::NoSpace;
    bool m_stopped = false;
    std::vector<std::string> m_changes;
};

}  // namespace opentraces::testing
