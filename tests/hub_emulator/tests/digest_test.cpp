// Ids are compared with those of git itself, over generated contents and trees.
#include "hub_emulator/digest.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "catch.hpp"

using namespace hub_emulator;
namespace fs = std::filesystem;

namespace {

class GitRepo {
public:
    GitRepo() {
        char name[] = "/tmp/hub-emulator-git-XXXXXX";
        REQUIRE(mkdtemp(name) != nullptr);
        m_folder = name;
        run("init -q .");
    }
    ~GitRepo() { fs::remove_all(m_folder); }

    std::string run(const std::string& arguments) const {
        const auto command =
            "cd " + m_folder.string() +
            " && HOME=. GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000' "
            "git -c core.autocrlf=false -c user.name=alice -c user.email=alice@users.noreply " +
            arguments + " 2>&1";
        FILE* pipe = popen(command.c_str(), "r");
        REQUIRE(pipe != nullptr);
        std::string out;
        char buffer[4096];
        while (const auto got = fread(buffer, 1, sizeof buffer, pipe)) {
            out.append(buffer, got);
        }
        REQUIRE(pclose(pipe) == 0);
        while (!out.empty() && out.back() == '\n') {
            out.pop_back();
        }
        return out;
    }

    void write(const std::string& path, const std::string& bytes) const {
        fs::create_directories((m_folder / path).parent_path());
        std::ofstream(m_folder / path, std::ios::binary) << bytes;
    }

private:
    fs::path m_folder;
};

bool have_git() {
    return std::system("git --version >/dev/null 2>&1") == 0;
}

std::string random_bytes(std::mt19937& random, std::size_t size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) {
        bytes += static_cast<char>(random() & 0xffU);
    }
    return bytes;
}

}  // namespace

TEST_CASE("blob, tree and commit ids are git's own") {
    if (!have_git()) {
        return;
    }
    std::mt19937 random(20240229);
    for (int round = 0; round < 8; ++round) {
        const GitRepo repo;
        std::map<std::string, std::string> blobs;
        // Names around `/` in ASCII order are where git's folder sorting differs from plain sorting.
        const std::vector<std::string> folders = {"", "a/", "a-b/", "a.b/", "a/b/", "a0/c/d/", "z/"};
        for (int i = 0; i < 12; ++i) {
            const auto path = folders[random() % folders.size()] + "f" + std::to_string(random() % 20);
            const auto bytes = random_bytes(random, random() % 3000);
            repo.write(path, bytes);
            blobs[path] = git_blob_oid(bytes);
        }
        repo.write("a.txt", "");
        blobs["a.txt"] = git_blob_oid("");
        repo.run("add -A");
        for (const auto& [path, oid] : blobs) {
            REQUIRE(repo.run("hash-object --no-filters " + path) == oid);
        }
        const auto trees = git_tree_oids(blobs);
        const auto root = repo.run("write-tree");
        REQUIRE(trees.at("") == root);
        for (const auto& [path, oid] : trees) {
            REQUIRE((path.empty() || repo.run("rev-parse " + root + ":" + path) == oid));
        }
        const auto first = repo.run("commit-tree " + root + " -m first");
        REQUIRE(git_commit_oid({root, "", "alice", 1700000000, "first\n"}) == first);
        const auto second = repo.run("commit-tree " + root + " -p " + first + " -m second");
        REQUIRE(git_commit_oid({root, first, "alice", 1700000000, "second\n"}) == second);
    }
}

TEST_CASE("base64 round trips and refuses what is not base64") {
    std::mt19937 random(7);
    for (std::size_t size = 0; size < 200; ++size) {
        const auto bytes = random_bytes(random, size);
        std::string back;
        REQUIRE(base64_decode(base64_encode(bytes), back));
        REQUIRE(back == bytes);
    }
    std::string out;
    REQUIRE(base64_encode("hi") == "aGk=");
    for (const auto* wrong : {"a", "aGk", "aG=k", "a*==", "aGk=="}) {
        REQUIRE_FALSE(base64_decode(wrong, out));
    }
}

TEST_CASE("digests of known strings") {
    REQUIRE(sha1_hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
    REQUIRE(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    REQUIRE(md5_hex("abc") == "900150983cd24fb0d6963f7d28e17f72");
}

TEST_CASE("the gzip member is one gunzip accepts") {
    const std::string text(200'000, 'x');
    char name[] = "/tmp/hub-emulator-gzip-XXXXXX";
    const int fd = mkstemp(name);
    REQUIRE(fd >= 0);
    ::close(fd);
    std::ofstream(name, std::ios::binary) << gzip_stored(text);
    REQUIRE(std::system(("gzip -t < " + std::string(name)).c_str()) == 0);
    fs::remove(name);
}
