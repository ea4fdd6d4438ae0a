// The folders in which a session's repository is checked out, and the branch of each as its commands go by.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace opentraces::enrich {

// Folders are as folder_at() gives them.
class RepositoryPlaces {
public:
    // `home` is the session's own folder; its branch when the session begins, empty if that is not known.
    RepositoryPlaces(std::string home, const std::string& branch);

    const std::string& home() const { return m_home; }
    bool in_project(const std::string& folder) const;
    // The folder in which the session itself runs.
    bool is_own(const std::string& folder) const;
    void add_worktree(const std::string& root) { m_worktrees.push_back(root); }

    std::string branch_at(const std::string& folder) const;
    void note_branch(const std::string& folder, std::string branch) {
        m_branch_of[folder] = std::move(branch);
    }
    // By a command of the session; `only_tells` it, or changes it.
    void set_branch(const std::string& folder, const std::string& branch, bool only_tells = false);
    void note_moved(const std::string& folder);
    void note_own_moved() { m_moved = true; }

    // Of the session's own folder.
    bool has_moved() const { return m_moved; }        // HEAD is another commit
    bool has_switched() const { return m_switched; }  // the session changed branches
    const std::string& branch() const { return m_branch; }
    const std::string& branch_at_start() const { return m_branch_at_start; }

private:
    std::string m_home;
    std::vector<std::string> m_worktrees;
    std::map<std::string, std::string> m_branch_of;  // folder -> branch
    std::string m_branch;                            // as git's own words have told it
    std::string m_branch_at_start;
    bool m_moved = false;
    bool m_switched = false;
};

}  // namespace opentraces::enrich
