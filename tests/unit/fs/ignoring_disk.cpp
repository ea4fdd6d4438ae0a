#include "opentraces/fs/ignoring_disk.hpp"

#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "fs/ignore_rules.hpp"
#include "opentraces/fs/walk.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

bool ignored(const std::string& rules, const std::string& path, bool folder = false) {
    return fs::IgnoreRules(rules).ask(path, folder) == fs::IgnoreRules::Answer::Ignored;
}

void put(const TemporaryDirectory& directory, const std::string& name, const std::string& text = "x") {
    std::filesystem::create_directories(fs::parent(directory.file(name)));
    std::ofstream(directory.file(name)) << text;
}

std::string files_below(const TemporaryDirectory& directory, const std::string& folder,
                        std::size_t& left_out) {
    const auto disk = fs::posix_disk();
    const auto kept = fs::ignoring_disk(*disk, folder, left_out);
    const fs::WalkRules rules{[](std::string_view) { return true; },
                              [](std::string_view name) { return name != ".git"; }, fs::Links::Stay};
    std::string names;
    for (const fs::FileInfo& file : fs::walk(folder, rules, *kept).files)
        names += file.path.substr(directory.path().size() + 1) + " ";
    return names;
}

}  // namespace

TEST_CASE("ignore rules: names, paths, folders, as gitignore(5) says") {
    CHECK(ignored("*.log", "a.log"));
    CHECK(ignored("*.log\r\n", "deep/er/a.log"));
    CHECK_FALSE(ignored("*.log", "a.log.txt"));
    CHECK(ignored("build/", "src/build", true));
    CHECK_FALSE(ignored("build/", "src/build"));
    CHECK(ignored("/build", "build"));
    CHECK_FALSE(ignored("/build", "src/build"));
    CHECK(ignored("doc/*.txt", "doc/a.txt"));
    CHECK_FALSE(ignored("doc/*.txt", "doc/b/a.txt"));
    CHECK_FALSE(ignored("doc/*.txt", "src/doc/a.txt"));
    CHECK(ignored("foo?", "food"));
    CHECK_FALSE(ignored("a?b", "a/b"));
    CHECK_FALSE(ignored("# a.log", "a.log"));
    CHECK(ignored("\\#a", "#a"));
    CHECK(ignored("\\!a", "!a"));
    CHECK(ignored("a   ", "a"));
    CHECK(ignored("a\\ ", "a "));
    CHECK(ignored("\xef\xbb\xbf*.log", "a.log"));
    CHECK_FALSE(ignored("/", "a"));
}

TEST_CASE("ignore rules: two stars are folders") {
    CHECK(ignored("**/foo", "foo"));
    CHECK(ignored("**/foo", "a/b/foo"));
    CHECK(ignored("**/foo/bar", "a/foo/bar"));
    CHECK(ignored("abc/**", "abc/x/y"));
    CHECK_FALSE(ignored("abc/**", "abc", true));
    CHECK(ignored("a/**/b", "a/b"));
    CHECK(ignored("a/**/b", "a/x/y/b"));
    CHECK_FALSE(ignored("a/**/b", "a/xb"));
    CHECK(ignored("a**b", "axxb"));
    CHECK_FALSE(ignored("x/a**b", "x/a/b"));
}

TEST_CASE("ignore rules: classes") {
    CHECK(ignored("*.[oa]", "x.o"));
    CHECK_FALSE(ignored("*.[!oa]", "x.o"));
    CHECK(ignored("[a-c]1", "b1"));
    CHECK(ignored("[[:digit:]]x", "7x"));
    CHECK(ignored("[]]x", "]x"));
    CHECK(ignored("[\\]]x", "]x"));
    CHECK_FALSE(ignored("a[!x]b", "a/b"));
    CHECK_FALSE(ignored("[abc", "a"));
}

TEST_CASE("ignore rules: the last one that matches decides") {
    using Answer = fs::IgnoreRules::Answer;
    const fs::IgnoreRules rules("*.log\n!keep.log\n");
    CHECK(rules.ask("a.log", false) == Answer::Ignored);
    CHECK(rules.ask("keep.log", false) == Answer::Kept);
    CHECK(rules.ask("a.txt", false) == Answer::Silent);
}

TEST_CASE("ignore rules: a rule of many stars takes no longer than its length") {
    std::string rule;
    for (int i = 0; i < 200; ++i)
        rule += "*a";
    CHECK_FALSE(ignored(rule + "b", std::string(4000, 'a')));
}

TEST_CASE("ignoring disk: what ignore files of a folder and of those above it name is not there") {
    const TemporaryDirectory directory;
    put(directory, ".git/info/exclude", "excluded\n");
    put(directory, ".git/config");
    put(directory, ".gitignore", "*.log\nbuild/\n");
    put(directory, "a.log");
    put(directory, "build/b.c");
    put(directory, "excluded");
    put(directory, "src/.gitignore", "!keep.log\ngen.*\n");
    put(directory, "src/keep.log");
    put(directory, "src/gen.c");
    put(directory, "src/.ignore", "!gen.c\nseen\n");
    put(directory, "src/seen");
    put(directory, "src/a.c");
    std::size_t left_out = 0;
    CHECK(files_below(directory, directory.path(), left_out) ==
          ".gitignore src/.gitignore src/.ignore src/a.c src/gen.c src/keep.log ");
    CHECK(left_out == 4);
    left_out = 0;
    put(directory, "src/b.log");
    CHECK(files_below(directory, directory.file("src"), left_out) ==
          "src/.gitignore src/.ignore src/a.c src/gen.c src/keep.log ");
    CHECK(left_out == 2);
}

TEST_CASE("ignoring disk: an ignore file behind a link ignores nothing") {
    const TemporaryDirectory directory;
    put(directory, "outside", "*\n");
    put(directory, "in/a.c");
    std::filesystem::create_symlink(directory.file("outside"), directory.file("in/.gitignore"));
    std::size_t left_out = 0;
    CHECK(files_below(directory, directory.file("in"), left_out) == "in/a.c ");
    CHECK(left_out == 0);
}
