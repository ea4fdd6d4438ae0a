#include "enrich/commit_ledger.hpp"

#include <algorithm>
#include <optional>

namespace opentraces::enrich {
namespace {

// Programs cut long subjects: "Expand README Remediation section with target ...".
bool same_subject(std::string_view said, std::string_view shown) {
    if (said.empty()) return false;
    const std::size_t cut = shown.ends_with("...") ? shown.size() - 3 : std::string_view::npos;
    return said == shown || (cut != std::string_view::npos && said.starts_with(shown.substr(0, cut)));
}

// How many of the branch's commits stay; nullopt when the argument is a path.
std::optional<std::size_t> left_by_reset(const std::string& target, const std::vector<SessionCommit*>& own,
                                         bool has_mode) {
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

// What a reset goes to; empty when it is about paths.
std::string target_of(const GitCommand& git) {
    std::string target;
    for (const std::string& argument : git.arguments) {
        if (argument == "--") return {};  // paths
        if (argument.starts_with('-')) continue;
        if (!target.empty()) return {};  // a revision and paths
        target = argument;
    }
    return target == "HEAD" ? std::string() : target;
}

}  // namespace

bool same_commit(std::string_view one, std::string_view other) {
    return !one.empty() && !other.empty() && (one.starts_with(other) || other.starts_with(one));
}

bool CommitLedger::is_known(const std::string& sha) const {
    return std::any_of(m_commits.begin(), m_commits.end(),
                       [&](const SessionCommit& commit) { return same_commit(commit.sha, sha); });
}

void CommitLedger::add(SessionCommit commit, const std::string& folder) {
    m_commits.push_back(std::move(commit));
    m_folders.push_back(folder);
}

void CommitLedger::amend(const GitCommand& git, SessionCommit& commit) {
    for (auto before = m_commits.rbegin(); before != m_commits.rend(); ++before) {
        if (before->rewritten || before->branch != commit.branch) continue;
        const bool keeps = git.has("--no-edit");
        if (keeps && commit.subject.empty()) commit.subject = before->subject;
        // Another subject although it was to be kept: the commit was somebody else's.
        if (!keeps || before->subject.empty() || same_subject(before->subject, commit.subject))
            before->rewritten = true;
        return;
    }
}

void CommitLedger::rebase(const std::string& branch, const std::string& folder, std::int64_t step) {
    const std::size_t count = m_commits.size();
    for (std::size_t at = 0; at < count; ++at) {
        SessionCommit& old = m_commits[at];
        if (old.rewritten || old.pushed || old.branch != branch) continue;
        old.rewritten = true;
        if (old.subject.starts_with("fixup! ") || old.subject.starts_with("squash! ")) continue;
        add({{}, branch, old.subject, step}, folder);
    }
}

bool CommitLedger::reset(const GitCommand& git, const std::string& branch) {
    const std::string target = target_of(git);
    if (target.empty()) return false;
    const bool has_mode = git.has("--hard") || git.has("--soft") || git.has("--mixed") || git.has("--keep") ||
                          git.has("--merge");
    std::vector<SessionCommit*> own;
    for (SessionCommit& commit : m_commits)
        if (!commit.rewritten && commit.branch == branch) own.push_back(&commit);
    const std::optional<std::size_t> left = left_by_reset(target, own, has_mode);
    if (!left) return false;
    for (std::size_t at = *left; at < own.size(); ++at)
        own[at]->rewritten = true;
    return true;
}

void CommitLedger::push(const std::string& branch) {
    for (SessionCommit& commit : m_commits)
        if (!commit.rewritten && commit.branch == branch) commit.pushed = true;
}

bool CommitLedger::show(const std::vector<LoggedCommit>& listed, const std::string& folder,
                        const std::string& branch) {
    for (std::size_t at = m_commits.size(); at-- > 0;) {
        SessionCommit& commit = m_commits[at];
        if (!commit.sha.empty() || commit.subject.empty()) continue;
        for (const LoggedCommit& entry : listed) {
            if (!same_subject(commit.subject, entry.subject) || is_known(entry.sha) ||
                m_shown.count(entry.sha) > 0)
                continue;
            commit.sha = entry.sha;
            break;
        }
    }
    bool added = false;
    for (AgentReport& report : m_reports)
        added |= confirm(report, listed, folder, branch);
    for (const LoggedCommit& entry : listed)
        m_shown.insert(entry.sha);
    return added;
}

void CommitLedger::show_head(const std::string& folder, const LoggedCommit& head) {
    if (m_commits.empty() || m_folders.back() != folder) return;
    SessionCommit& last = m_commits.back();
    if (!last.sha.empty() || !last.subject.empty() || is_known(head.sha)) return;
    last.sha = head.sha;
    last.subject = head.subject;
}

void CommitLedger::report(AgentReport report) {
    std::erase_if(report.shas, [&](const std::string& sha) {
        return is_known(sha) || std::any_of(m_shown.begin(), m_shown.end(), [&](const std::string& shown) {
                   return same_commit(shown, sha);
               });
    });
    if (!report.shas.empty()) m_reports.push_back(std::move(report));
}

bool CommitLedger::confirm(AgentReport& report, const std::vector<LoggedCommit>& listed,
                           const std::string& folder, const std::string& branch) {
    bool added = false;
    for (std::string& sha : report.shas) {
        const auto found = std::find_if(listed.begin(), listed.end(), [&](const LoggedCommit& entry) {
            return same_commit(entry.sha, sha);
        });
        if (sha.empty() || found == listed.end()) continue;
        if (!is_known(sha)) {
            const SessionCommit commit{found->sha, branch, found->subject, report.step};
            const auto after = std::find_if(m_commits.begin(), m_commits.end(),
                                            [&](const SessionCommit& one) { return one.step > report.step; });
            m_folders.insert(m_folders.begin() + (after - m_commits.begin()), folder);
            m_commits.insert(after, commit);
            added = true;
        }
        sha.clear();
    }
    return added;
}

}  // namespace opentraces::enrich
