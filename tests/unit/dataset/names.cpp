// What a name of a dataset means.
#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/in_memory_disk.hpp"
#include "opentraces/dataset/open.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

struct Names {
    InMemoryDisk disk;
    store::ProjectConfig config;
    Environment environment;
    std::string root = "/work/project";

    Names() {
        environment.working_directory = root;
        environment.variables["HOME"] = "/home/me";
        disk.make_directories(root + "/src", 0755);
        config.set_remote("origin", "ada/traces");
        config.set_remote("shared", "/srv/dataset");
        config.set_remote("near", "./dataset");
    }
    dataset::Spoken spoken() { return {config, root, environment, disk}; }
    std::string resolved(std::string_view given) { return dataset::resolve_name(given, spoken()); }
    std::string target(std::string_view given) { return dataset::target_of(given, spoken()); }
};

}  // namespace

TEST_CASE("dataset: one resolution of names") {
    Names names;
    CHECK(names.resolved("") == "ada/traces");
    CHECK(names.resolved("shared") == "/srv/dataset");
    CHECK(names.resolved(" origin ") == "ada/traces");
    CHECK(names.resolved("bob/other") == "bob/other");
    CHECK(names.resolved("bob/other@refs/pr/1") == "bob/other@refs/pr/1");
    CHECK(names.resolved("./folder") == "/work/project/folder");
    CHECK(names.resolved("../folder") == "/work/folder");
    CHECK(names.resolved("file:folder") == "/work/project/folder");
    CHECK(names.resolved("~/folder") == "/home/me/folder");
    const std::string page = names.environment.hub_endpoint() + "/datasets/";
    CHECK(names.resolved(page + "bob/other") == "bob/other");
    CHECK(names.resolved(page + "bob/other/tree/refs/pr/1?x=1") == "bob/other@refs/pr/1");
    CHECK(error_from([&] { names.resolved("https://elsewhere.example/bob/other"); }).code() ==
          ErrorCode::BadOption);
    names.config = {};
    CHECK(names.resolved("").empty());
}

TEST_CASE("dataset: settings cannot lead a name with an owner elsewhere") {
    Names names;
    names.config.set_remote("bob/other", "eve/elsewhere");
    CHECK(names.resolved("bob/other") == "bob/other");
}

TEST_CASE("dataset: a bare name that is no remote is refused") {
    Names names;
    for (const char* bare : {"traces", "dataset", "Origin"})
        CHECK(error_from([&] { names.resolved(bare); }).code() == ErrorCode::InvalidRepoId);
    for (const char* bare : {"traces", "origin"})
        CHECK(error_from([&] { names.target(bare); }).code() == ErrorCode::InvalidRepoId);
    names.config.set_remote("older", "traces");  // of a version that put the user's name before it
    CHECK(error_from([&] { names.resolved("older"); }).code() == ErrorCode::InvalidRepoId);
}

TEST_CASE("dataset: a file is none, however it is called") {
    Names names;
    names.disk.replace(names.root + "/rows.jsonl", "{}\n");
    names.disk.replace(names.root + "/src/main.c", "\n");
    names.config.set_remote("file", "./rows.jsonl");
    for (const char* file : {"rows.jsonl", "./rows.jsonl", "file:rows.jsonl", "src/main.c", "file"}) {
        INFO(file);
        const Error error = error_from([&] { names.resolved(file); });
        CHECK(error.code() == ErrorCode::BadOption);
        CHECK(std::string(error.what()).find("is a file") != std::string::npos);
    }
    CHECK(error_from([&] { names.target("./rows.jsonl"); }).code() == ErrorCode::BadOption);
}

TEST_CASE("dataset: a folder of the settings is where the project is, wherever one stands in it") {
    Names names;
    CHECK(names.resolved("near") == "/work/project/dataset");
    CHECK(names.target("./dataset") == "./dataset");
    names.environment.working_directory = names.root + "/src";
    CHECK(names.resolved("near") == "/work/project/dataset");
    CHECK(names.resolved("./dataset") == "/work/project/src/dataset");
    CHECK(names.target("./dataset") == "/work/project/src/dataset");
    CHECK(names.target("bob/other") == "bob/other");
    CHECK(names.target(names.environment.hub_endpoint() + "/datasets/bob/other") == "bob/other");
}

TEST_CASE("dataset: the name of a remote is a word") {
    for (const char* word : {"origin", "team-2", "a.b", "x"})
        CHECK_NOTHROW(dataset::check_remote_name(word));
    for (const char* none : {"", "a/b", "./a", ".", "-a", "~", "file:x", "a b", "a@b"})
        CHECK(error_from([&] { dataset::check_remote_name(none); }).code() == ErrorCode::BadOption);
}
