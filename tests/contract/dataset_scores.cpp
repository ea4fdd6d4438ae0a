// Scores of a dataset, written by themselves: the commit is as careful as a push.
#include <algorithm>
#include <functional>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/forwarding_remote.hpp"
#include "doubles/hub_bench.hpp"
#include "opentraces/dataset/dataset.hpp"
#include "opentraces/flow/assess.hpp"

using namespace opentraces;
using namespace opentraces::testing;
using hub_emulator::FaultKind;

namespace {

constexpr std::string_view k_gated_row = "| Access | on request (gated) |";

std::unique_ptr<hub::Remote> open(HubBench& bench) {
    hub::Ports ports = bench.project.ports();
    return dataset::open(ports, bench.repo, dataset::Access::Write, bench.project.progress);
}

flow::DatasetScores assess(HubBench& bench, hub::Remote& remote) {
    hub::Ports ports = bench.project.ports();
    dataset::Dataset dataset(dataset::in_project(ports, *bench.project.store, bench.project.folder.path()),
                             remote, bench.project.progress);
    return flow::assess_dataset(dataset, {});
}
flow::DatasetScores assess(HubBench& bench) {
    return assess(bench, *open(bench));
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("dataset scores: the card keeps saying that people must ask for access") {
    HubBench bench;
    bench.project.commit("one");
    flow::PushOptions options = bench.options();
    options.gated = hub::Gating::Manual;
    REQUIRE(bench.project.push(options).uploaded == 1);
    REQUIRE(has(bench.hub.file(bench.repo, "README.md"), k_gated_row));
    CHECK_FALSE(assess(bench).commit.empty());
    const std::string card = bench.hub.file(bench.repo, "README.md");
    CHECK(has(card, k_gated_row));
    CHECK(has(card, "conformance_score"));
}

TEST_CASE("dataset scores: features that older tools have declared do not contradict the card") {
    HubBench bench;
    bench.project.commit("one");
    REQUIRE(bench.project.push(bench.repo).uploaded == 1);
    const char* const path = "dataset_infos.json";
    bench.hub.commit_files(bench.repo, {{path, R"({"default":{"features":{}},"other":{"features":{}}})"}});
    assess(bench);
    CHECK(has(bench.hub.file(bench.repo, path), "other"));
    CHECK_FALSE(has(bench.hub.file(bench.repo, path), "default"));
    bench.hub.commit_files(bench.repo, {{path, R"({"default":{"features":{}}})"}});
    assess(bench);
    CHECK_FALSE(bench.hub.has_file(bench.repo, path));
}

TEST_CASE("dataset scores: a commit that does not hold what was sent is no success") {
    HubBench bench;
    bench.project.commit("one");
    REQUIRE(bench.project.push(bench.repo).uploaded == 1);
    struct Lossy final : ForwardingRemote {
        using ForwardingRemote::ForwardingRemote;
        std::vector<hub::RemoteFile> find(const std::string& head,
                                          const std::vector<std::string>& paths) override {
            std::vector<hub::RemoteFile> files = ForwardingRemote::find(head, paths);
            for (hub::RemoteFile& file : files)
                if (file.path == "quality.json") file.digest = std::string(40, '0');
            return files;
        }
    };
    const auto remote = open(bench);
    Lossy lossy(*remote);
    const Error error = error_from([&] { assess(bench, lossy); });
    CHECK(error.code() == ErrorCode::CorruptDataset);
    CHECK(has(error.message(), "does not hold quality.json as it was sent"));
}

TEST_CASE("dataset scores: others who push meanwhile are waited for") {
    HubBench bench;
    bench.project.commit("one");
    REQUIRE(bench.project.push(bench.repo).uploaded == 1);
    const int before = bench.project.clock.sleeps();
    bench.fault(FaultKind::k_commit_slips_in, "POST", "/commit/", 1, 2);
    CHECK_FALSE(assess(bench).commit.empty());
    CHECK(bench.project.clock.sleeps() == before + 2);
    SECTION("not for ever") {
        bench.fault(FaultKind::k_commit_slips_in, "POST", "/commit/", 1, -1);
        CHECK(error_from([&] { assess(bench); }).code() == ErrorCode::CommitConflict);
        CHECK(bench.asked("POST", "/commit/") <= 1 + 3 + 10);
    }
}
