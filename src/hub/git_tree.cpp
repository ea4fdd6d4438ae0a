#include "opentraces/hub/git_tree.hpp"

#include <algorithm>
#include <utility>

#include "opentraces/core/digest.hpp"
#include "opentraces/fs/disk.hpp"

namespace opentraces::hub {
namespace {

constexpr std::size_t k_id_digits = 40;

int nibble(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

// 40 hex digits as 20 bytes; empty if they are not that.
std::string id_bytes(std::string_view digits) {
    if (digits.size() != k_id_digits) return {};
    std::string bytes;
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = nibble(digits[i]);
        const int low = nibble(digits[i + 1]);
        if (high < 0 || low < 0) return {};
        bytes += static_cast<char>(high * 16 + low);
    }
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
