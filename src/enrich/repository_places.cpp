#include "enrich/repository_places.hpp"

#include <algorithm>

#include "enrich/shell_runs.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::enrich {

RepositoryPlaces::RepositoryPlaces(std::string home, const std::string& branch) : m_home(std::move(home)) {
    if (!branch.empty()) m_branch_of[m_home] = branch;
}

bool RepositoryPlaces::in_project(const std::string& folder) const {
    if (m_home.empty() || is_at_or_below(folder, m_home) || is_at_or_below(m_home, folder)) return true;
    if (folder.starts_with("$(git rev-parse")) return true;
    if (folder.starts_with("~/") && m_home.ends_with(folder.substr(1))) return true;
    if (std::any_of(m_worktrees.begin(), m_worktrees.end(),
                    [&](const std::string& root) { return is_at_or_below(folder, root); }))
        return true;
    return to_lower_ascii(folder).find("worktree") != std::string::npos;
}

bool RepositoryPlaces::is_own(const std::string& folder) const {
    if (m_home.empty() || is_at_or_below(m_home, folder)) return true;
    return is_at_or_below(folder, m_home) &&
           std::none_of(m_worktrees.begin(), m_worktrees.end(), [&](const auto& root) {
               return root.size() > m_home.size() && is_at_or_below(folder, root);
           });
}

std::string RepositoryPlaces::branch_at(const std::string& folder) const {
    for (std::string at = folder;; at.erase(at.rfind('/'))) {
        const auto known = m_branch_of.find(at);
        if (known != m_branch_of.end()) return known->second;
        if (at.rfind('/') == std::string::npos || at.rfind('/') == 0) break;
    }
    const auto home = m_branch_of.find(m_home);
    return is_own(folder) && home != m_branch_of.end() ? home->second : std::string{};
}

void RepositoryPlaces::set_branch(const std::string& folder, const std::string& branch, bool only_tells) {
    m_branch_of[folder] = branch;
    if (!is_own(folder)) return;
    m_branch_of[m_home] = branch;
    m_branch = branch;
    if (m_branch_at_start.empty() && only_tells && !m_switched) m_branch_at_start = branch;
    if (!only_tells) m_switched = true;
}

void RepositoryPlaces::note_moved(const std::string& folder) {
    if (is_own(folder)) m_moved = true;
}

}  // namespace opentraces::enrich
