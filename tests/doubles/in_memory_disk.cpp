#include "doubles/in_memory_disk.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>

#include "doubles/part_of_disk.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::testing {

namespace {

constexpr std::uint32_t k_user = 1000;

// The process has one umask, for doubles too.
unsigned allowed(unsigned mode) {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    return mode & ~(mask & 077);
}

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

}  // namespace

struct InMemoryDisk::State {
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
        return nodes[path] = Node{std::move(bytes), mode, false, counter, static_cast<std::int64_t>(counter)};
    }

    void note_name(const std::string& path) {
        if (!deferred) return;
        const auto found = nodes.find(path);
        unsynced.push_back({path, found == nodes.end() ? std::nullopt : std::optional(found->second)});
    }

    // A folder's time changes with the names in it.
    void touch(const std::string& folder) {
        ++counter;
        const auto modified = static_cast<std::int64_t>(counter);
        if (folder == "/") root_modified = modified;
        if (const auto found = nodes.find(folder); found != nodes.end()) found->second.modified = modified;
    }

    Node& need(const std::string& path, const std::string& doing) {
        const auto found = nodes.find(path);
        if (found != nodes.end()) return found->second;
        throw Error(ErrorCode::NotFound, "no such file or folder while " + doing + " " + path);
    }

    void need_folder(const std::string& path, const std::string& doing) const {
        if (path == "/") return;
        const auto found = nodes.find(path);
        if (found == nodes.end() || !found->second.is_directory)
            throw Error(ErrorCode::NotFound, "no such file or folder while " + doing);
    }

    std::map<std::string, Node> nodes;
    std::set<std::string> locked;
    bool deferred = false;
    std::vector<Unsynced> unsynced;
    std::uint64_t counter = 1;
    std::int64_t root_modified = 0;
};

// One that is dropped without sync() leaves the names as unsafe as they are.
class InMemoryDisk::MemoryDeferredSync final : public fs::DeferredSync {
public:
    explicit MemoryDeferredSync(State& state) : m_state(state) {}
    ~MemoryDeferredSync() override { m_state.deferred = false; }
    void sync() override {
        m_state.deferred = false;
        m_state.unsynced.clear();
    }

private:
    State& m_state;
};

class InMemoryDisk::MemoryNewFile final : public fs::NewFile {
public:
    MemoryNewFile(State& state, std::string path, unsigned mode)
        : m_state(state), m_path(std::move(path)), m_mode(mode) {}
    void write(std::string_view bytes) override { m_bytes.append(bytes); }
    void commit() override {
        const auto replaced = m_state.nodes.find(m_path);
        const unsigned mode =
            replaced != m_state.nodes.end() ? m_mode & (replaced->second.mode | 0700) : allowed(m_mode);
        m_state.put(m_path, std::move(m_bytes), mode);
    }

private:
    State& m_state;
    std::string m_path;
    unsigned m_mode;
    std::string m_bytes;
};

class InMemoryDisk::MemoryLock final : public fs::Lock {
public:
    MemoryLock(State& state, std::string path) : m_state(state), m_path(std::move(path)) {}
    ~MemoryLock() override { m_state.locked.erase(m_path); }

private:
    State& m_state;
    std::string m_path;
};

InMemoryDisk::InMemoryDisk() : m_state(std::make_unique<State>()) {}
InMemoryDisk::InMemoryDisk(const InMemoryDisk& other)
    : fs::Disk(other), m_state(std::make_unique<State>(*other.m_state)) {}
InMemoryDisk& InMemoryDisk::operator=(const InMemoryDisk& other) {
    *m_state = *other.m_state;
    return *this;
}
InMemoryDisk::~InMemoryDisk() = default;

std::optional<fs::FileInfo> InMemoryDisk::info(const std::string& path) {
    if (path == "/") return State::about("/", {{}, 0755, true, 1, m_state->root_modified});
    const auto found = m_state->nodes.find(path);
    if (found == m_state->nodes.end()) return std::nullopt;
    return State::about(path, found->second);
}

std::optional<std::string> InMemoryDisk::link_target(const std::string&) {
    return std::nullopt;
}

std::unique_ptr<fs::Disk> InMemoryDisk::beneath(const std::string& root) {
    m_state->need_folder(root, "opening " + root);
    return std::make_unique<PartOfDisk>(*this, root);
}

std::unique_ptr<fs::ReadFile> InMemoryDisk::open(const std::string& path) {
    const State::Node& node = m_state->need(path, "opening");
    if (node.is_directory) throw Error(ErrorCode::DiskFailed, "is a directory while opening " + path);
    return std::make_unique<MemoryReadFile>(node.bytes);
}

std::unique_ptr<fs::NewFile> InMemoryDisk::create(const std::string& path, unsigned mode) {
    m_state->need_folder(fs::parent(path), "creating " + path);
    const auto found = info(path);
    if (found && found->is_directory())
        throw Error(ErrorCode::DiskFailed, "is a directory while creating " + path);
    return std::make_unique<MemoryNewFile>(*m_state, path, mode);
}

std::vector<fs::FileInfo> InMemoryDisk::list(const std::string& path) {
    std::vector<fs::FileInfo> entries;
    for (const auto& [name, node] : m_state->nodes) {
        if (fs::parent(name) == path) entries.push_back(*info(name));
    }
    return entries;
}

void InMemoryDisk::make_directories(const std::string& path, unsigned mode) {
    if (const auto found = info(path)) {
        if (!found->is_directory()) throw Error(ErrorCode::DiskFailed, "file exists while creating " + path);
        return;
    }
    make_directories(fs::parent(path), mode);
    m_state->put(path, {}, allowed(mode)).is_directory = true;
}

void InMemoryDisk::rename(const std::string& from, const std::string& to) {
    const State::Node node = m_state->need(from, "renaming");
    m_state->need_folder(fs::parent(to), "renaming " + from);
    m_state->note_name(from);
    m_state->note_name(to);
    m_state->nodes.erase(from);
    m_state->nodes[to] = node;
    m_state->touch(fs::parent(from));
    m_state->touch(fs::parent(to));
}

bool InMemoryDisk::remove(const std::string& path) {
    if (!list(path).empty()) throw Error(ErrorCode::DiskFailed, "directory not empty while removing " + path);
    m_state->note_name(path);
    m_state->touch(fs::parent(path));
    return m_state->nodes.erase(path) != 0;
}

std::vector<std::string> InMemoryDisk::remove_matching(
    const std::string& folder, const std::function<bool(std::string_view name)>& is_ours) {
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

void InMemoryDisk::set_mode(const std::string& path, unsigned mode) {
    m_state->need(path, "setting the mode of").mode = mode;
}

std::unique_ptr<fs::Lock> InMemoryDisk::lock(const std::string& path) {
    if (!m_state->locked.insert(path).second) throw Error(ErrorCode::Locked, "another process holds " + path);
    if (!m_state->nodes.count(path)) m_state->put(path, {}, 0600);
    return std::make_unique<MemoryLock>(*m_state, path);
}

std::uint32_t InMemoryDisk::user() {
    return k_user;
}

std::unique_ptr<fs::DeferredSync> InMemoryDisk::defer_folder_syncs() {
    m_state->deferred = true;
    return std::make_unique<MemoryDeferredSync>(*m_state);
}

void InMemoryDisk::cut_power(const std::function<bool()>& is_lost) {
    for (auto change = m_state->unsynced.rbegin(); change != m_state->unsynced.rend(); ++change) {
        if (!is_lost()) continue;
        m_state->nodes.erase(change->path);
        if (change->before) m_state->nodes[change->path] = *change->before;
    }
    m_state->unsynced.clear();
    m_state->deferred = false;
}

void InMemoryDisk::write_in_place(const std::string& path, std::string bytes) {
    State::Node& node = m_state->need(path, "writing");
    node.bytes = std::move(bytes);
    node.modified = static_cast<std::int64_t>(++m_state->counter);
}

}  // namespace opentraces::testing
