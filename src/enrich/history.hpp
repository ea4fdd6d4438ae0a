// The commits that a session made and the repository that it worked in, replayed from its shell calls.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "enrich/shell_runs.hpp"
#include "opentraces/enrich/evidence.hpp"
#include "opentraces/trace/record.hpp"

namespace opentraces::enrich {

struct SessionCommit {
    std::string sha;      // the longest form that the log shows; empty when it shows none
    std::string branch;   // on which it was made; empty for a detached HEAD
    std::string subject;  // empty when unknown
    std::int64_t step = 0;
    bool rewritten = false;  // an amend, rebase or reset after it took it off its branch
    bool pushed = false;
};

struct SessionHistory {
    std::vector<SessionCommit> commits;  // in the order in which they were made
    std::size_t failed_commits = 0;      // commit commands that made none
    bool complete = true;                // false: the result of a commit command is not in the log
    bool uses_shell = false;
    std::string branch;  // of the last commit that survives, else at the end; empty when unknown
    std::string branch_at_start;
    std::string base_commit;  // HEAD before the session moved it
    std::string repository;   // "owner/name"
    const SessionCommit* last_surviving() const;
};

SessionHistory history_of(const trace::TraceRecord& record, const Evidence& evidence,
                          const std::vector<ShellRun>& runs);

}  // namespace opentraces::enrich
