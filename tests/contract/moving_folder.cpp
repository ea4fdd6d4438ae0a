// A dataset folder into which somebody else pushes while a command reads it: the command starts over, and
// what it answers is one state or the other.
#include <functional>
#include <memory>
#include <string>

#include "doubles/error_from.hpp"
#include "doubles/part_of_disk.hpp"
#include "doubles/push_bench.hpp"
#include "hub/folder_remote.hpp"
#include "opentraces/dataset/dataset.hpp"
#include "opentraces/flow/index_rebuild.hpp"
#include "opentraces/flow/pull.hpp"
#include "opentraces/flow/verify.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

// Does something right before the n-th time that a file of the folder is opened.
class Disturbed final : public PartOfDisk {
public:
    struct Plan {
        std::string folder;
        int left = 0;
        std::function<void()> action;
    };
    Disturbed(fs::Disk& whole, std::string root, Plan& plan)
        : PartOfDisk(whole, std::move(root)), m_whole(whole), m_plan(plan) {}
    Disturbed(std::unique_ptr<fs::Disk> part, const std::string& root, Plan& plan)
        : PartOfDisk(*part, root), m_part(std::move(part)), m_whole(*m_part), m_plan(plan) {}

    std::unique_ptr<fs::Disk> beneath(const std::string& root) override {
        return std::make_unique<Disturbed>(m_whole.beneath(root), root, m_plan);
    }
    std::unique_ptr<fs::ReadFile> open(const std::string& path) override {
        if (path.starts_with(m_plan.folder + "/data/") && --m_plan.left == 0) m_plan.action();
        return PartOfDisk::open(path);
    }

private:
    std::unique_ptr<fs::Disk> m_part;
    fs::Disk& m_whole;
    Disturbed::Plan& m_plan;
};

struct Bench {
    Bench() {
        project.commit("one");
        project.push(dataset);
        project.commit("two");
        project.push(dataset);
        other.commit("theirs");
        plan.folder = dataset;
    }
    flow::Ports ports() { return {disk, project.clock, project.ids, transport, project.environment}; }
    flow::VerifyReport verify() {
        flow::Ports all = ports();
        flow::VerifyOptions options;
        options.remote = dataset;
        return flow::verify_dataset(all, *project.store, project.folder.path(), options, project.progress);
    }
    flow::PullResult pull() {
        flow::Ports all = ports();
        flow::PullOptions options;
        options.remote = dataset;
        options.folder = project.folder.file("pulled");
        return flow::pull(all, *project.store, options, project.progress);
    }
    flow::IndexRebuildReport rebuild() {
        flow::Ports all = ports();
        flow::IndexRebuildOptions options;
        options.remote = dataset;
        return flow::rebuild_index(all, *project.store, project.folder.path(), options, project.progress);
    }

    NoTransport transport;
    Project project{transport};
    Project other{transport, 8};
    std::string dataset = project.folder.file("dataset");
    Disturbed::Plan plan;
    Disturbed disk{*project.disk, "", plan};
};

}  // namespace

TEST_CASE("moving folder: a push in the middle of reading is met by reading again") {
    for (const std::string command : {"verify", "index rebuild"}) {
        bool every_moment_met = false;
        for (int nth = 1; !every_moment_met; ++nth) {
            INFO(command << ", disturbed at file " << nth);
            Bench bench;
            bool pushed = false;
            bench.plan.left = nth;
            bench.plan.action = [&] {
                pushed = true;
                bench.other.push(bench.dataset);
            };
            const std::int64_t traces = command == "verify" ? bench.verify().traces : bench.rebuild().traces;
            // Of the one state or of the other, whole; an index that has nothing wrong is not written.
            CHECK((traces == 3 || traces == 2));
            CHECK(bench.verify().problems.empty());
            every_moment_met = !pushed;
        }
    }
}

TEST_CASE("moving folder: a shard that changes while it is pulled is pulled as it is then") {
    bool every_moment_met = false;
    for (int nth = 1; !every_moment_met; ++nth) {
        INFO("disturbed at file " << nth);
        Bench bench;
        const std::string shard = bench.project.disk->list(bench.dataset + "/data").at(1).path;
        bool changed = false;
        bench.plan.left = nth;
        bench.plan.action = [&] {
            changed = true;
            bench.project.disk->replace(shard, bench.project.disk->read_all(shard) + "\n");
        };
        CHECK(bench.pull().shards == 2);
        const std::string here = bench.project.folder.file("pulled/data/" + fs::file_name(shard));
        CHECK(bench.project.disk->read_all(here) == bench.project.disk->read_all(shard));
        every_moment_met = !changed;
    }
}

TEST_CASE("moving folder: after ten tries a command gives up") {
    Bench bench;
    flow::Ports ports = bench.ports();
    const auto remote = hub::folder_remote(
        bench.dataset, {*bench.project.disk, bench.project.clock, bench.project.ids, std::nullopt, {}});
    dataset::Dataset dataset(dataset::in_project(ports, *bench.project.store, bench.project.folder.path()),
                             *remote, bench.project.progress);
    int tries = 0;
    const Error error = error_from([&] {
        dataset.read([&] {
            ++tries;
            throw Error(ErrorCode::CommitConflict, "it moved");
        });
    });
    CHECK(error.code() == ErrorCode::CommitConflict);
    CHECK(error.exit_status() == 4);
    CHECK(tries == 10);
    CHECK(bench.project.clock.sleeps() == 9);
    // Anything else is not tried again.
    CHECK(error_from([&] { dataset.read([] { throw Error(ErrorCode::CorruptDataset, "no"); }); }).code() ==
          ErrorCode::CorruptDataset);
}
