// Folders, and what git changes; the latter is skipped where there is no git.
#include "opentraces/flow/scan_sources.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/git_repository.hpp"
#include "security/rules/pattern.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

std::string token(int variant = 0) {
    return security::expand_sample("ghp_{}{w36}", static_cast<std::uint64_t>(variant));
}

struct Told {
    std::vector<std::string> found;  // "path:line", of git's "commit's digits:path:line"
    std::vector<std::string> failed;
    std::vector<std::string> scanned;
    flow::ScanCounts counts;
};

template <class Work>
Told told_by(Work work) {
    const auto disk = fs::posix_disk();
    const security::ScrubOptions options;
    Told told;
    const flow::ScanVisitor visitor{
        [&](const flow::ScanPlace& place, const security::Finding& finding, const flow::FindingContext&) {
            const std::string commit = place.commit.empty() ? "" : place.commit.substr(0, 4) + ":";
            told.found.push_back(commit + place.path + ":" + std::to_string(finding.line));
        },
        [&](const flow::ScanPlace& place) { told.scanned.push_back(place.path); },
        [&](const flow::ScanPlace& place, const Error&) { told.failed.push_back(place.path); }};
    flow::ScanJob job{*disk, options, visitor};
    work(job);
    told.counts = job.counts;
    return told;
}

Told changes(const Repository& repository, const std::string& commits, std::vector<std::string> paths = {}) {
    return told_by([&](flow::ScanJob& job) {
        flow::scan_changes(job, {repository.path, commits, std::move(paths)});
    });
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("folders: everything below, without what is binary, packed or ignored", "[flow]") {
    const Repository place("folder");
    place.write("a.txt", "x\n" + token() + "\n");
    place.write("deep/.hidden", token());
    place.write("binary", "a" + std::string(1, '\0') + token());
    place.write("a.gz", "\x1f\x8b" + token());
    place.write("a.zip", "PK\x03\x04" + token());
    place.write(".gitignore", "ignored\n");
    place.write("ignored", token());
    place.write(".git/config", token());
    std::filesystem::create_symlink("a.txt", place.path + "/link");
    REQUIRE(::mkfifo((place.path + "/pipe").c_str(), 0600) == 0);
    const Told told = told_by([&](flow::ScanJob& job) { flow::scan_folder(job, place.path, ".", false); });
    CHECK(told.found == Words{"a.txt:2", "deep/.hidden:1"});
    CHECK(told.counts.binary == 1);
    CHECK(told.counts.archives == 2);
    CHECK(told.counts.ignored == 1);
    CHECK(told.counts.files == 3);
    CHECK(told.scanned == Words{".gitignore", "a.txt", "deep/.hidden"});
    CHECK(told.counts.left_out == "1 link not followed, 1 FIFO, socket or device");
    const Told all = told_by([&](flow::ScanJob& job) { flow::scan_folder(job, place.path, "here", true); });
    CHECK(all.found == Words{"here/a.txt:2", "here/deep/.hidden:1", "here/ignored:1"});
}

TEST_CASE("folders: a file that cannot be read is told, and the others are scanned", "[flow]") {
    // As when somebody removes it meanwhile: the superuser may read everything.
    const TemporaryDirectory place;
    std::ofstream(place.file("a")) << token();
    std::ofstream(place.file("b")) << token();
    const auto told = told_by([&](flow::ScanJob& job) {
        const flow::ScanVisitor& inner = job.visitor;
        const flow::ScanVisitor visitor{inner.found,
                                        [&](const flow::ScanPlace& at) {
                                            std::filesystem::remove(place.file("b"));
                                            inner.scanned(at);
                                        },
                                        inner.failed};
        flow::ScanJob mine{job.disk, job.scrub, visitor};
        flow::scan_folder(mine, place.path(), ".", false);
        job.counts = mine.counts;
    });
    CHECK(told.found == Words{"a:1"});
    CHECK(told.failed == Words{"b"});
    CHECK(told.counts.unread == 1);
}

TEST_CASE("git: what commits add, where, and what is in their messages", "[flow]") {
    if (!has_git()) return;
    const Repository repository("history");
    repository.write("kept.txt", "one\ntwo\nkey " + token() + "\nfour\n");
    repository.commit_all("first", 10);
    repository.write("kept.txt", "one\nTWO\nkey " + token() + "\nfour\n");  // beside it, not it
    repository.write("new.txt", "a\n" + token(1) + "\n");
    repository.commit_all("'say " + token(2) + "'", 20);
    repository.run("rm -q new.txt");
    repository.commit("gone", 30);
    const std::string first = repository.said("rev-parse HEAD~2").substr(0, 4);
    const std::string second = repository.said("rev-parse HEAD~1").substr(0, 4);
    const Told all = changes(repository, "HEAD");
    CHECK(all.found == Words{second + "::1", second + ":new.txt:2", first + ":kept.txt:3"});
    CHECK(all.counts.files == 3);
    CHECK(changes(repository, "HEAD~2..HEAD").found == Words{second + "::1", second + ":new.txt:2"});
    CHECK(changes(repository, "HEAD", {"kept.txt"}).found == Words{second + "::1", first + ":kept.txt:3"});
    CHECK(changes(repository, "HEAD~1..HEAD").found.empty());
}

TEST_CASE("git: what is staged, also before the first commit, and what attributes hide", "[flow]") {
    if (!has_git()) return;
    const Repository repository("staged");
    repository.write(".gitattributes", "*.lock -diff\n*.sec binary\n");
    const std::string lines = "1\n2\n3\n4\n" + std::string(60, '-') + "\n";
    repository.write("a.lock", token() + "\n" + lines);
    repository.write("b.sec", token());
    repository.write("pic", std::string(1, '\0') + token());
    repository.write("not.txt", token(2));
    repository.run("add .gitattributes a.lock b.sec pic");
    const Told told = changes(repository, "");
    CHECK(told.found == Words{"a.lock:1", "b.sec:1"});
    CHECK(told.counts.binary == 1);
    repository.commit("one", 10);
    CHECK(changes(repository, "").found.empty());
    repository.run("mv a.lock \"t \xc3\xa4\t\"");
    repository.write("t \xc3\xa4\t", token() + "\n" + token(1) + "\n" + lines);
    repository.run("add -A");
    CHECK(changes(repository, "").found == Words{"not.txt:1", "t \xc3\xa4\t:2"});
}

TEST_CASE("git: what a merge adds that no side has", "[flow]") {
    if (!has_git()) return;
    const Repository repository("merge");
    repository.write("f", "a\n");
    repository.commit_all("base", 10);
    repository.run("checkout -q -b side");
    repository.write("f", "b\n");
    repository.commit_all("side", 20);
    repository.run("checkout -q main");
    repository.write("f", "c\n");
    repository.commit_all("main", 30);
    repository.run("merge -q side");
    repository.write("f", "c\nb\n" + token() + "\n");
    repository.commit_all("merged", 40);
    const std::string merge = repository.said("rev-parse HEAD").substr(0, 4);
    CHECK(changes(repository, "HEAD").found == Words{merge + ":f:3"});
}

TEST_CASE("git: settings of a repository hide nothing", "[flow]") {
    if (!has_git()) return;
    const Repository repository("settings");
    for (const char* setting :
         {"diff.noprefix true", "diff.mnemonicPrefix true", "color.ui always", "color.diff always",
          "diff.suppressBlankEmpty true", "log.showRoot false", "log.follow true",
          "diff.wsErrorHighlight all", "diff.relative true", "diff.context 0", "core.quotePath true",
          "format.pretty oneline", "diff.submodule log", "log.diffMerges off", "log.decorate full",
          "diff.renames copies"})
        CHECK(repository.run(std::string("config ") + setting));
    repository.write("d/f", "a\n\nb\n" + token() + "\n");
    repository.commit_all("one", 10);
    CHECK(changes(repository, "HEAD").found.size() == 1);
    const Told below = told_by([&](flow::ScanJob& job) {
        flow::scan_changes(job, {repository.path + "/d", "HEAD", {}});
    });
    CHECK(below.found == changes(repository, "HEAD").found);
}

TEST_CASE("git: nothing that a repository names is run while its changes are scanned", "[flow]") {
    if (!has_git()) return;
    const Repository repository("hostile");
    repository.write("f.x", token() + "\n");
    const std::string trap = repository.path + ".trap";
    const std::string program = repository.path + ".sh";
    std::ofstream(program) << "#!/bin/sh\ntouch '" << trap << "'\ncat \"$@\"\n";
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    repository.write(".gitattributes", "*.x diff=mine filter=mine\n");
    repository.commit_all("one", 10);
    repository.write("f.x", token() + "\n" + token(1) + "\n");
    repository.run("add -A");
    for (const char* setting :
         {"core.fsmonitor", "core.pager", "pager.log", "pager.diff", "gpg.program", "diff.external",
          "diff.mine.command", "diff.mine.textconv", "filter.mine.clean", "filter.mine.smudge",
          "filter.mine.process", "core.sshCommand", "core.editor", "interactive.diffFilter",
          "core.alternateRefsCommand", "credential.helper", "uploadpack.packObjectsHook"})
        repository.run(std::string("config ") + setting + " '" + program + "'");
    for (const char* alias : {"alias.log", "alias.diff", "alias.rev-parse"})
        repository.run(std::string("config ") + alias + " '!" + program + "'");
    repository.run("config log.showSignature true");
    repository.run("config core.hooksPath '" + repository.path + "'");
    std::filesystem::copy_file(program, repository.path + "/post-index-change");
    std::filesystem::remove(trap);
    CHECK(changes(repository, "").found == Words{"f.x:2"});
    CHECK(changes(repository, "HEAD").found.size() == 1);
    CHECK_FALSE(std::filesystem::exists(trap));
}

TEST_CASE("git: no repository, no such commits, and options in their place are refused", "[flow]") {
    const TemporaryDirectory nowhere;
    const auto error = [](const std::string& folder, const std::string& commits) {
        return error_from([&] {
            told_by([&](flow::ScanJob& job) { flow::scan_changes(job, {folder, commits, {}}); });
        });
    };
    CHECK(error(nowhere.path(), "").code() == ErrorCode::NotFound);
    if (!has_git()) return;
    const Repository repository("refused");
    repository.commit("one", 10);
    CHECK(error(repository.path, "no-such..HEAD").code() == ErrorCode::BadOption);
    CHECK(error(repository.path, "--output=" + nowhere.file("written")).code() == ErrorCode::BadOption);
    CHECK_FALSE(std::filesystem::exists(nowhere.file("written")));
}
