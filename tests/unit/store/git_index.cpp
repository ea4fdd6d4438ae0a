// Indexes that git itself wrote, and some that it never would.
#include "store/git_index.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/core/error.hpp"

using namespace opentraces;
using namespace opentraces::store;
using namespace opentraces::testing;

namespace {

bool has_git() {
    return std::system("git --version >/dev/null 2>&1") == 0;
}

struct Repository {
    explicit Repository(const std::string& options = "") {
        std::filesystem::create_directories(folder.file("home"));
        std::filesystem::create_directories(root);
        git("init " + options + " .");
        git("config user.email a@example.com");
        git("config user.name a");
    }
    void git(const std::string& words) const {
        const std::string command =
            "HOME=" + folder.file("home") + " git -C " + root + " " + words + " >/dev/null 2>&1";
        INFO(command);
        REQUIRE(std::system(command.c_str()) == 0);
    }
    void write(const std::string& name) const {
        const std::filesystem::path path = std::filesystem::path(root) / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << name;
    }
    bool tracked(const std::string& project = {}) const {
        return tracking_index(project.empty() ? root : project, ".opentraces", *disk).has_value();
    }

    TemporaryDirectory folder;
    std::string root = folder.file("repository");
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();
};

std::string word(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = bytes - 1; i >= 0; --i)
        text += static_cast<char>(value >> (8 * i) & 0xFF);
    return text;
}

std::string header(unsigned version, unsigned entries) {
    return "DIRC" + word(version, 4) + word(entries, 4);
}

// Of version 4: how much of the name before is dropped, and what is appended.
std::string entry(std::size_t name_length, std::string_view dropped, const std::string& appended) {
    return std::string(60, '\1') + word(std::min<std::size_t>(name_length, 0xFFF), 2) + std::string(dropped) +
           appended + '\0';
}

const std::string k_checksum(20, '\7');

}  // namespace

TEST_CASE("store git index: what git tracks is seen in every version and layout of the index") {
    if (!has_git()) return;
    for (const std::string options : {"", "--object-format=sha256"}) {
        for (const std::string prepare : {"update-index --index-version 2", "update-index --index-version 4",
                                          "add -N intended", "update-index --split-index"}) {
            INFO(options << " " << prepare);
            const Repository repository(options);
            for (const std::string name :
                 {"a", "b/c", "intended", ".opentraces-not/x", ".opentraces.md", "z"})
                repository.write(name);
            repository.git("add a b .opentraces-not .opentraces.md");
            repository.git(prepare);
            CHECK_FALSE(repository.tracked());
            repository.write(".opentraces/config.json");
            repository.git("add -f .opentraces/config.json");
            CHECK(repository.tracked());
            repository.git("rm -q --cached .opentraces/config.json");
            CHECK_FALSE(repository.tracked());
        }
    }
}

TEST_CASE("store git index: a split index is read in both parts") {
    if (!has_git()) return;
    const Repository repository;
    repository.write(".opentraces/config.json");
    repository.write("a");
    repository.git("add -f .");
    repository.git("update-index --split-index");
    CHECK(repository.tracked());
    repository.write("b");
    repository.git("add b");
    CHECK(repository.tracked());
    for (const auto& file : std::filesystem::directory_iterator(repository.root + "/.git")) {
        if (file.path().filename().string().starts_with("sharedindex."))
            std::ofstream(file.path(), std::ios::trunc) << "x";
    }
    CHECK(error_from([&] { repository.tracked(); }).code() == ErrorCode::UntrustedProject);
    for (const auto& file : std::filesystem::directory_iterator(repository.root + "/.git")) {
        if (file.path().filename().string().starts_with("sharedindex.")) std::filesystem::remove(file.path());
    }
    CHECK(error_from([&] { repository.tracked(); }).code() == ErrorCode::UntrustedProject);
}

TEST_CASE("store git index: a project below the repository, in a worktree, and as a link or submodule") {
    if (!has_git()) return;
    const Repository repository;
    repository.write("app/src/x");
    repository.write("app/.opentraces/secret");
    repository.git("add -f app");
    CHECK(repository.tracked(repository.root + "/app"));
    CHECK_FALSE(repository.tracked());
    CHECK_FALSE(repository.tracked(repository.root + "/app/src"));
    repository.git("commit -q -m x");
    const std::string tree = repository.folder.file("tree");
    repository.git("worktree add -q " + tree);
    CHECK(repository.tracked(tree + "/app"));
    CHECK_FALSE(repository.tracked(tree));
    // A repository inside does not hide that the outer one tracks the files.
    std::filesystem::create_directories(repository.root + "/app/.git");
    CHECK(repository.tracked(repository.root + "/app"));

    const Repository linked;
    std::filesystem::create_symlink("/tmp", linked.root + "/.opentraces");
    linked.git("add -f .opentraces");
    CHECK(linked.tracked());
}

TEST_CASE("store git index: without a repository or an index nothing is tracked") {
    const TemporaryDirectory folder;
    const auto disk = fs::posix_disk();
    CHECK_FALSE(tracking_index(folder.path(), ".opentraces", *disk));
    std::filesystem::create_directories(folder.file(".git"));
    CHECK_FALSE(tracking_index(folder.path(), ".opentraces", *disk));
}

TEST_CASE("store git index: an index that cannot be read is an error, not an empty one") {
    const TemporaryDirectory folder;
    const auto disk = fs::posix_disk();
    std::filesystem::create_directories(folder.file(".git"));
    for (const std::string& bytes :
         {std::string("DIRC"), header(5, 0) + k_checksum, header(2, 1) + k_checksum,
          header(2, 4'000'000'000U) + k_checksum, std::string(4096, '\0'),
          header(2, 0) + "oops" + word(40, 4) + std::string(40, 'x') + k_checksum}) {
        disk->replace(folder.file(".git/index"), bytes);
        const Error error = error_from([&] { tracking_index(folder.path(), ".opentraces", *disk); });
        CHECK(error.code() == ErrorCode::UntrustedProject);
        CHECK(error.message().find(".git/index") != std::string::npos);
    }
    disk->remove(folder.file(".git/index"));
    disk->remove(folder.file(".git"));
    disk->replace(folder.file(".git"), "something else\n");
    CHECK(error_from([&] { tracking_index(folder.path(), ".opentraces", *disk); }).code() ==
          ErrorCode::UntrustedProject);
}

TEST_CASE("store git index: names of version 4 are put together from the name before") {
    using namespace std::string_literals;
    const auto facts = [](const std::string& entries, unsigned count) {
        return read_git_index(header(4, count) + entries + k_checksum, ".opentraces");
    };
    const std::string first = entry(11, "\0"s, ".opentracex");
    CHECK_FALSE(facts(first, 1)->tracked);
    CHECK(facts(first + entry(13, "\1"s, "s/x"), 2)->tracked);
    CHECK(facts(first + entry(11, "\1"s, "s"), 2)->tracked);
    CHECK_FALSE(facts(first + entry(12, "\1"s, "s2"), 2)->tracked);
    // A number of two bytes: 0x80 0x00 is 128.
    const std::string longer = entry(139, "\0"s, std::string(128, 'a') + ".opentraces");
    CHECK(facts(longer + entry(11, "\x80\x0b"s, ".opentraces"), 2)->tracked);
    CHECK_FALSE(facts(first + entry(4, "\x7f"s, "abcd"), 2).has_value());
    CHECK_FALSE(facts(first + entry(5, "\1"s, "s/x"), 2).has_value());
    CHECK_FALSE(facts(first + entry(5, std::string(12, '\xff'), "s/x"), 2).has_value());
    CHECK_FALSE(read_git_index(header(4, 1) + first + "TREE" + word(1000, 4) + k_checksum, ".opentraces"));
    CHECK(read_git_index(header(4, 1) + first + "TREE" + word(2, 4) + "ab" + k_checksum, ".opentraces"));
}

TEST_CASE("store git index: what git would not write is not read") {
    using namespace std::string_literals;
    const auto readable = [](const std::string& index) {
        return read_git_index(index, ".opentraces").has_value();
    };
    // Of version 2: padded with zeros to a multiple of eight.
    const auto padded = [](unsigned flags, const std::string& behind) {
        return std::string(60, '\1') + word(flags, 2) + behind;
    };
    const std::string whole = header(2, 1) + padded(5, "abcde\0\0\0\0\0"s) + k_checksum;
    CHECK(readable(whole));
    CHECK_FALSE(readable("DIRD" + whole.substr(4)));
    CHECK_FALSE(readable(whole.substr(0, whole.size() - 1)));
    CHECK_FALSE(readable(header(2, 1) + padded(5, "abcde\0\0x\0\0"s) + k_checksum));
    CHECK_FALSE(readable(header(2, 1) + padded(0x4005, "\0\0abcde\0\0\0"s) + k_checksum));
    CHECK(readable(header(3, 1) + padded(0x4005, "\0\0abcde\0\0\0"s) + k_checksum));
    CHECK_FALSE(readable(header(2, 1) + padded(4, "abcde\0\0\0\0\0"s) + k_checksum));
    CHECK_FALSE(readable(header(2, 0) + "TREE" + word(2, 4) + "ab" + k_checksum.substr(1)));
}
