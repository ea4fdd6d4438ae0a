#include "opentraces/hub/git_tree.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/core/hex.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::hub {
namespace {

constexpr std::size_t k_id_digits = 40;

// 40 hex digits as 20 bytes; empty if they are not that.
std::string id_bytes(std::string_view digits) {
    if (!is_lower_hex(digits, k_id_digits)) return {};
    std::string bytes;
    for (std::size_t i = 0; i < digits.size(); i += 2)
        bytes += static_cast<char>(hex_value(digits, i, 2));
    return bytes;
}

std::string stored_id(const RemoteFile& entry) {
    return id_bytes(entry.large ? git_blob_id(lfs_pointer(entry.digest, entry.size)) : entry.digest);
}

}  // namespace

std::string lfs_pointer(std::string_view sha256, std::uint64_t size) {
    return "version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(sha256) + "\nsize " +
           std::to_string(size) + "\n";
}

std::optional<std::string> git_tree_id(const std::vector<RemoteFile>& entries) {
    // Git sorts folders as if their names ended in '/'.
    std::vector<std::pair<std::string, const RemoteFile*>> sorted;
    for (const RemoteFile& entry : entries)
        sorted.emplace_back(fs::file_name(entry.path) + (entry.folder ? "/" : ""), &entry);
    std::sort(sorted.begin(), sorted.end());
    std::string body;
    for (const auto& [name, entry] : sorted) {
        const std::string id = stored_id(*entry);
        if (id.empty()) return std::nullopt;
        body += entry->folder ? "40000 " : "100644 ";
        body += fs::file_name(entry->path);
        body += '\0';
        body += id;
    }
    const auto digest = sha1("tree " + std::to_string(body.size()) + '\0' + body);
    return hex(digest);
}

}  // namespace opentraces::hub
