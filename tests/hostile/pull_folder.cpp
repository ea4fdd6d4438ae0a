// The folder that a dataset is pulled into may be prepared by somebody else: no link in it is followed.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "doubles/error_from.hpp"
#include "doubles/push_bench.hpp"
#include "opentraces/flow/pull.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

struct Bench {
    Bench() {
        project.commit("one");
        shard = project.push(dataset).shards.at(0).path;
        std::filesystem::create_directories(outside);
        std::ofstream(outside + "/precious") << "mine";
        std::filesystem::create_directories(folder);
    }
    flow::PullResult pull() {
        flow::Ports ports = project.ports();
        flow::PullOptions options;
        options.remote = dataset;
        options.folder = folder;
        return flow::pull(ports, *project.store, options, project.progress);
    }
    void plant(const std::string& target, const std::string& name) const {
        std::filesystem::create_directories(std::filesystem::path(folder + "/" + name).parent_path());
        std::filesystem::create_symlink(target, folder + "/" + name);
    }

    NoTransport transport;
    Project project{transport};
    std::string dataset = project.folder.file("dataset");
    std::string folder = project.folder.file("pulled");
    std::string outside = project.folder.file("outside");
    std::string shard;
};

}  // namespace

TEST_CASE("hostile: pull follows no link in its folder") {
    Bench bench;
    std::string link;
    SECTION("in place of the shards' folder") {
        link = "data";
        bench.plant(bench.outside, link);
    }
    SECTION("in place of a shard") {
        link = bench.shard;
        bench.plant(bench.outside + "/precious", link);
    }
    SECTION("in place of a shard, leading nowhere") {
        link = bench.shard;
        bench.plant(bench.outside + "/new", link);
    }
    SECTION("in place of the bookkeeping") {
        link = ".opentraces-pull";
        bench.plant(bench.outside, link);
    }
    SECTION("in place of the pieces") {
        link = ".opentraces-pull/pieces";
        bench.plant(bench.outside, link);
    }
    SECTION("in place of the state") {
        link = ".opentraces-pull/state.json";
        bench.plant(bench.outside + "/new", link);
    }
    SECTION("in place of the lock") {
        link = ".opentraces-pull/lock";
        bench.plant(bench.outside + "/precious", link);
    }
    const Error error = error_from([&] { bench.pull(); });
    CHECK(error.code() == ErrorCode::UnsafePath);
    CHECK(error.message().find(bench.folder + "/" + link) != std::string::npos);
    std::stringstream text;
    text << std::ifstream(bench.outside + "/precious").rdbuf();
    CHECK(text.str() == "mine");
    CHECK(std::distance(std::filesystem::directory_iterator(bench.outside), {}) == 1);
}

TEST_CASE("hostile: pull into a folder that is reached through a link goes where the user said") {
    Bench bench;
    const std::string real = bench.folder;
    bench.folder = bench.project.folder.file("short");
    std::filesystem::create_symlink(real, bench.folder);
    CHECK(bench.pull().pulled == 1);
    CHECK(std::filesystem::exists(real + "/" + bench.shard));
}
