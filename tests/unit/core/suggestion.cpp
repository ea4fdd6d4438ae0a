#include "opentraces/core/suggestion.hpp"

#include "catch.hpp"

using namespace opentraces;

TEST_CASE("suggestion: letters added, left out, changed and swapped are one edit each") {
    CHECK(edits_between("commit", "commit") == 0);
    CHECK(edits_between("comit", "commit") == 1);
    CHECK(edits_between("commmit", "commit") == 1);
    CHECK(edits_between("cimmit", "commit") == 1);
    CHECK(edits_between("comimt", "commit") == 1);
    CHECK(edits_between("Commit", "commit") == 0);
    CHECK(edits_between("", "abc") == 3);
    CHECK(edits_between("abc", "") == 3);
    CHECK(edits_between("kitten", "sitting") == 3);
    CHECK(edits_between("ca", "abc") == 3);  // a letter is not edited twice
}

TEST_CASE("suggestion: the nearest name, if one is near") {
    const std::vector<std::string> names{"commit", "config", "list", "log", "claude-code", "codex"};
    CHECK(nearest("comit", names) == "commit");
    CHECK(nearest("cofnig", names) == "config");
    CHECK(nearest("lst", names) == "list");
    CHECK(nearest("claud", names) == "claude-code");
    CHECK(nearest("CODEX", names) == "codex");
    CHECK(nearest("publish", names) == "");
    CHECK(nearest("x", names) == "");
    CHECK(nearest("", names) == "");
    CHECK(nearest(std::string(1000, 'a'), names) == "");
    CHECK(nearest("co", {"commit", "config"}) == "");
    CHECK(did_you_mean("comit", names) == "Did you mean 'commit'?");
    CHECK(did_you_mean("publish", names, "Run it.") == "Run it.");
    CHECK(did_you_mean("comit", names, "Run it.") == "Did you mean 'commit'? Run it.");
}
