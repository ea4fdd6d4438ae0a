#include <algorithm>

#include "catch.hpp"
#include "unit/enrich/sessions.hpp"

namespace {

using namespace opentraces;
using testing::ShellCall;
using testing::ShellSession;

std::string text_at(const json::Value& object, std::string_view key) {
    return std::string(object[key].string_or("-"));
}

// "sha branch subject" of each commit, "!" before those that were rewritten.
std::vector<std::string> commits(const trace::TraceRecord& record) {
    std::vector<std::string> list;
    const json::Value* noted = record.metadata.find("opentraces_commits");
    if (noted == nullptr) return {"unknown"};
    for (const json::Value& commit : *noted->if_array()) {
        list.push_back((commit["rewritten"].bool_or(false) ? "!" : "") + text_at(commit, "sha") + " " +
                       text_at(commit, "branch") + " " + text_at(commit, "subject"));
    }
    return list;
}

std::vector<std::string> commits_of(const std::vector<ShellCall>& calls) {
    ShellSession session(calls);
    return commits(session.completed());
}

using List = std::vector<std::string>;

TEST_CASE("commits are those that git printed for a commit command", "[enrich]") {
    CHECK(commits_of({{"git add . && git commit -m 'x'", "[main abc1234] x\n 1 file changed"}}) ==
          List{"abc1234 main x"});
    CHECK(commits_of({{"git -C src commit -m x", "[feat/a#1+b (root-commit) abc1234] x"}}) ==
          List{"abc1234 feat/a#1+b x"});
    CHECK(commits_of({{"git commit -F - <<'EOF'\nfix: it\nEOF", "[detached HEAD abc1234] fix: it"}}) ==
          List{"abc1234 - fix: it"});
    CHECK(commits_of({{"echo 'git commit'", "[main abc1234] x"}}).empty());
    CHECK(commits_of({{"git commit-tree x", "[main abc1234] x"}}).empty());
    CHECK(commits_of({{"git commit -m x", "nothing to commit", "exit_code:1"}}).empty());
    CHECK(commits_of({{"git log", "[main abc1234] x"}}).empty());
    CHECK(commits_of({{"cat <<EOF > f\ngit commit\nEOF", "[main abc1234] x"}}).empty());
    CHECK(commits_of({{"git commit -m \"$(cat <<'EOF'\nsay \"hi\" (now); git commit\n\nEOF\n)\" && git push",
                       "[main abc1234] say \"hi\" (now); git commit"}}) ==
          List{"abc1234 main say \"hi\" (now); git commit"});
}

TEST_CASE("a commit in another repository, and one whose result is not in the log, are not known",
          "[enrich]") {
    CHECK(commits_of({{"cd /srv/other && git commit -m x", "[main abc1234] x"}}).empty());
    CHECK(commits_of({{"git -C /srv/other commit -m x", "[main abc1234] x"}}).empty());
    CHECK(commits_of({{"git worktree add ../other", ""},
                      {"cd ../other && git commit -m x", "[topic abc1234] x"}}) == List{"abc1234 topic x"});
    CHECK(commits_of({{"cd /srv/other", ""}, {"git commit -m x", "[main abc1234] x"}}).empty());
    CHECK(commits_of({{"cd /srv/other", "Shell cwd was reset to /home/me/app"},
                      {"git commit -m x", "[main abc1234] x"}}) == List{"abc1234 main x"});
    CHECK(commits_of({{"git commit -m x", "", "no_result"}}) == List{"unknown"});
    CHECK(commits_of({{"git commit -m x", "Command running in background with ID: b1"}}) == List{"unknown"});
}

TEST_CASE("quiet commits, wrappers and pipes: the sha is that of a later log, or not known", "[enrich]") {
    CHECK(commits_of({{"git commit -q -m 'fix: it'", ""}}) == List{"- - fix: it"});
    CHECK(commits_of({{"git commit -qm 'fix: it' && git log --oneline -2",
                       "abc1234 fix: it\ndef5678 before"}}) == List{"abc1234 - fix: it"});
    CHECK(commits_of({{"rtk git commit -m 'fix: it'", "ok"}, {"rtk git log --oneline", "abc1234 fix: it"}}) ==
          List{"abc1234 - fix: it"});
    CHECK(commits_of({{"rtk git add . && rtk git commit -m x", "ok 2 files\nFAILED: git commit"}}).empty());
    CHECK(commits_of({{"git commit -m x 2>&1 | tail -1", " 1 file changed, 1 insertion(+)"}}) ==
          List{"- - x"});
    CHECK(commits_of({{"git commit -m x 2>&1 | tail -1", "something else"}}) == List{"unknown"});
    // The same words were in the log before.
    CHECK(commits_of({{"git log --oneline", "0123456 x"},
                      {"git commit -qm x", ""},
                      {"git log --oneline", "0123456 x"}}) == List{"- - x"});
}

TEST_CASE("commits that the session rewrote are marked, and are not the outcome", "[enrich]") {
    ShellSession amended(
        {{"git commit -m x", "[main abc1234] x"}, {"git commit --amend -m y", "[main def5678] y"}});
    CHECK(commits(amended.completed()) == List{"!abc1234 main x", "def5678 main y"});
    CHECK(amended.record.outcome.commit_sha == "def5678");
    CHECK(commits_of({{"git commit -m x && git commit --amend --no-edit",
                       "[main abc1234] x\n[main def5678] x"}}) == List{"!abc1234 main x", "def5678 main x"});
    // Somebody else's commit was amended: its subject stayed.
    CHECK(commits_of({{"git commit -m x", "[main abc1234] x"},
                      {"git commit --amend --no-edit", "[main def5678] other"}}) ==
          List{"abc1234 main x", "def5678 main other"});
    CHECK(commits_of(
              {{"git commit -m x", "[main abc1234] x"},
               {"git commit --fixup=abc1234", "[main bcd2345] fixup! x"},
               {"git rebase -i --autosquash HEAD~2", "Successfully rebased and updated refs/heads/main."},
               {"git log --oneline -1", "cde3456 x"}}) ==
          List{"!abc1234 main x", "!bcd2345 main fixup! x", "cde3456 main x"});
    CHECK(commits_of({{"git commit -m x", "[main abc1234] x"},
                      {"git rebase main", "Current branch main is up to date."}}) == List{"abc1234 main x"});
    ShellSession reset({{"git commit -m x", "[main abc1234] x"}, {"git reset --soft HEAD~1", ""}});
    CHECK(commits(reset.completed()) == List{"!abc1234 main x"});
    CHECK_FALSE(reset.record.outcome.committed);
    CHECK(commits_of({{"git commit -m x", "[main abc1234] x"}, {"git reset HEAD a.txt", ""}}) ==
          List{"abc1234 main x"});
    CHECK(commits_of({{"git commit -m x", "[main abc1234] x"},
                      {"git push", "To github.com:o/r.git\n   0e6fe0b..abc1234  main -> main"},
                      {"git commit -m y", "[main bcd2345] y"},
                      {"git reset --hard origin/main", "HEAD is now at abc1234 x"}}) ==
          List{"abc1234 main x", "!bcd2345 main y"});
    CHECK(commits_of({{"git commit -m x", "[topic abc1234] x"},
                      {"git reflog",
                       "dc2e601 HEAD@{0}: rebase (finish): returning to refs/heads/topic\n"
                       "dc2e601 HEAD@{1}: rebase (pick): x\nabc1234 HEAD@{2}: commit: x"}}) ==
          List{"!abc1234 topic x"});
}

TEST_CASE("merges, picks, and commits of sub-agents", "[enrich]") {
    CHECK(commits_of(
              {{"git merge origin/dev --no-edit", "Merge made by the 'ort' strategy."},
               {"git log --oneline -3", "abc1234 Merge remote-tracking branch 'origin/dev'\n1234567 y"}}) ==
          List{"abc1234 - Merge remote-tracking branch 'origin/dev'"});
    CHECK(commits_of({{"git merge origin/dev", "Updating 0123456..1234567\nFast-forward"}}).empty());
    CHECK(commits_of({{"git cherry-pick a1b2c3d e1f2a3b", "[main abc1234] x\n[main bcd2345] y"}}) ==
          List{"abc1234 main x", "bcd2345 main y"});
    ShellSession session(std::vector<ShellCall>{});
    session.add({"git log --oneline -1", "0123456 before"});
    trace::Step report;
    report.step_index = 2;
    report.role = trace::Role::Agent;
    report.tool_calls.emplace_back().tool_name = "Task";
    report.observations.emplace_back().content =
        "Based on commit 0123456.\nFinal commit SHA: `abc1234`, commit 7654321";
    session.record.steps.push_back(report);
    session.add({"git log --oneline", "abc1234 x\n0123456 before"});
    CHECK(commits(session.completed()) == List{"abc1234 - x"});
}

TEST_CASE("repository, base and branch as the log shows them", "[enrich]") {
    ShellSession session({{"git status && git log --oneline -3", "On branch dev\nfe67dd4 a\n1234567 b"},
                          {"git checkout -b topic", "Switched to a new branch 'topic'"},
                          {"git commit -m x && git show -s --format=%H",
                           "[topic abc1234] x\nabc12349dff3545565e468f178ce052dc2ce7a7aa"},
                          {"git push -u origin topic 2>&1",
                           "To https://me:word@github.com/owner/name.git\n * [new branch] "
                           "     topic -> topic"}});
    const trace::TraceRecord& record = session.completed();
    CHECK(record.task.base_commit == "fe67dd4");
    CHECK(record.environment.vcs.base_commit == "fe67dd4");
    CHECK(record.environment.vcs.branch == "topic");
    CHECK(record.metadata.find("opentraces_branch_at_start")->string_or() == "dev");
    CHECK(record.task.repository == "owner/name");
    CHECK(record.outcome.commit_sha == "abc12349dff3545565e468f178ce052dc2ce7a7aa");
    CHECK(record.environment.vcs.type == trace::VcsType::Git);
}

TEST_CASE("what is no base: other commits' logs, HEAD after it moved, HEAD after the person changed branches",
          "[enrich]") {
    const auto base = [](const std::vector<ShellCall>& calls) {
        ShellSession session(calls);
        return session.completed().task.base_commit.value_or("-");
    };
    CHECK(base({{"git log --oneline --author=me", "fe67dd4 a"}}) == "-");
    CHECK(base({{"git log --oneline origin/main -1", "fe67dd4 a"}}) == "-");
    CHECK(base({{"git log --oneline | grep a", "fe67dd4 a"}}) == "-");
    CHECK(base({{"git log --oneline -- src", "fe67dd4 a"}}) == "-");
    CHECK(base({{"git pull", "Updating 0123456..1234567\nFast-forward"},
                {"git log --oneline -1", "1234567 a"}}) == "-");
    CHECK(base({{"git rev-parse HEAD", "45c9351918c23fa7595e2d7a51d25f6603113fa1"}}) ==
          "45c9351918c23fa7595e2d7a51d25f6603113fa1");
    CHECK(base({{"git commit -m x", "[main abc1234] x"},
                {"git push", "To github.com:o/r.git\n   f9d5e46..abc1234  main -> main"}}) == "f9d5e46");
    CHECK(base({{"git commit -m x", "[main abc1234] x"}, {"git log --oneline -2", "abc1234 x\nfe67dd4 a"}}) ==
          "fe67dd4");
    ShellSession moved(
        std::vector<ShellCall>{{"git log -1 --format=%H", "45c9351918c23fa7595e2d7a51d25f6603113fa1"}});
    moved.record.steps[0].timestamp = "2026-01-01T00:00:05Z";
    moved.evidence.branches = {{"2026-01-01T00:00:00Z", "main"}, {"2026-01-01T00:00:04Z", "topic"}};
    CHECK_FALSE(moved.completed().task.base_commit);
    CHECK(moved.record.environment.vcs.branch == "topic");
}

}  // namespace
