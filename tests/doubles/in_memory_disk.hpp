// A disk without a disk; held to tests/contract/disk.cpp like the real one.
#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "doubles/part_of_disk.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::testing {

class InMemoryDisk final : public fs::Disk {
public:
    std::optional<fs::FileInfo> info(const std::string& path) override {
        if (path == "/") return about("/", {{}, 0755, true, 1, m_root_modified});
        const auto found = m_nodes.find(path);
        if (found == m_nodes.end()) return std::nullopt;
        return about(path, found->second);
    }

    std::optional<std::string> link_target(const std::string&) override { return std::nullopt; }

    std::unique_ptr<fs::Disk> beneath(const std::string& root) override {
        need_folder(root, "opening " + root);
        return std::make_unique<PartOfDisk>(*this, root);
    }

    std::unique_ptr<fs::ReadFile> open(const std::string& path) override {
        const Node& node = need(path, "opening");
        if (node.is_directory) throw Error(ErrorCode::DiskFailed, "is a directory while opening " + path);
        return std::make_unique<MemoryReadFile>(node.bytes);
    }

    std::unique_ptr<fs::NewFile> create(const std::string& path, unsigned mode) override {
        need_folder(fs::parent(path), "creating " + path);
        const auto found = info(path);
        if (found && found->is_directory())
            throw Error(ErrorCode::DiskFailed, "is a directory while creating " + path);
        return std::make_unique<MemoryNewFile>(*this, path, mode);
    }

    std::vector<fs::FileInfo> list(const std::string& path) override {
        std::vector<fs::FileInfo> entries;
        for (const auto& [name, node] : m_nodes) {
            if (fs::parent(name) == path) entries.push_back(*info(name));
        }
        return entries;
    }

    void make_directories(const std::string& path, unsigned mode) override {
        if (const auto found = info(path)) {
            if (!found->is_directory())
                throw Error(ErrorCode::DiskFailed, "file exists while creating " + path);
            return;
        }
        make_directories(fs::parent(path), mode);
        put(path, {}, allowed(mode)).is_directory = true;
    }

    void rename(const std::string& from, const std::string& to) override {
        const Node node = need(from, "renaming");
        need_folder(fs::parent(to), "renaming " + from);
        note_name(from);
        note_name(to);
        m_nodes.erase(from);
        m_nodes[to] = node;
        touch(fs::parent(from));
        touch(fs::parent(to));
    }

    bool remove(const std::string& path) override {
        if (!list(path).empty())
            throw Error(ErrorCode::DiskFailed, "directory not empty while removing " + path);
        note_name(path);
        touch(fs::parent(path));
        return m_nodes.erase(path) != 0;
    }

    std::vector<std::string> remove_matching(
        const std::string& folder, const std::function<bool(std::string_view name)>& is_ours) override {
        std::vector<std::string> left;
        for (const fs::FileInfo& entry : list(folder)) {
            const std::string name = fs::file_name(entry.path);
            if (entry.kind == fs::FileKind::File && is_ours(name))
                remove(entry.path);
            else
                left.push_back(name);
        }
        if (left.empty()) remove(folder);
        return left;
    }

    void set_mode(const std::string& path, unsigned mode) override {
        need(path, "setting the mode of").mode = mode;
    }

    std::unique_ptr<fs::Lock> lock(const std::string& path) override {
        if (!m_locked.insert(path).second) throw Error(ErrorCode::Locked, "another process holds " + path);
        if (!m_nodes.count(path)) put(path, {}, 0600);
        return std::make_unique<MemoryLock>(*this, path);
    }

    std::uint32_t user() override { return k_user; }

    // Names are kept at once, unless they are deferred and nobody has called sync().
    std::unique_ptr<fs::DeferredSync> defer_folder_syncs() override {
        m_deferred = true;
        return std::make_unique<MemoryDeferredSync>(*this);
    }
    // The power goes out: of the names that were changed and not synced, those that `is_lost` says yes to are
    // as they were before.
    void cut_power(const std::function<bool()>& is_lost) {
        for (auto change = m_unsynced.rbegin(); change != m_unsynced.rend(); ++change) {
            if (!is_lost()) continue;
            m_nodes.erase(change->path);
            if (change->before) m_nodes[change->path] = *change->before;
        }
        m_unsynced.clear();
        m_deferred = false;
    }

    // As other programs do, without a new name.
    void write_in_place(const std::string& path, std::string bytes) {
        Node& node = need(path, "writing");
        node.bytes = std::move(bytes);
        node.modified = static_cast<std::int64_t>(++m_counter);
    }

private:
    static constexpr std::uint32_t k_user = 1000;

    struct Node {
        std::string bytes;
        unsigned mode = 0;
        bool is_directory = false;
        std::uint64_t inode = 0;
        std::int64_t modified = 0;
    };

    struct Unsynced {
        std::string path;
        std::optional<Node> before;
    };

    // One that is dropped without sync() leaves the names as unsafe as they are.
    class MemoryDeferredSync final : public fs::DeferredSync {
    public:
        explicit MemoryDeferredSync(InMemoryDisk& disk) : m_disk(disk) {}
        ~MemoryDeferredSync() override { m_disk.m_deferred = false; }
        void sync() override {
            m_disk.m_deferred = false;
            m_disk.m_unsynced.clear();
        }

    private:
        InMemoryDisk& m_disk;
    };

    class MemoryReadFile final : public fs::ReadFile {
    public:
        explicit MemoryReadFile(std::string bytes) : m_bytes(std::move(bytes)) {}
        std::size_t read(char* buffer, std::size_t size) override {
            const std::size_t left = m_bytes.size() - std::min(m_at, m_bytes.size());
            const std::size_t got = std::min(size, left);
            if (got != 0) std::memcpy(buffer, m_bytes.data() + m_at, got);
            m_at += got;
            return got;
        }
        void seek(std::uint64_t offset) override { m_at = offset; }

    private:
        std::string m_bytes;
        std::size_t m_at = 0;
    };

    class MemoryNewFile final : public fs::NewFile {
    public:
        MemoryNewFile(InMemoryDisk& disk, std::string path, unsigned mode)
            : m_disk(disk), m_path(std::move(path)), m_mode(mode) {}
        void write(std::string_view bytes) override { m_bytes.append(bytes); }
        void commit() override {
            const auto replaced = m_disk.info(m_path);
            const unsigned mode = replaced ? m_mode & (replaced->mode | 0700) : allowed(m_mode);
            m_disk.put(m_path, std::move(m_bytes), mode);
        }

    private:
        InMemoryDisk& m_disk;
        std::string m_path;
        unsigned m_mode;
        std::string m_bytes;
    };

    class MemoryLock final : public fs::Lock {
    public:
        MemoryLock(InMemoryDisk& disk, std::string path) : m_disk(disk), m_path(std::move(path)) {}
        ~MemoryLock() override { m_disk.m_locked.erase(m_path); }

    private:
        InMemoryDisk& m_disk;
        std::string m_path;
    };

    // The process has one umask, for doubles too.
    static unsigned allowed(unsigned mode) {
        const mode_t mask = ::umask(0);
        ::umask(mask);
        return mode & ~(mask & 077);
    }

    static fs::FileInfo about(const std::string& path, const Node& node) {
        fs::FileInfo info;
        info.path = path;
        info.kind = node.is_directory ? fs::FileKind::Folder : fs::FileKind::File;
        info.size = node.bytes.size();
        info.device = 1;
        info.inode = node.inode;
        info.modified_ns = node.modified;
        info.mode = node.mode;
        info.owner = k_user;
        return info;
    }

    Node& put(const std::string& path, std::string bytes, unsigned mode) {
        note_name(path);
        touch(fs::parent(path));
        return m_nodes[path] =
                   Node{std::move(bytes), mode, false, m_counter, static_cast<std::int64_t>(m_counter)};
    }

    void note_name(const std::string& path) {
        if (!m_deferred) return;
        const auto found = m_nodes.find(path);
        m_unsynced.push_back({path, found == m_nodes.end() ? std::nullopt : std::optional(found->second)});
    }

    // A folder's time changes with the names in it.
    void touch(const std::string& folder) {
        ++m_counter;
        const auto modified = static_cast<std::int64_t>(m_counter);
        if (folder == "/") m_root_modified = modified;
        if (const auto found = m_nodes.find(folder); found != m_nodes.end())
            found->second.modified = modified;
    }

    Node& need(const std::string& path, const std::string& doing) {
        const auto found = m_nodes.find(path);
        if (found != m_nodes.end()) return found->second;
        throw Error(ErrorCode::NotFound, "no such file or folder while " + doing + " " + path);
    }

    void need_folder(const std::string& path, const std::string& doing) {
        const auto found = info(path);
        if (!found || !found->is_directory()) {
            throw Error(ErrorCode::NotFound, "no such file or folder while " + doing);
        }
    }

    std::map<std::string, Node> m_nodes;
    std::set<std::string> m_locked;
    bool m_deferred = false;
    std::vector<Unsynced> m_unsynced;
    std::uint64_t m_counter = 1;
    std::int64_t m_root_modified = 0;
};

}  // namespace opentraces::testing
