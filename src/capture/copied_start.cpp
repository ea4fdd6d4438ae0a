#include "capture/copied_start.hpp"

#include <algorithm>

namespace opentraces::capture {
namespace {

bool is_same_file(const std::string& one, const std::string& other, fs::Disk& disk) {
    if (one == other) return true;
    const auto first = disk.info(one);
    const auto second = disk.info(other);
    return first && second && first->device == second->device && first->inode == second->inode;
}

}  // namespace

std::vector<std::string> alike_beside(const std::string& session, const std::string& first,
                                      const Neighbours& neighbours, Sources& sources) {
    if (first.empty()) return {};
    auto [known, is_new] = sources.beginnings.try_emplace(neighbours.key);
    if (is_new) {
        for (const std::string& path : neighbours.paths()) {
            const std::string begins = neighbours.first(path);
            if (!begins.empty()) known->second[begins].push_back(path);
        }
    }
    std::vector<std::string> paths = known->second[first];
    std::erase_if(paths,
                  [&](const std::string& path) { return is_same_file(path, session, sources.disk()); });
    std::sort(paths.begin(), paths.end());
    return paths;
}

std::size_t common_start(const std::vector<std::string>& one, const std::vector<std::string>& other) {
    const auto [end, ignored] = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
    return static_cast<std::size_t>(end - one.begin());
}

CopiedStart longest_copied_start(
    const std::vector<std::string>& own, const std::vector<std::string>& others,
    const std::function<std::vector<std::string>(const std::string& path)>& messages_of) {
    CopiedStart longest;
    for (const std::string& path : others) {
        const std::size_t common = common_start(own, messages_of(path));
        if (common > longest.messages) longest = {common, path};
    }
    return longest;
}

}  // namespace opentraces::capture
