#include "enrich/history.hpp"

#include <algorithm>
#include <initializer_list>

#include "enrich/agent_reports.hpp"
#include "enrich/commit_ledger.hpp"
#include "enrich/git_answer.hpp"
#include "enrich/git_log.hpp"
#include "enrich/git_text.hpp"
#include "enrich/repository_places.hpp"
#include "opentraces/core/lines.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/enrich.hpp"

namespace opentraces::enrich {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

struct ScopedGit {
    GitCommand git;
    std::size_t command = 0;  // of the run
    std::string folder;
};

// The subject that the command itself gives; a text of "$(cat <<EOF" begins after its first line.
std::string subject_of(const GitCommand& git) {
    std::string message = git.value_of('m', "--message").value_or("");
    if (message.starts_with("$(cat <<")) message.erase(0, std::min(message.find('\n'), message.size()));
    const std::string_view text = trim(message);
    return std::string(trim(text.substr(0, text.find('\n'))));
}

class Replay {
public:
    Replay(const trace::TraceRecord& record, const Evidence& evidence, const std::vector<ShellRun>& runs)
        : m_record(record),
          m_evidence(evidence),
          m_runs(runs),
          m_places(folder_at({}, evidence.working_directory),
                   evidence.branches.empty() ? std::string() : evidence.branches.front().name) {}

    SessionHistory run() {
        m_history.uses_shell = !m_runs.empty();
        std::vector<AgentReport> reports = agent_reports_of(m_record);
        auto report = reports.begin();
        for (const ShellRun& run : m_runs) {
            for (; report != reports.end() && report->step < run.step; ++report)
                m_ledger.report(*report);
            take(run);
        }
        finish();
        return std::move(m_history);
    }

private:
    // ---- one shell call ----

    void take(const ShellRun& run) {
        std::vector<ScopedGit> gits;
        bool elsewhere = false;
        for (std::size_t at = 0; at < run.commands.size(); ++at) {
            auto git = git_command_of(run.commands[at].words);
            if (!git) continue;
            std::string folder =
                git->folder.empty() ? run.folders[at] : folder_at(run.folders[at], git->folder);
            if (m_places.in_project(folder))
                gits.push_back({std::move(*git), at, std::move(folder)});
            else
                elsewhere = true;
        }
        if (!run.has_result) return note_missing(gits);
        GitAnswer output = answer_in(run.output);
        const std::size_t before = m_ledger.commits().size();
        if (!elsewhere || !gits.empty()) {
            for (std::size_t at = 0; at < gits.size(); ++at)
                take_git(run, gits, at, output);
        }
        if (!elsewhere) take_recorded(run, before);
    }

    void note_missing(const std::vector<ScopedGit>& gits) {
        for (const ScopedGit& one : gits)
            if (is_one_of(one.git.verb, {"commit", "cherry-pick", "revert"})) m_history.complete = false;
    }

    void take_git(const ShellRun& run, const std::vector<ScopedGit>& gits, std::size_t at,
                  GitAnswer& output) {
        const ScopedGit& one = gits[at];
        const std::string& verb = one.git.verb;
        if (verb == "commit") {
            take_commit(run, gits, at, output);
        } else if (is_one_of(verb, {"cherry-pick", "revert", "am"})) {
            take_series(run, gits, at, output);
        } else if (verb == "merge" || verb == "pull") {
            take_merge(run, one, output);
        } else if (verb == "rebase") {
            if (output.has("Successfully rebased")) take_rebase(run, one.folder);
        } else if (verb == "reset") {
            if (!run.failed && m_ledger.reset(one.git, m_places.branch_at(one.folder)))
                m_places.note_moved(one.folder);
        } else if (is_one_of(verb, {"checkout", "switch"})) {
            take_switch(run, one, output);
        } else if (verb == "push") {
            take_push(one, output);
        } else {
            take_report_of_git(run, gits, at);
        }
        if (is_one_of(verb, {"push", "pull", "fetch", "remote", "clone"})) note_remote(one, output.text);
        note_branches(one, output.text);
    }

    std::size_t commits_after(const std::vector<ScopedGit>& gits, std::size_t at) const {
        return static_cast<std::size_t>(
            std::count_if(gits.begin() + static_cast<std::ptrdiff_t>(at) + 1, gits.end(),
                          [](const ScopedGit& one) { return one.git.verb == "commit"; }));
    }

    void take_commit(const ShellRun& run, const std::vector<ScopedGit>& gits, std::size_t at,
                     GitAnswer& output) {
        const ScopedGit& one = gits[at];
        if (one.git.has("--dry-run") || one.git.has("--help")) return;
        const bool quiet = one.git.is_quiet();
        const std::string subject = subject_of(one.git);
        const bool repeats = run.commands[one.command].depth > 0;
        std::size_t wanted = repeats ? output.commits.size() : output.next + 1;
        if (quiet) wanted = output.next;
        bool made = false;
        while (output.next < std::min(wanted, output.commits.size())) {
            add_printed(run, one, output.commits[output.next++]);
            made = true;
        }
        if (made) return;
        if ((run.failed && !says_push_failed(output)) ||
            (says_no_commit(output) && !says_push_failed(output))) {
            ++m_history.failed_commits;
        } else if (was_made_unseen(run, one, quiet, output)) {
            add(run, one, {}, m_places.branch_at(one.folder), subject);
        } else {
            m_history.complete = false;
        }
    }

    // No line with the sha: a quiet commit, a wrapper, or a pipe that cut it off.
    static bool was_made_unseen(const ShellRun& run, const ScopedGit& one, bool quiet,
                                const GitAnswer& output) {
        if (quiet || !one.git.wrapper.empty()) return true;
        const auto& commands = run.commands;
        const bool piped =
            one.command + 1 < commands.size() && commands[one.command + 1].joint == Joint::Pipe;
        const bool silenced = !commands[one.command].redirections.empty();
        if (silenced && !piped) return true;
        return output.has(" file changed") || output.has(" files changed");
    }

    // Several commits by one command.
    void take_series(const ShellRun& run, const std::vector<ScopedGit>& gits, std::size_t at,
                     GitAnswer& output) {
        const std::size_t later = commits_after(gits, at);
        while (output.next + later < output.commits.size())
            add_printed(run, gits[at], output.commits[output.next++]);
    }

    void take_merge(const ShellRun& run, const ScopedGit& one, GitAnswer& output) {
        const bool rebases = one.git.has("--rebase") || one.git.has("-r");
        if (output.has("Successfully rebased")) return take_rebase(run, one.folder);
        if (output.has("Merge made by") && !rebases) {
            add(run, one, {}, m_places.branch_at(one.folder), {});
        } else if (one.git.has("--continue") && output.next < output.commits.size()) {
            add_printed(run, one, output.commits[output.next++]);
        } else if (output.has("Fast-forward")) {
            m_places.note_moved(one.folder);
        }
    }

    void take_recorded(const ShellRun& run, std::size_t before) {
        for (const RecordedCommit& recorded : m_evidence.commits) {
            if (recorded.call_id != run.call->tool_call_id) continue;
            if (m_ledger.commits().size() == before) {
                ScopedGit own;
                own.folder = m_places.home();
                add(run, own, recorded.sha, m_places.branch_at(m_places.home()), {});
            } else if (m_ledger.commits().back().sha.empty()) {
                m_ledger.commits().back().sha = recorded.sha;
            }
        }
    }

    // ---- what commands do ----

    void add_printed(const ShellRun& run, const ScopedGit& one, const PrintedCommit& printed) {
        m_places.note_branch(one.folder, printed.branch);
        add(run, one, printed.sha, printed.branch, printed.subject);
    }

    void add(const ShellRun& run, const ScopedGit& one, const std::string& sha, const std::string& branch,
             const std::string& subject) {
        const bool amends = one.git.verb == "commit" && one.git.has("--amend");
        SessionCommit commit{sha, branch, subject, run.step};
        if (amends) m_ledger.amend(one.git, commit);
        m_ledger.add(std::move(commit), one.folder);
        m_places.note_moved(one.folder);
    }

    void take_rebase(const ShellRun& run, const std::string& folder) {
        m_ledger.rebase(m_places.branch_at(folder), folder, run.step);
        m_places.note_moved(folder);
    }

    void take_switch(const ShellRun& run, const ScopedGit& one, const GitAnswer& output) {
        if (run.failed) return;
        const bool creates = one.git.has("-b") || one.git.has("-B") || one.git.has("-c") || one.git.has("-C");
        const bool quiet = one.git.is_quiet();
        if (creates && (quiet || !output.has("Switched to"))) {
            for (const std::string& argument : one.git.arguments) {
                if (argument.starts_with('-')) continue;
                m_places.set_branch(one.folder, argument);
                break;
            }
        }
        if (!creates && output.has("Switched to")) m_places.note_moved(one.folder);
    }

    void take_push(const ScopedGit& one, const GitAnswer& output) {
        each_line(output.text, [&](std::string_view line) {
            const auto range = pushed_range(line);
            if (!range) return;
            m_ledger.push(m_places.branch_at(one.folder));
            const bool first = m_ledger.commits().size() == 1 && !range->forced && !range->before.empty();
            if (first && m_base_by_push.empty() && same_commit(m_ledger.commits().front().sha, range->after))
                m_base_by_push = range->before;
        });
    }

    // ---- what commands tell ----

    void note_remote(const ScopedGit& one, std::string_view text) {
        if (!m_places.is_own(one.folder) && !m_places.in_project(one.folder)) return;
        each_line(text, [&](std::string_view line) {
            std::string name = repository_name(remote_in(line));
            if (name.empty() && one.git.verb == "remote" && one.git.has("get-url"))
                name = repository_name(trim(line));
            if (!name.empty() && m_history.repository.empty()) m_history.repository = std::move(name);
        });
    }

    void note_branches(const ScopedGit& one, std::string_view text) {
        if (!is_one_of(one.git.verb, {"status", "checkout", "switch", "commit", "branch", "merge", "pull"}))
            return;
        const bool asks = one.git.verb == "branch" && one.git.has("--show-current");
        bool asked = asks;
        each_line(text, [&](std::string_view line) {
            if (const auto branch = branch_in(line)) {
                m_places.set_branch(one.folder, *branch, one.git.verb == "status");
            } else if (asked && !line.empty() && line.find(' ') == std::string_view::npos) {
                m_places.set_branch(one.folder, std::string(line), true);
                asked = false;
            }
        });
    }

    void take_report_of_git(const ShellRun& run, const std::vector<ScopedGit>& gits, std::size_t at) {
        const ScopedGit& one = gits[at];
        if (one.git.verb == "worktree") return take_worktrees(run, one);
        if (one.git.verb == "reflog") return take_reflog(run, one);
        if (one.git.verb == "branch" && !run.failed && (one.git.has("-m") || one.git.has("-M"))) {
            const std::string& name = one.git.arguments.back();
            if (one.git.arguments.size() == 2) m_places.set_branch(one.folder, name);
            return;
        }
        if (!is_one_of(one.git.verb, {"log", "show", "rev-parse"})) return;
        const auto asks = [](const ScopedGit& other) {
            return is_one_of(other.git.verb, {"log", "show", "rev-parse"});
        };
        const std::size_t questions = static_cast<std::size_t>(std::count_if(gits.begin(), gits.end(), asks));
        const std::vector<LoggedCommit> listed = logged_in(run.output);
        if (m_ledger.show(listed, m_places.home(), m_places.branch_at(m_places.home())))
            m_places.note_own_moved();
        if (listed.empty() || questions > 1 ||
            !shows_head(one.git, run.commands, one.command, m_places.branch_at(one.folder)))
            return;
        take_head(run, one, listed);
    }

    void take_head(const ShellRun& run, const ScopedGit& one, const std::vector<LoggedCommit>& listed) {
        m_ledger.show_head(one.folder, listed.front());
        if (one.git.verb == "log") note_parent(listed);
        note_head(run, one.folder, listed.front().sha);
    }

    // HEAD before the session moved it, in its own folder, unless the person has changed branches.
    void note_head(const ShellRun& run, const std::string& folder, const std::string& sha) {
        if (!m_history.base_commit.empty() || m_places.has_moved() || !m_places.is_own(folder) ||
            person_switched(run.step))
            return;
        m_history.base_commit = sha;
    }

    bool person_switched(std::int64_t step) const {
        const auto at = static_cast<std::size_t>(step - 1);
        if (m_places.has_switched() || at >= m_record.steps.size() || !m_record.steps[at].timestamp)
            return false;
        return std::any_of(m_evidence.branches.begin(), m_evidence.branches.end(),
                           [&](const NotedBranch& noted) {
                               return &noted != &m_evidence.branches.front() && !noted.since.empty() &&
                                      noted.since <= *m_record.steps[at].timestamp;
                           });
    }

    // In a straight log, what follows the session's first commit is what it stands on.
    void note_parent(const std::vector<LoggedCommit>& listed) {
        if (m_ledger.commits().empty() || !m_parent.empty()) return;
        const SessionCommit& first = m_ledger.commits().front();
        if (first.subject.starts_with("Merge ") || first.subject.empty()) return;
        for (std::size_t at = 0; at + 1 < listed.size(); ++at)
            if (same_commit(listed[at].sha, first.sha)) m_parent = listed[at + 1].sha;
    }

    void take_worktrees(const ShellRun& run, const ScopedGit& one) {
        if (run.failed) return;
        if (one.git.has("add")) {
            for (const std::string& argument : one.git.arguments) {
                if (argument == "add" || argument.starts_with('-')) continue;
                if (argument.find('/') == std::string::npos && argument.find('.') == std::string::npos)
                    continue;
                m_places.add_worktree(folder_at(one.folder, argument));
                break;
            }
            return;
        }
        each_line(run.output, [&](std::string_view line) {
            const std::size_t open = line.rfind('[');
            if (!line.starts_with('/') || open == std::string_view::npos) return;
            const std::string root = folder_at({}, line.substr(0, line.find(' ')));
            const std::string_view before = trim(line.substr(0, open));
            const std::string_view sha = before.substr(before.rfind(' ') + 1);
            if (!is_sha(sha)) return;
            m_places.add_worktree(root);
            m_ledger.note_shown(std::string(sha));
            m_places.note_branch(root, std::string(line.substr(open + 1, line.find(']', open) - open - 1)));
            if (root == m_places.home()) note_head(run, root, std::string(sha));
        });
    }

    void take_reflog(const ShellRun& run, const ScopedGit& one) {
        std::vector<ReflogEntry> entries;
        each_line(run.output, [&](std::string_view line) {
            if (auto entry = reflog_entry(line)) entries.push_back(std::move(*entry));
        });
        if (entries.empty()) return;
        note_head(run, one.folder, entries.front().sha);
        for (std::size_t at = 0; at < entries.size(); ++at) {
            if (!entries[at].action.starts_with("commit")) continue;
            for (SessionCommit& commit : m_ledger.commits()) {
                if (!same_commit(commit.sha, entries[at].sha)) continue;
                commit.rewritten |= was_picked(entries, at);
                if (&commit == &m_ledger.commits().front() && at + 1 < entries.size())
                    m_parent = entries[at + 1].sha;
            }
        }
    }

    // A later entry made another commit of it.
    static bool was_picked(const std::vector<ReflogEntry>& entries, std::size_t at) {
        for (std::size_t newer = 0; newer < at; ++newer) {
            const ReflogEntry& entry = entries[newer];
            const bool picks = entry.action.starts_with("rebase") && entry.subject == entries[at].subject;
            if (picks && !same_commit(entry.sha, entries[at].sha)) return true;
        }
        return false;
    }

    // ---- the end ----

    void finish() {
        if (m_history.base_commit.empty() && !m_ledger.commits().empty())
            m_history.base_commit = m_parent.empty() ? m_base_by_push : m_parent;
        for (SessionCommit& commit : m_ledger.commits())
            commit.sha = longest_form(commit.sha);
        m_history.commits = std::move(m_ledger.commits());
        m_history.base_commit = longest_form(m_history.base_commit);
        finish_branches();
    }

    void finish_branches() {
        const std::vector<NotedBranch>& noted = m_evidence.branches;
        m_history.branch = m_places.branch();
        m_history.branch_at_start = m_places.branch_at_start();
        if (m_history.branch_at_start.empty() && !noted.empty())
            m_history.branch_at_start = noted.front().name;
        // Git's own word is better than the program's note, unless that has changed since.
        const bool changed = noted.size() > 1;
        if ((m_history.branch.empty() || changed) && !noted.empty()) m_history.branch = noted.back().name;
        const SessionCommit* last = m_history.last_surviving();
        if (last != nullptr && !last->branch.empty()) m_history.branch = last->branch;
    }

    std::string longest_form(const std::string& sha) const {
        if (sha.empty()) return sha;
        std::string longest = sha;
        for (const ShellRun& run : m_runs) {
            for (std::size_t at = run.output.find(sha); at != std::string::npos;
                 at = run.output.find(sha, at + 1)) {
                std::size_t end = at;
                while (end < run.output.size() &&
                       std::isxdigit(static_cast<unsigned char>(run.output[end])) != 0)
                    ++end;
                const bool begins =
                    at == 0 || std::isalnum(static_cast<unsigned char>(run.output[at - 1])) == 0;
                const std::string word = run.output.substr(at, end - at);
                if (begins && word.size() > longest.size() && is_sha(word)) longest = word;
            }
        }
        return longest;
    }

    const trace::TraceRecord& m_record;
    const Evidence& m_evidence;
    const std::vector<ShellRun>& m_runs;
    RepositoryPlaces m_places;
    CommitLedger m_ledger;
    SessionHistory m_history;
    std::string m_parent;  // of the first commit
    std::string m_base_by_push;
};

}  // namespace

const SessionCommit* SessionHistory::last_surviving() const {
    const auto last = std::find_if(commits.rbegin(), commits.rend(),
                                   [](const SessionCommit& commit) { return !commit.rewritten; });
    return last == commits.rend() ? nullptr : &*last;
}

SessionHistory history_of(const trace::TraceRecord& record, const Evidence& evidence,
                          const std::vector<ShellRun>& runs) {
    return Replay(record, evidence, runs).run();
}

}  // namespace opentraces::enrich
