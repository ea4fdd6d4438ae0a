#include "opentraces/fs/scratch_disk.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "fs/forwarding_disk.hpp"
#include "fs/nameless_file.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::fs {
namespace {

using Contents = std::shared_ptr<NamelessFile>;

struct Files {
    std::map<std::string, Contents> contents;
    std::set<std::string> folders;
};

class ScratchReadFile final : public ReadFile {
public:
    explicit ScratchReadFile(Contents contents) : m_contents(std::move(contents)) {}
    std::size_t read(char* buffer, std::size_t size) override {
        const std::size_t count = m_contents->read(m_at, buffer, size);
        m_at += count;
        return count;
    }
    void seek(std::uint64_t offset) override { m_at = offset; }

private:
    Contents m_contents;
    std::uint64_t m_at = 0;
};

class ScratchNewFile final : public NewFile {
public:
    ScratchNewFile(Files& files, std::string path, const std::string& storage)
        : m_files(files), m_path(std::move(path)), m_contents(std::make_shared<NamelessFile>(storage)) {}
    void write(std::string_view bytes) override { m_contents->append(bytes); }
    void commit() override { m_files.contents[m_path] = m_contents; }

private:
    Files& m_files;
    std::string m_path;
    Contents m_contents;
};

class ScratchDisk final : public ForwardingDisk {
public:
    ScratchDisk(Disk& inner, std::string folder, std::string storage)
        : ForwardingDisk(inner), m_folder(std::move(folder)), m_storage(std::move(storage)) {
        m_files.folders.insert(m_folder);
    }

    std::unique_ptr<Disk> beneath(const std::string& root) override {
        // There are no links in here.
        if (is_ours(root)) return std::make_unique<ForwardingDisk>(static_cast<Disk&>(*this));
        return inner().beneath(root);
    }
    std::optional<FileInfo> info(const std::string& path) override {
        if (!is_ours(path)) return inner().info(path);
        const auto file = m_files.contents.find(path);
        if (file != m_files.contents.end()) return describe(path, FileKind::File, file->second->size());
        if (m_files.folders.count(path) > 0) return describe(path, FileKind::Folder, 0);
        return std::nullopt;
    }
    std::optional<std::string> link_target(const std::string& path) override {
        return is_ours(path) ? std::nullopt : inner().link_target(path);
    }
    std::unique_ptr<ReadFile> open(const std::string& path) override {
        if (!is_ours(path)) return inner().open(path);
        const auto file = m_files.contents.find(path);
        if (file == m_files.contents.end()) throw Error(ErrorCode::NotFound, "no such file: " + path);
        return std::make_unique<ScratchReadFile>(file->second);
    }
    std::unique_ptr<NewFile> create(const std::string& path, unsigned mode) override {
        if (!is_ours(path)) return inner().create(path, mode);
        return std::make_unique<ScratchNewFile>(m_files, path, m_storage);
    }
    std::vector<FileInfo> list(const std::string& path) override {
        if (!is_ours(path)) return inner().list(path);
        std::vector<FileInfo> entries;
        for (const auto& [name, contents] : m_files.contents)
            if (parent(name) == path) entries.push_back(describe(name, FileKind::File, contents->size()));
        for (const std::string& name : m_files.folders)
            if (parent(name) == path) entries.push_back(describe(name, FileKind::Folder, 0));
        std::sort(entries.begin(), entries.end(),
                  [](const FileInfo& a, const FileInfo& b) { return a.path < b.path; });
        return entries;
    }
    std::vector<std::string> names(const std::string& path) override {
        return is_ours(path) ? Disk::names(path) : inner().names(path);
    }
    void make_directories(const std::string& path, unsigned mode) override {
        if (!is_ours(path)) return inner().make_directories(path, mode);
        for (std::string folder = path; m_files.folders.insert(folder).second;)
            folder = parent(folder);
    }
    void rename(const std::string& from, const std::string& to) override {
        if (!is_ours(from) && !is_ours(to)) return inner().rename(from, to);
        const auto file = m_files.contents.find(from);
        if (file == m_files.contents.end() || !is_ours(to))
            throw Error(ErrorCode::Internal, "cannot rename " + from);
        m_files.contents[to] = file->second;
        m_files.contents.erase(from);
    }
    bool remove(const std::string& path) override {
        if (!is_ours(path)) return inner().remove(path);
        return m_files.contents.erase(path) + m_files.folders.erase(path) > 0;
    }
    std::vector<std::string> remove_matching(
        const std::string& folder, const std::function<bool(std::string_view name)>& matches) override {
        if (!is_ours(folder)) return inner().remove_matching(folder, matches);
        std::vector<std::string> left;
        for (const FileInfo& entry : list(folder)) {
            const std::string name = file_name(entry.path);
            if (entry.is_directory() || !matches(name))
                left.push_back(name);
            else
                remove(entry.path);
        }
        if (left.empty()) remove(folder);
        return left;
    }
    void set_mode(const std::string& path, unsigned mode) override {
        if (!is_ours(path)) inner().set_mode(path, mode);
    }
    std::unique_ptr<Lock> lock(const std::string& path) override {
        return is_ours(path) ? std::make_unique<Lock>() : inner().lock(path);
    }

private:
    bool is_ours(const std::string& path) const {
        return path == m_folder || path.starts_with(m_folder + "/");
    }
    FileInfo describe(const std::string& path, FileKind kind, std::uint64_t size) {
        FileInfo info;
        info.path = path;
        info.kind = kind;
        info.size = size;
        info.inode = std::hash<std::string>{}(path);
        info.mode = kind == FileKind::Folder ? 0700 : 0600;
        info.owner = inner().user();
        return info;
    }

    std::string m_folder;
    std::string m_storage;
    Files m_files;
};

}  // namespace

std::unique_ptr<Disk> scratch_disk(Disk& inner, std::string folder, std::string storage) {
    return std::make_unique<ScratchDisk>(inner, std::move(folder), std::move(storage));
}

}  // namespace opentraces::fs
