// Copies of shards, when the disk does not want to let them go.
#include "opentraces/dataset/shard_copy.hpp"

#include <filesystem>

#include "catch.hpp"
#include "doubles/push_bench.hpp"
#include "fs/forwarding_disk.hpp"
#include "hub/folder_remote.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

// Nothing beneath a folder of it can be removed.
class StickyDisk final : public fs::ForwardingDisk {
public:
    explicit StickyDisk(fs::Disk& inner) : ForwardingDisk(inner) {}
    std::unique_ptr<fs::Disk> beneath(const std::string& root) override {
        struct Part final : fs::ForwardingDisk {
            Part(std::unique_ptr<fs::Disk> part, int& refused)
                : ForwardingDisk(*part), m_part(std::move(part)), m_refused(refused) {}
            bool remove(const std::string& path) override {
                ++m_refused;
                throw Error(ErrorCode::DiskFailed, "cannot remove " + path);
            }

        private:
            std::unique_ptr<fs::Disk> m_part;
            int& m_refused;
        };
        return std::make_unique<Part>(inner().beneath(root), refused);
    }
    int refused = 0;
};

}  // namespace

TEST_CASE("shard copy: a copy that cannot be removed ends nothing") {
    NoTransport transport;
    Project project(transport);
    project.commit("a");
    const std::string folder = project.folder.file("dataset");
    REQUIRE(project.push(folder).uploaded == 1);
    const auto remote =
        hub::folder_remote(folder, {*project.disk, project.clock, project.ids, std::nullopt, {}});
    const std::string head = remote->info().head;
    const hub::RemoteFile file = remote->list(head, "data").at(0);
    StickyDisk disk(*project.disk);
    {
        const dataset::ShardCopy copy(*remote, head, file, disk, project.folder.file("place/downloads"));
        char byte = 0;
        CHECK(copy.open()(&byte, 1) == 1);
        CHECK(byte == '{');
    }
    CHECK(disk.refused == 1);
}
