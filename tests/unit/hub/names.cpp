#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/in_memory_disk.hpp"
#include "opentraces/hub/remote_spec.hpp"

using namespace opentraces;
using namespace opentraces::hub;
using opentraces::testing::error_from;
using opentraces::testing::InMemoryDisk;

namespace {

RemoteSpec parse(const std::string& text) {
    InMemoryDisk disk;
    Environment environment;
    environment.working_directory = "/work/project";
    environment.variables["HOME"] = "/home/me";
    return parse_remote_spec(text, environment, disk);
}

}  // namespace

TEST_CASE("a remote is a Hub dataset or a folder") {
    CHECK(parse("alice/traces").repo == "alice/traces");
    CHECK(parse("alice/traces").kind == RemoteKind::Hub);
    CHECK(parse("alice/traces").revision == "main");
    CHECK(parse("./data").folder == "/work/project/data");
    CHECK(parse("../data").folder == "/work/data");
    CHECK(parse("/srv/data/").folder == "/srv/data");
    CHECK(parse("~/data").folder == "/home/me/data");
    CHECK(parse("file:data").folder == "/work/project/data");
    CHECK(parse("file:/srv/data").folder == "/srv/data");
    CHECK(parse(".").folder == "/work/project");
}

TEST_CASE("the text of a remote names the same remote") {
    for (const char* text : {"alice/traces", "alice/traces@refs/pr/3", "/srv/data"}) {
        CHECK(parse(text).text() == text);
        CHECK(parse(parse(text).text()).revision == parse(text).revision);
    }
    CHECK(parse("alice/traces@refs/pr/3").revision == "refs/pr/3");
}

TEST_CASE("the Hub's naming rules") {
    for (const char* good : {"a/b", "A_1/b.c-d", "user/x__y", "0/1"})
        CHECK_NOTHROW(check_repo_id(good));
    CHECK_NOTHROW(check_repo_id("a/" + std::string(96, 'b')));
    const std::string long_name(97, 'b');
    for (const std::string& bad :
         {std::string(), std::string("a/b/c"), std::string("/b"), std::string("a/"), std::string("-a/b"),
          std::string("a/b-"), std::string("a/.b"), std::string("a/b."), std::string("a/b--c"),
          std::string("a/b..c"), std::string("a/b.git"), std::string("a b/c"), std::string("a/b\n"),
          std::string("a/\xc3\xa4"), "a/" + long_name, std::string("a/b%2Fc"), std::string("a/b?x")}) {
        const Error error = error_from([&] { check_repo_id(bad); });
        CHECK(error.code() == ErrorCode::InvalidRepoId);
        CHECK(error.exit_status() == 2);
    }
}

TEST_CASE("a name without an owner is refused, with what to write") {
    for (const char* bare : {"traces", " traces ", "traces@main"}) {
        const Error error = error_from([&] { parse(bare); });
        CHECK(error.code() == ErrorCode::InvalidRepoId);
        CHECK(
            error.hint() ==
            "Write ./traces for a folder, OWNER/traces for the Hub, or add it: opentraces remote add traces "
            "TARGET");
    }
}

TEST_CASE("what follows @ must be a branch") {
    for (const char* bad : {"a/b@", "a/b@../x", "a/b@x y", "a/b@x?y"})
        CHECK(error_from([&] { parse(bad); }).code() == ErrorCode::InvalidRepoId);
    CHECK(error_from([&] { parse("file:"); }).code() == ErrorCode::InvalidRepoId);
}
