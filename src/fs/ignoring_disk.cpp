#include "opentraces/fs/ignoring_disk.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "fs/forwarding_disk.hpp"
#include "fs/ignore_rules.hpp"
#include "opentraces/core/error.hpp"

namespace opentraces::fs {
namespace {

constexpr std::size_t k_largest_file = std::size_t{1} << 20;
constexpr std::string_view k_repository = ".git";
constexpr std::string_view k_exclude = ".git/info/exclude";
constexpr std::array<std::string_view, 3> k_names = {".ignore", ".gitignore", k_exclude};  // strongest first

class IgnoringDisk final : public ForwardingDisk {
public:
    IgnoringDisk(Disk& inner, std::string root, std::string top, std::size_t& ignored,
                 std::unique_ptr<Disk> owned, Disk& above)
        : ForwardingDisk(inner),
          m_root(std::move(root)),
          m_top(std::move(top)),
          m_ignored(ignored),
          m_owned(std::move(owned)),
          m_above(above) {}

    std::unique_ptr<Disk> beneath(const std::string& root) override {
        std::unique_ptr<Disk> below = inner().beneath(root);
        Disk& disk = *below;
        return std::make_unique<IgnoringDisk>(disk, m_root, m_top, m_ignored, std::move(below), m_above);
    }

    std::vector<FileInfo> list(const std::string& path) override {
        std::vector<FileInfo> entries = ForwardingDisk::list(path);
        m_ignored += std::erase_if(
            entries, [&](const FileInfo& entry) { return ignores(entry.path, entry.is_directory()); });
        return entries;
    }

private:
    // Of a folder, strongest first.
    using Rules = std::vector<IgnoreRules>;

    bool ignores(const std::string& path, bool is_folder) {
        for (std::string folder = parent(path);; folder = parent(folder)) {
            const std::string_view relative =
                std::string_view(path).substr(folder == "/" ? 1 : folder.size() + 1);
            for (const IgnoreRules& rules : rules_of(folder)) {
                const auto answer = rules.ask(relative, is_folder);
                if (answer != IgnoreRules::Answer::Silent) return answer == IgnoreRules::Answer::Ignored;
            }
            if (folder == m_top || folder == "/" || folder == ".") return false;
        }
    }

    const Rules& rules_of(const std::string& folder) {
        const auto [place, is_new] = m_rules.try_emplace(folder);
        if (!is_new) return place->second;
        for (const std::string_view name : k_names) {
            if (name == k_exclude && folder != m_top) continue;
            if (auto text = text_of(join(folder, name), folder)) place->second.emplace_back(*text);
        }
        return place->second;
    }

    std::optional<std::string> text_of(const std::string& path, const std::string& folder) {
        const bool is_below = folder == m_root || folder.starts_with(m_root == "/" ? "/" : m_root + "/");
        Disk& disk = is_below ? inner() : m_above;
        try {
            if (!disk.info(path)) return std::nullopt;
            return disk.read_all(path, k_largest_file);
        } catch (const Error& error) {
            if (error.code() == ErrorCode::Interrupted) throw;
            return std::nullopt;
        }
    }

    std::string m_root;
    std::string m_top;
    std::size_t& m_ignored;
    std::unique_ptr<Disk> m_owned;
    Disk& m_above;  // for what is above the root
    std::map<std::string, Rules> m_rules;
};

// The folder at or above `root` that holds a repository, else `root`.
std::string top_of(const std::string& root, Disk& disk) {
    for (std::string folder = root;; folder = parent(folder)) {
        if (disk.info(join(folder, k_repository))) return folder;
        if (folder == "/" || folder == ".") return root;
    }
}

}  // namespace

std::unique_ptr<Disk> ignoring_disk(Disk& inner, std::string root, std::size_t& ignored) {
    std::string top = top_of(root, inner);
    return std::make_unique<IgnoringDisk>(inner, std::move(root), std::move(top), ignored, nullptr, inner);
}

}  // namespace opentraces::fs
