#include "capture/worktrees.hpp"

#include <algorithm>
#include <optional>

#include "opentraces/core/error.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::capture {
namespace {

constexpr std::size_t k_most = 100;
constexpr std::uint64_t k_longest_file = 4096;
constexpr std::string_view k_pointer = "gitdir: ";

// The text of a small regular file, trimmed.
std::optional<std::string> small_text(const std::string& path, fs::Disk& disk) {
    const auto info = disk.info(path);
    if (!info || info->kind != fs::FileKind::File || info->size > k_longest_file) return std::nullopt;
    return std::string(trim(disk.read_all(path, k_longest_file)));
}

bool is_same_folder(const std::string& left, const fs::FileInfo& right, fs::Disk& disk) {
    const auto info = disk.info(left);
    return info && info->is_directory() && info->device == right.device && info->inode == right.inode;
}

// Empty if the entry names none, or one that does not name it.
std::string root_of(const std::string& entry, fs::Disk& inside, fs::Disk& disk) {
    const auto named = small_text(fs::join(entry, "gitdir"), inside);
    const auto folder = inside.info(entry);
    if (!named || named->empty() || !folder) return {};
    const std::string pointer = fs::absolute(*named, entry);
    if (fs::file_name(pointer) != ".git") return {};
    const std::string root = fs::parent(pointer);
    const auto back = small_text(pointer, disk);
    if (!back || !back->starts_with(k_pointer)) return {};
    const std::string target = fs::absolute(back->substr(k_pointer.size()), root);
    return is_same_folder(target, *folder, disk) ? root : std::string();
}

}  // namespace

Worktrees worktrees_of(const std::string& project, fs::Disk& disk) {
    Worktrees found;
    std::vector<std::string>& roots = found.roots;
    try {
        const auto inside = disk.beneath(project);
        for (const fs::FileInfo& entry : inside->list(fs::join(project, ".git/worktrees"))) {
            if (!entry.is_directory()) continue;
            if (roots.size() == k_most) {
                ++found.left_out;
                continue;
            }
            std::string root = root_of(entry.path, *inside, disk);
            if (!root.empty()) roots.push_back(std::move(root));
        }
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Interrupted) throw;
    }
    std::sort(roots.begin(), roots.end());
    return found;
}

}  // namespace opentraces::capture
