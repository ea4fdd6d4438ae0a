// The commits that a session has made so far: which of them its later commands took back or pushed, and the
// shas that its logs show of them later.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "enrich/agent_reports.hpp"
#include "enrich/git_log.hpp"
#include "enrich/git_text.hpp"
#include "enrich/history.hpp"

namespace opentraces::enrich {

// Of two shas, maybe abbreviated.
bool same_commit(std::string_view one, std::string_view other);

class CommitLedger {
public:
    std::vector<SessionCommit>& commits() { return m_commits; }
    const std::vector<SessionCommit>& commits() const { return m_commits; }
    bool is_known(const std::string& sha) const;

    void add(SessionCommit commit, const std::string& folder);
    // What `git commit --amend` replaces; the subject is kept where the command says so.
    void amend(const GitCommand& git, SessionCommit& commit);
    // What was not pushed has other shas now, which only a later log shows; fixups are gone.
    void rebase(const std::string& branch, const std::string& folder, std::int64_t step);
    // False when the command takes no commits off the branch.
    bool reset(const GitCommand& git, const std::string& branch);
    void push(const std::string& branch);

    // A log shows these: shas of commits that had none, and of reported ones, which then are the session's,
    // on this branch. True if such a one was added.
    bool show(const std::vector<LoggedCommit>& listed, const std::string& folder, const std::string& branch);
    void note_shown(const std::string& sha) { m_shown.insert(sha); }
    void show_head(const std::string& folder, const LoggedCommit& head);
    // Commits of a sub-agent that left no transcript: they count once a log shows them.
    void report(AgentReport report);

private:
    bool confirm(AgentReport& report, const std::vector<LoggedCommit>& listed, const std::string& folder,
                 const std::string& branch);

    std::vector<SessionCommit> m_commits;
    std::vector<std::string> m_folders;       // in which each was made
    std::unordered_set<std::string> m_shown;  // shas that logs have shown so far
    std::vector<AgentReport> m_reports;       // not yet confirmed
};

}  // namespace opentraces::enrich
