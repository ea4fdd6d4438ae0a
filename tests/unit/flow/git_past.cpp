// What git is asked about the past, on real repositories; skipped where there is no git.
#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "doubles/git_repository.hpp"
#include "flow/git_past.hpp"

namespace {

using namespace opentraces;
using flow::GitReader;
using testing::has_git;
using testing::Repository;

TimePoint at(int second) {
    return TimePoint(std::chrono::seconds(1'700'000'000 + second));
}

void check_past(const Repository& repository, const std::string& folder) {
    GitReader git;
    CHECK(git.at(folder, at(5)).head.empty());  // before the first commit
    const flow::GitPast first = git.at(folder, at(15));
    CHECK(first.head == repository.said("rev-parse main~1"));
    CHECK(first.branch == "main");
    CHECK(first.repository == "owner/name");
    CHECK(git.at(folder, at(25)).head == repository.said("rev-parse main"));
    CHECK(git.at(folder, at(35)).branch == "topic");
    const flow::GitPast now = git.at(folder, at(1000));
    CHECK(now.head == repository.said("rev-parse topic"));
    CHECK(now.branch == "topic");
}

void make_history(const Repository& repository) {
    repository.run("remote add origin https://me:secret@example.org/owner/name.git");
    repository.commit("one", 10);
    repository.commit("two", 20);
    repository.run("checkout -q -b topic", 30);
    repository.commit("three", 40);
}

TEST_CASE("git's past: HEAD and branch at a time, never those of today", "[flow]") {
    if (!has_git()) return;
    const Repository repository("plain");
    make_history(repository);
    check_past(repository, repository.path);
    repository.run("pack-refs --all");
    repository.run("repack -adq");
    check_past(repository, repository.path);
    std::filesystem::create_directories(repository.path + "/below");
    check_past(repository, repository.path + "/below");
}

TEST_CASE("git's past: repositories of SHA-256", "[flow]") {
    if (!has_git()) return;
    const Repository repository("sha256", "--object-format=sha256");
    if (!repository.usable) return;
    make_history(repository);
    check_past(repository, repository.path);
    GitReader git;
    CHECK(git.at(repository.path, at(1000)).head.size() == 64);
}

TEST_CASE("git's past: a linked worktree has its own, a submodule too", "[flow]") {
    if (!has_git()) return;
    const Repository repository("linked");
    make_history(repository);
    const std::string tree = repository.path + "-tree";
    std::filesystem::remove_all(tree);
    repository.run("worktree prune");
    REQUIRE(repository.run("worktree add -q -b other '" + tree + "' main", 50));
    GitReader git;
    CHECK(git.at(tree, at(60)).head == repository.said("rev-parse main"));
    CHECK(git.at(tree, at(60)).branch == "other");
    CHECK(git.at(tree, at(30)).head.empty());
    const Repository outer("outer");
    outer.commit("zero", 5);
    REQUIRE(outer.run("-c protocol.file.allow=always submodule add -q '" + repository.path + "' sub", 70));
    CHECK_FALSE(git.at(outer.path + "/sub", at(80)).head.empty());
    CHECK(git.at(outer.path + "/sub", at(80)).head != git.at(outer.path, at(80)).head);
}

TEST_CASE("git's past: nothing that a repository names is run", "[flow]") {
    if (!has_git()) return;
    const Repository repository("hostile");
    make_history(repository);
    const std::string trap = repository.path + ".trap";
    std::filesystem::remove(trap);
    const std::string program = repository.path + ".sh";
    std::ofstream(program) << "#!/bin/sh\ntouch '" << trap << "'\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    for (const char* setting :
         {"core.fsmonitor", "core.pager", "pager.log", "pager.config", "gpg.program", "diff.external",
          "core.sshCommand", "core.editor", "alias.log", "alias.config", "alias.symbolic-ref",
          "core.alternateRefsCommand", "credential.helper"})
        repository.run(std::string("config ") + setting + " '" +
                       (std::string(setting).starts_with("alias") ? "!" : "") + program + "'");
    repository.run("config log.showSignature true");
    repository.run("config core.hooksPath '" + repository.path + "'");
    std::filesystem::copy_file(program, repository.path + "/post-checkout");
    std::filesystem::remove(trap);  // setting it up may have run them
    GitReader git;
    CHECK(git.at(repository.path, at(1000)).branch == "topic");
    CHECK_FALSE(std::filesystem::exists(trap));
}

TEST_CASE("git's past: no repository, and one without a commit, change nothing", "[flow]") {
    GitReader git;
    CHECK(git.at("/no/such/folder", at(0)).head.empty());
    if (!has_git()) return;
    const Repository empty("empty");
    CHECK(git.at(empty.path, at(1000)).head.empty());
}

TEST_CASE("git's past fills what the log does not show, in the project only", "[flow]") {
    if (!has_git()) return;
    const Repository repository("fill");
    make_history(repository);
    const auto disk = fs::posix_disk();
    const auto filled = [&](const std::string& folder, const std::string& project, const char* start) {
        trace::TraceRecord record;
        record.timestamp_start = start;
        record.environment.vcs.branch = "said";
        enrich::Evidence evidence;
        evidence.working_directory = folder;
        GitReader git;
        flow::fill_from_git(record, evidence, project, *disk, git);
        return record;
    };
    const auto record = filled(repository.path, repository.path, "2023-11-14T22:13:35Z");  // second 15
    CHECK(record.task.base_commit == repository.said("rev-parse main~1"));
    CHECK(record.environment.vcs.base_commit == record.task.base_commit);
    CHECK(record.environment.vcs.branch == "said");
    CHECK(record.task.repository == "owner/name");
    CHECK(record.metadata.find("opentraces_vcs_source") != nullptr);
    CHECK_FALSE(filled(repository.path, repository.path, "2020-01-01T00:00:00Z").task.base_commit);
    CHECK_FALSE(filled(repository.path, "/elsewhere", "2023-11-14T22:13:35Z").task.base_commit);
    CHECK_FALSE(filled(repository.path + "/gone", repository.path, "2023-11-14T22:13:35Z").task.base_commit);
}

}  // namespace
