// Names in home directories, prompts and listings.
#include "security/scrub/people.hpp"
#include "catch.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace opentraces::security;

namespace {

std::string anonymised(std::string text, const std::string& user = "") {
    People people("", user, {});
    people.learn(text);
    people.settle();
    people.anonymise(text);
    return text;
}

}  // namespace

TEST_CASE("home directories of every form lose the name and nothing else") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"/home/alice/x", "/home/user/x"},
        {"/home/alice", "/home/user"},
        {"\"/Users/alice\"", "\"/Users/user\""},
        {"cd /Users/john.doe/src && ls", "cd /Users/user/src && ls"},
        {"C:\\Users\\Alice\\x", "C:\\Users\\user\\x"},
        {"D:\\\\Users\\\\Alice\\\\x", "D:\\\\Users\\\\user\\\\x"},
        {"C:\\Users\\Jane Doe\\x", "C:\\Users\\user\\x"},
        {"d:/Users/alice/x", "d:/Users/user/x"},
        {"/mnt/d/Users/alice/x", "/mnt/d/Users/user/x"},
        {"/c/Users/alice/x", "/c/Users/user/x"},
        {"\\\\wsl.localhost\\Debian\\home\\alice\\x", "\\\\wsl.localhost\\Debian\\home\\user\\x"},
        {"//wsl$/Debian/home/alice/x", "//wsl$/Debian/home/user/x"},
        {"file:///home/alice/x", "file:///home/user/x"},
        {"/var/home/alice/x", "/var/home/user/x"},
        {"\\/Users\\/alice\\/x", "\\/Users\\/user\\/x"},
        {"~/.agent/projects/-Users-alice-code-app", "~/.agent/projects/-Users-user-code-app"},
        {"projects/C--Users-alice-app", "projects/C--Users-user-app"},
        {"ls ~alice/src", "ls ~user/src"},
        {"alice@mac:~/src$ ls", "user@mac:~/src$ ls"},
        {"[alice@box src]$ ls", "[user@box src]$ ls"},
        {"-rw-r--r-- 1 alice staff 12 Jan 1 a", "-rw-r--r-- 1 user staff 12 Jan 1 a"},
    };
    for (const auto& [before, after] : cases) {
        INFO(before);
        CHECK(anonymised(before) == after);
        CHECK(anonymised(after) == after);
    }
}

TEST_CASE("roles, code and web addresses stay") {
    for (const std::string text :
         {"/home/runner/work", "/Users/Shared/x", "/home/node/app", "/root/x", "C:\\Users\\Public\\x",
          "/home/user/x", "https://example.com/home/page", "https://api.example.com/users/alice",
          "GET /users/123", "/home/$USER/x", "/home/<name>/x", "$HOME/x", "/home/*/x", "root@host:~# ls",
          "a home-made thing", "--home-dir x", "HEAD~foo", "alice wrote this",
          "drwxr-xr-x 2 root root 4096 Jan 1 ."}) {
        INFO(text);
        CHECK(anonymised(text, "root") == text);
    }
}

TEST_CASE("encoded names with hyphens are known from the paths beside them") {
    CHECK(anonymised("/Users/john-doe/x and /-Users-john-doe-x") == "/Users/user/x and /-Users-user-x");
}

TEST_CASE("logins that home directories give away go from branches, remotes and git identities too") {
    const std::string home = "/Users/alisha/x ";
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"alisha/marvin", "user/marvin"},
        {"origin/alisha/marvin -> x", "origin/user/marvin -> x"},
        {"git@github.com:alisha/skills.git", "git@github.com:user/skills.git"},
        {"https://github.com/Alisha/skills", "https://github.com/user/skills"},
        {"Author: alisha <a@example.com>", "Author: user <a@example.com>"},
        {"Author: alisha", "Author: user"},
        {"git config user.name \"alisha\"", "git config user.name \"user\""},
        {"ssh://alisha@host", "ssh://user@host"},
        {"alisha wrote this", "user wrote this"},
        {"alishas/marvin and x-alisha/y", "alishas/marvin and x-user/y"},
        {"https://example.com/users/alisha", "https://example.com/users/user"},
    };
    for (const auto& [before, after] : cases) {
        INFO(before);
        CHECK(anonymised(home + before) == "/Users/user/x " + after);
        // Nobody else has given the name away.
        if (!before.starts_with("git config")) CHECK(anonymised(before) == before);
    }
    std::string branch = "alisha";
    const People people("", "alisha", {});
    CHECK(people.anonymise(branch) == 1);
    CHECK(branch == "user");
}

TEST_CASE("pseudonyms are stable under one key and different under another") {
    using Kind = People::Kind;
    const People one("key", "", {});
    const People two("other", "", {});
    CHECK(one.pseudonym(Kind::Person, "alice") == one.pseudonym(Kind::Person, "Alice"));
    CHECK(one.pseudonym(Kind::Person, "alice") != one.pseudonym(Kind::Person, "bob"));
    CHECK(one.pseudonym(Kind::Person, "alice") != two.pseudonym(Kind::Person, "alice"));
    CHECK(one.pseudonym(Kind::Person, "alice").size() == 9);
    std::string text = "/home/alice/x";
    CHECK(one.anonymise(text) == 1);
    CHECK(one.anonymise(text) == 0);
}
