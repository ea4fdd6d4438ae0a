#include "enrich/history.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <unordered_set>

#include "enrich/agent_reports.hpp"
#include "enrich/git_log.hpp"
#include "enrich/git_text.hpp"
#include "opentraces/core/text.hpp"
#include "opentraces/enrich/enrich.hpp"

namespace opentraces::enrich {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool same_commit(std::string_view one, std::string_view other) {
    return !one.empty() && !other.empty() && (one.starts_with(other) || other.starts_with(one));
}

// Programs cut long subjects: "Expand README Remediation section with target ...".
bool same_subject(std::string_view said, std::string_view shown) {
    if (said.empty()) return false;
    const std::size_t cut = shown.ends_with("...") ? shown.size() - 3 : std::string_view::npos;
    return said == shown || (cut != std::string_view::npos && said.starts_with(shown.substr(0, cut)));
}

struct ScopedGit {
    GitCommand git;
    std::size_t command = 0;  // of the run
    std::string folder;
};

struct Output {
    std::string_view text;
    std::vector<PrintedCommit> commits;
    std::size_t next = 0;  // of them
    bool has(std::string_view words) const { return text.find(words) != std::string_view::npos; }
};

// What git, its hooks or a wrapper say when no commit was made.
bool says_no_commit(const Output& output) {
    for (const std::string_view words :
         {"nothing to commit", "no changes added to commit", "nothing added to commit", "FAILED: git commit",
          "Aborting commit", "fatal: ", "error: ", "hook declined", "husky - "}) {
        if (output.has(words)) return true;
    }
    return false;
}

bool push_failed(const Output& output) {
    return output.has("! [rejected]") || output.has("failed to push") || output.has("has no upstream branch");
}

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
          m_home(folder_at({}, evidence.working_directory)) {
        if (!evidence.branches.empty()) m_branch_of[m_home] = evidence.branches.front().name;
    }

    SessionHistory run() {
        m_history.uses_shell = !m_runs.empty();
        std::vector<AgentReport> reports = agent_reports_of(m_record);
        auto report = reports.begin();
        for (const ShellRun& run : m_runs) {
            for (; report != reports.end() && report->step < run.step; ++report)
                take_report(*report);
            take(run);
        }
        finish();
        return std::move(m_history);
    }

private:
    // ---- which repository ----

    bool in_project(const std::string& folder) const {
        if (m_home.empty() || is_at_or_below(folder, m_home) || is_at_or_below(m_home, folder)) return true;
        if (folder.starts_with("$(git rev-parse")) return true;
        if (folder.starts_with("~/") && m_home.ends_with(folder.substr(1))) return true;
        if (std::any_of(m_worktrees.begin(), m_worktrees.end(),
                        [&](const std::string& root) { return is_at_or_below(folder, root); }))
            return true;
        return to_lower_ascii(folder).find("worktree") != std::string::npos;
    }

    // The folder in which the session itself runs.
    bool is_own(const std::string& folder) const {
        if (m_home.empty() || is_at_or_below(m_home, folder)) return true;
        return is_at_or_below(folder, m_home) &&
               std::none_of(m_worktrees.begin(), m_worktrees.end(), [&](const auto& root) {
                   return root.size() > m_home.size() && is_at_or_below(folder, root);
               });
    }

    // ---- one shell call ----

    void take(const ShellRun& run) {
        std::vector<ScopedGit> gits;
        bool elsewhere = false;
        for (std::size_t at = 0; at < run.commands.size(); ++at) {
            auto git = git_command_of(run.commands[at].words);
            if (!git) continue;
            std::string folder =
                git->folder.empty() ? run.folders[at] : folder_at(run.folders[at], git->folder);
            if (in_project(folder))
                gits.push_back({std::move(*git), at, std::move(folder)});
            else
                elsewhere = true;
        }
        if (!run.has_result) return note_missing(gits);
        Output output{run.output, {}};
        each_line(run.output, [&](std::string_view line) {
            if (auto commit = printed_commit(line)) output.commits.push_back(std::move(*commit));
        });
        const std::size_t before = m_history.commits.size();
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

    void take_git(const ShellRun& run, const std::vector<ScopedGit>& gits, std::size_t at, Output& output) {
        const ScopedGit& one = gits[at];
        const std::string& verb = one.git.verb;
        if (verb == "commit") {
            take_commit(run, gits, at, output);
        } else if (is_one_of(verb, {"cherry-pick", "revert", "am"})) {
            take_series(run, gits, at, output);
        } else if (verb == "merge" || verb == "pull") {
            take_merge(run, one, output);
        } else if (verb == "rebase") {
            if (output.has("Successfully rebased")) rewrite_by_rebase(run, one.folder);
        } else if (verb == "reset") {
            if (!run.failed) take_reset(one);
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
                     Output& output) {
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
        if ((run.failed && !push_failed(output)) || (says_no_commit(output) && !push_failed(output))) {
            ++m_history.failed_commits;
        } else if (was_made_unseen(run, one, quiet, output)) {
            add(run, one, {}, branch_at(one.folder), subject);
        } else {
            m_history.complete = false;
        }
    }

    // No line with the sha: a quiet commit, a wrapper, or a pipe that cut it off.
    static bool was_made_unseen(const ShellRun& run, const ScopedGit& one, bool quiet, const Output& output) {
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
                     Output& output) {
        const std::size_t later = commits_after(gits, at);
        while (output.next + later < output.commits.size())
            add_printed(run, gits[at], output.commits[output.next++]);
    }

    void take_merge(const ShellRun& run, const ScopedGit& one, Output& output) {
        const bool rebases = one.git.has("--rebase") || one.git.has("-r");
        if (output.has("Successfully rebased")) return rewrite_by_rebase(run, one.folder);
        if (output.has("Merge made by") && !rebases) {
            add(run, one, {}, branch_at(one.folder), {});
        } else if (one.git.has("--continue") && output.next < output.commits.size()) {
            add_printed(run, one, output.commits[output.next++]);
        } else if (output.has("Fast-forward")) {
            note_moved(one.folder);
        }
    }

    void take_recorded(const ShellRun& run, std::size_t before) {
        for (const RecordedCommit& recorded : m_evidence.commits) {
            if (recorded.call_id != run.call->tool_call_id) continue;
            if (m_history.commits.size() == before) {
                ScopedGit own;
                own.folder = m_home;
                add(run, own, recorded.sha, branch_at(m_home), {});
            } else if (m_history.commits.back().sha.empty()) {
                m_history.commits.back().sha = recorded.sha;
            }
        }
    }

    // ---- what commands do ----

    void add_printed(const ShellRun& run, const ScopedGit& one, const PrintedCommit& printed) {
        m_branch_of[one.folder] = printed.branch;
        add(run, one, printed.sha, printed.branch, printed.subject);
    }

    void add(const ShellRun& run, const ScopedGit& one, const std::string& sha, const std::string& branch,
             const std::string& subject) {
        const bool amends = one.git.verb == "commit" && one.git.has("--amend");
        SessionCommit commit{sha, branch, subject, run.step};
        if (amends) amend(one, commit);
        m_history.commits.push_back(std::move(commit));
        m_folders.push_back(one.folder);
        note_moved(one.folder);
    }

    void amend(const ScopedGit& one, SessionCommit& commit) {
        for (auto before = m_history.commits.rbegin(); before != m_history.commits.rend(); ++before) {
            if (before->rewritten || before->branch != commit.branch) continue;
            const bool keeps = one.git.has("--no-edit");
            if (keeps && commit.subject.empty()) commit.subject = before->subject;
            // Another subject although it was to be kept: the commit was somebody else's.
            if (!keeps || before->subject.empty() || same_subject(before->subject, commit.subject))
                before->rewritten = true;
            return;
        }
    }

    // What was not pushed has other shas now, which only a later log shows; fixups are gone.
    void rewrite_by_rebase(const ShellRun& run, const std::string& folder) {
        const std::string branch = branch_at(folder);
        const std::size_t count = m_history.commits.size();
        for (std::size_t at = 0; at < count; ++at) {
            SessionCommit& old = m_history.commits[at];
            if (old.rewritten || old.pushed || old.branch != branch) continue;
            old.rewritten = true;
            if (old.subject.starts_with("fixup! ") || old.subject.starts_with("squash! ")) continue;
            SessionCommit copy{{}, branch, old.subject, run.step};
            m_history.commits.push_back(std::move(copy));
            m_folders.push_back(folder);
        }
        note_moved(folder);
    }

    void take_reset(const ScopedGit& one) {
        std::string target;
        for (const std::string& argument : one.git.arguments) {
            if (argument == "--") return;  // paths
            if (argument.starts_with('-')) continue;
            if (!target.empty()) return;  // a revision and paths
            target = argument;
        }
        const bool has_mode = one.git.has("--hard") || one.git.has("--soft") || one.git.has("--mixed") ||
                              one.git.has("--keep") || one.git.has("--merge");
        if (target.empty() || target == "HEAD") return;
        std::vector<SessionCommit*> own;
        for (SessionCommit& commit : m_history.commits)
            if (!commit.rewritten && commit.branch == branch_at(one.folder)) own.push_back(&commit);
        const std::optional<std::size_t> left = left_by_reset(target, own, has_mode);
        if (!left) return;
        for (std::size_t at = *left; at < own.size(); ++at)
            own[at]->rewritten = true;
        note_moved(one.folder);
    }

    // How many of the branch's commits stay; nullopt when the argument is a path.
    static std::optional<std::size_t> left_by_reset(const std::string& target,
                                                    const std::vector<SessionCommit*>& own, bool has_mode) {
        if (target.starts_with("HEAD~") || target.starts_with("HEAD^") || target.starts_with("@~") ||
            target.starts_with("@^")) {
            const std::string number = target.substr(target.find_first_of("~^") + 1);
            std::size_t steps = 1;
            if (!number.empty() && number.find_first_not_of("0123456789") == std::string::npos &&
                number.size() < 6)
                steps = static_cast<std::size_t>(std::stoul(number));
            else if (!number.empty())
                steps = number.size() + 1;  // "HEAD^^"
            return own.size() - std::min(steps, own.size());
        }
        if (target.starts_with("ORIG_") || target.find("@{") == 0) {
            return static_cast<std::size_t>(std::count_if(
                own.begin(), own.end(), [](const SessionCommit* commit) { return commit->pushed; }));
        }
        for (std::size_t at = 0; at < own.size(); ++at)
            if (is_sha(target) && same_commit(own[at]->sha, target)) return at + 1;
        if (target.find('/') != std::string::npos && has_mode) {  // origin/x
            return static_cast<std::size_t>(std::count_if(
                own.begin(), own.end(), [](const SessionCommit* commit) { return commit->pushed; }));
        }
        return has_mode || is_sha(target) ? std::optional<std::size_t>(0) : std::nullopt;
    }

    void take_switch(const ShellRun& run, const ScopedGit& one, const Output& output) {
        if (run.failed) return;
        const bool creates = one.git.has("-b") || one.git.has("-B") || one.git.has("-c") || one.git.has("-C");
        const bool quiet = one.git.is_quiet();
        if (creates && (quiet || !output.has("Switched to"))) {
            for (const std::string& argument : one.git.arguments) {
                if (argument.starts_with('-')) continue;
                set_branch(one.folder, argument);
                break;
            }
        }
        if (!creates && output.has("Switched to")) note_moved(one.folder);
    }

    void take_push(const ScopedGit& one, const Output& output) {
        each_line(output.text, [&](std::string_view line) {
            const auto range = pushed_range(line);
            if (!range) return;
            for (std::size_t at = 0; at < m_history.commits.size(); ++at) {
                SessionCommit& commit = m_history.commits[at];
                if (!commit.rewritten && commit.branch == branch_at(one.folder)) commit.pushed = true;
            }
            const bool first = m_history.commits.size() == 1 && !range->forced && !range->before.empty();
            if (first && m_base_by_push.empty() && same_commit(m_history.commits.front().sha, range->after))
                m_base_by_push = range->before;
        });
    }

    // ---- what commands tell ----

    void note_remote(const ScopedGit& one, std::string_view text) {
        if (!is_own(one.folder) && !in_project(one.folder)) return;
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
                set_branch(one.folder, *branch, one.git.verb == "status");
            } else if (asked && !line.empty() && line.find(' ') == std::string_view::npos) {
                set_branch(one.folder, std::string(line), true);
                asked = false;
            }
        });
    }

    void set_branch(const std::string& folder, const std::string& branch, bool only_tells = false) {
        m_branch_of[folder] = branch;
        if (!is_own(folder)) return;
        m_branch_of[m_home] = branch;
        m_history.branch = branch;
        if (m_history.branch_at_start.empty() && only_tells && !m_switched)
            m_history.branch_at_start = branch;
        if (!only_tells) m_switched = true;
    }

    std::string branch_at(const std::string& folder) const {
        for (std::string at = folder;; at.erase(at.rfind('/'))) {
            const auto known = m_branch_of.find(at);
            if (known != m_branch_of.end()) return known->second;
            if (at.rfind('/') == std::string::npos || at.rfind('/') == 0) break;
        }
        const auto home = m_branch_of.find(m_home);
        return is_own(folder) && home != m_branch_of.end() ? home->second : std::string{};
    }

    void take_report_of_git(const ShellRun& run, const std::vector<ScopedGit>& gits, std::size_t at) {
        const ScopedGit& one = gits[at];
        if (one.git.verb == "worktree") return take_worktrees(run, one);
        if (one.git.verb == "reflog") return take_reflog(run, one);
        if (one.git.verb == "branch" && !run.failed && (one.git.has("-m") || one.git.has("-M"))) {
            const std::string& name = one.git.arguments.back();
            if (one.git.arguments.size() == 2) set_branch(one.folder, name);
            return;
        }
        if (!is_one_of(one.git.verb, {"log", "show", "rev-parse"})) return;
        const auto asks = [](const ScopedGit& other) {
            return is_one_of(other.git.verb, {"log", "show", "rev-parse"});
        };
        const std::size_t questions = static_cast<std::size_t>(std::count_if(gits.begin(), gits.end(), asks));
        const std::vector<LoggedCommit> listed = logged_in(run.output);
        resolve(listed);
        for (const LoggedCommit& entry : listed)
            m_shown.insert(entry.sha);
        if (listed.empty() || questions > 1 ||
            !shows_head(one.git, run.commands, one.command, branch_at(one.folder)))
            return;
        take_head(run, one, listed);
    }

    void take_head(const ShellRun& run, const ScopedGit& one, const std::vector<LoggedCommit>& listed) {
        resolve_head(one.folder, listed.front());
        if (one.git.verb == "log") note_parent(listed);
        note_head(run, one.folder, listed.front().sha);
    }

    // HEAD before the session moved it, in its own folder, unless the person has changed branches.
    void note_head(const ShellRun& run, const std::string& folder, const std::string& sha) {
        if (!m_history.base_commit.empty() || m_moved || !is_own(folder) || person_switched(run.step)) return;
        m_history.base_commit = sha;
    }

    bool person_switched(std::int64_t step) const {
        const auto at = static_cast<std::size_t>(step - 1);
        if (m_switched || at >= m_record.steps.size() || !m_record.steps[at].timestamp) return false;
        return std::any_of(m_evidence.branches.begin(), m_evidence.branches.end(),
                           [&](const NotedBranch& noted) {
                               return &noted != &m_evidence.branches.front() && !noted.since.empty() &&
                                      noted.since <= *m_record.steps[at].timestamp;
                           });
    }

    // In a straight log, what follows the session's first commit is what it stands on.
    void note_parent(const std::vector<LoggedCommit>& listed) {
        if (m_history.commits.empty() || !m_parent.empty()) return;
        const SessionCommit& first = m_history.commits.front();
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
                m_worktrees.push_back(folder_at(one.folder, argument));
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
            m_worktrees.push_back(root);
            m_shown.insert(std::string(sha));
            m_branch_of[root] = line.substr(open + 1, line.find(']', open) - open - 1);
            if (root == m_home) note_head(run, root, std::string(sha));
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
            for (SessionCommit& commit : m_history.commits) {
                if (!same_commit(commit.sha, entries[at].sha)) continue;
                commit.rewritten |= was_picked(entries, at);
                if (&commit == &m_history.commits.front() && at + 1 < entries.size())
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

    // ---- shas that a log shows later ----

    void resolve(const std::vector<LoggedCommit>& listed) {
        for (std::size_t at = m_history.commits.size(); at-- > 0;) {
            SessionCommit& commit = m_history.commits[at];
            if (!commit.sha.empty() || commit.subject.empty()) continue;
            for (const LoggedCommit& entry : listed) {
                if (!same_subject(commit.subject, entry.subject) || is_known(entry.sha) ||
                    m_shown.count(entry.sha) > 0)
                    continue;
                commit.sha = entry.sha;
                break;
            }
        }
        for (AgentReport& report : m_reports)
            confirm(report, listed);
    }

    bool is_known(const std::string& sha) const {
        return std::any_of(m_history.commits.begin(), m_history.commits.end(),
                           [&](const SessionCommit& commit) { return same_commit(commit.sha, sha); });
    }

    void resolve_head(const std::string& folder, const LoggedCommit& head) {
        if (m_history.commits.empty() || m_folders.back() != folder) return;
        SessionCommit& last = m_history.commits.back();
        if (!last.sha.empty() || !last.subject.empty() || is_known(head.sha)) return;
        last.sha = head.sha;
        last.subject = head.subject;
    }

    // ---- commits of sub-agents that left no transcript ----

    void take_report(const AgentReport& report) {
        AgentReport open = report;
        std::erase_if(open.shas, [&](const std::string& sha) {
            return is_known(sha) ||
                   std::any_of(m_shown.begin(), m_shown.end(),
                               [&](const std::string& shown) { return same_commit(shown, sha); });
        });
        if (!open.shas.empty()) m_reports.push_back(std::move(open));
    }

    void confirm(AgentReport& report, const std::vector<LoggedCommit>& listed) {
        for (std::string& sha : report.shas) {
            const auto found = std::find_if(listed.begin(), listed.end(), [&](const LoggedCommit& entry) {
                return same_commit(entry.sha, sha);
            });
            if (sha.empty() || found == listed.end()) continue;
            if (!is_known(sha)) {
                const SessionCommit commit{found->sha, branch_at(m_home), found->subject, report.step};
                const auto after =
                    std::find_if(m_history.commits.begin(), m_history.commits.end(),
                                 [&](const SessionCommit& one) { return one.step > report.step; });
                m_folders.insert(m_folders.begin() + (after - m_history.commits.begin()), m_home);
                m_history.commits.insert(after, commit);
                m_moved = true;
            }
            sha.clear();
        }
    }

    // ---- the end ----

    void note_moved(const std::string& folder) {
        if (is_own(folder)) m_moved = true;
    }

    void finish() {
        if (m_history.base_commit.empty() && !m_history.commits.empty())
            m_history.base_commit = m_parent.empty() ? m_base_by_push : m_parent;
        for (SessionCommit& commit : m_history.commits)
            commit.sha = longest_form(commit.sha);
        m_history.base_commit = longest_form(m_history.base_commit);
        finish_branches();
    }

    void finish_branches() {
        const std::vector<NotedBranch>& noted = m_evidence.branches;
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
    std::string m_home;
    SessionHistory m_history;
    std::vector<std::string> m_folders;  // in which each commit was made
    std::vector<std::string> m_worktrees;
    std::map<std::string, std::string> m_branch_of;  // folder -> branch
    std::unordered_set<std::string> m_shown;         // shas that logs have shown so far
    std::vector<AgentReport> m_reports;              // not yet confirmed
    std::string m_parent;                            // of the first commit
    std::string m_base_by_push;
    bool m_moved = false;     // HEAD of the session's own folder
    bool m_switched = false;  // the session changed branches
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
