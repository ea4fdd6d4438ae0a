#include "hub/folder_memory.hpp"

#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/error.hpp"
#include "opentraces/json/document.hpp"

namespace opentraces::hub {
namespace {

constexpr std::size_t k_max_file = std::size_t{256} << 20;
constexpr std::size_t k_name_digits = 32;

std::uint64_t count_of(const json::Value& value) {
    return static_cast<std::uint64_t>(value.integer().value_or(0));
}

}  // namespace

FolderMemory::FolderMemory(const std::string& user_folder, std::string folder, fs::Disk& disk)
    : m_user_folder(user_folder), m_folder(std::move(folder)), m_disk(disk) {}

std::string FolderMemory::file() const {
    return fs::join(fs::join(m_user_folder, "folders"),
                    sha256_hex(m_folder).substr(0, k_name_digits) + ".json");
}

void FolderMemory::load() {
    if (std::exchange(m_loaded, true) || m_user_folder.empty()) return;
    try {
        if (!m_disk.info(m_user_folder)) return;
        const auto inside = m_disk.beneath(m_user_folder);
        if (!inside->info(file())) return;
        const json::Value document = json::read_document(inside->read_all(file(), k_max_file));
        const json::Object* files = document["files"].if_object();
        if (files == nullptr) return;
        for (const auto& [path, entry] : *files) {
            m_known[path] = {count_of(entry["size"]), count_of(entry["device"]), count_of(entry["inode"]),
                             entry["modified_ns"].integer().value_or(0),
                             std::string(entry["digest"].string_or())};
        }
    } catch (const json::SyntaxError&) {
        m_known.clear();
    } catch (const Error&) {
        m_known.clear();
    }
}

std::optional<std::string> FolderMemory::digest_of(const std::string& path, const fs::FileInfo& info) {
    load();
    const auto known = m_known.find(path);
    if (known == m_known.end() || known->second.size != info.size || known->second.device != info.device ||
        known->second.inode != info.inode || known->second.modified_ns != info.modified_ns)
        return std::nullopt;
    return known->second.digest;
}

void FolderMemory::learn(const std::string& path, const fs::FileInfo& info, const std::string& digest) {
    load();
    m_known[path] = {info.size, info.device, info.inode, info.modified_ns, digest};
    m_changed = true;
}

void FolderMemory::forget(const std::string& path) {
    load();
    if (m_known.erase(path) != 0) m_changed = true;
}

void FolderMemory::save() {
    if (!std::exchange(m_changed, false) || m_user_folder.empty()) return;
    json::Object files;
    for (const auto& [path, known] : m_known) {
        json::Object entry;
        entry.append("size", known.size);
        entry.append("device", known.device);
        entry.append("inode", known.inode);
        entry.append("modified_ns", known.modified_ns);
        entry.append("digest", known.digest);
        files.append(path, std::move(entry));
    }
    json::Object document;
    document.append("folder", m_folder);
    document.append("files", std::move(files));
    try {
        m_disk.make_directories(m_user_folder, 0700);
        const auto inside = m_disk.beneath(m_user_folder);
        inside->make_directories(fs::parent(file()), 0700);
        inside->replace(file(), json::write_document(document), 0600);
    } catch (const Error&) {
        m_changed = true;
    }
}

}  // namespace opentraces::hub
