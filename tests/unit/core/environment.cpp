#include "opentraces/core/environment.hpp"

#include <unistd.h>

#include <filesystem>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/in_memory_disk.hpp"
#include "doubles/temporary_directory.hpp"
#include "opentraces/fs/disk.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

Environment environment_with(std::map<std::string, std::string> variables) {
    Environment environment;
    environment.variables = std::move(variables);
    environment.working_directory = "/work";
    return environment;
}

// What the program would take from the process in this folder, however deep or gone it is.
std::string working_directory_now() {
    char* nothing[] = {nullptr};
    return capture_environment(nothing, nullptr).working_directory;
}

struct BackAtTheEnd {
    std::string before = std::filesystem::current_path().string();
    ~BackAtTheEnd() { std::filesystem::current_path(before); }
};

}  // namespace

TEST_CASE("environment: the folders of the user follow the variables") {
    const Environment all = environment_with({{"HOME", "/home/me"},
                                              {"OPENTRACES_HOME", "/own"},
                                              {"HF_HOME", "/hf"},
                                              {"XDG_CACHE_HOME", "/cache"}});
    CHECK(all.home() == "/home/me");
    CHECK(all.opentraces_home() == "/own");
    CHECK(all.find_hf_home() == "/hf");
    CHECK(environment_with({{"XDG_CACHE_HOME", "/cache"}}).find_hf_home() == "/cache/huggingface");
    const Environment home = environment_with({{"HOME", "/home/me"}});
    CHECK(home.opentraces_home() == "/home/me/.opentraces");
    CHECK(home.find_hf_home() == "/home/me/.cache/huggingface");
}

TEST_CASE("environment: without HOME nothing of the user is looked for in the working directory") {
    for (const std::string value : {"", "relative", ".", "~"}) {
        const Environment none = environment_with({{"HOME", value}});
        CHECK_FALSE(none.find_home());
        CHECK_FALSE(none.find_opentraces_home());
        CHECK_FALSE(none.find_hf_home());
        CHECK(error_from([&] { none.home(); }).code() == ErrorCode::ConfigInvalid);
        const Error error = error_from([&] { none.opentraces_home(); });
        CHECK(error.code() == ErrorCode::ConfigInvalid);
        CHECK(error.hint().find("OPENTRACES_HOME") != std::string::npos);
    }
    CHECK(environment_with({{"OPENTRACES_HOME", "/own"}}).opentraces_home() == "/own");
}

TEST_CASE("environment: a working folder that was deleted is an error for what needs it") {
    const TemporaryDirectory folder;
    const BackAtTheEnd back;
    std::filesystem::create_directory(folder.file("gone"));
    std::filesystem::current_path(folder.file("gone"));
    CHECK(working_directory_now() == folder.file("gone"));
    std::filesystem::remove(folder.file("gone"));
    CHECK(working_directory_now().empty());
    Environment environment;
    InMemoryDisk disk;
    CHECK(error_from([&] { environment.need_working_directory(); }).code() == ErrorCode::NotFound);
    CHECK(error_from([&] { fs::absolute("a", environment, disk); }).code() == ErrorCode::NotFound);
    CHECK(fs::absolute("/a/../b", environment, disk) == "/b");
}

TEST_CASE("environment: a working folder may be deeper than the system's longest path") {
    const TemporaryDirectory folder;
    const BackAtTheEnd back;
    std::filesystem::current_path(folder.path());
    std::string expected = folder.path();
    while (expected.size() < 6000) {
        const std::string name(200, 'd');
        std::filesystem::create_directory(name);
        std::filesystem::current_path(name);
        expected += "/" + name;
    }
    CHECK(working_directory_now() == expected);
}
