#include "opentraces/fs/walk.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "doubles/temporary_directory.hpp"
#include "fs/forwarding_disk.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

void put(const std::string& path) {
    std::filesystem::create_directories(fs::parent(path));
    std::ofstream(path) << "x";
}

fs::WalkRules rules(fs::Links links) {
    return {[](std::string_view name) { return name.ends_with(".jsonl"); },
            [](std::string_view name) { return name != "skipped"; }, links};
}

}  // namespace

TEST_CASE("walk: wanted files in order, folders once, links only where they are followed") {
    const TemporaryDirectory directory;
    const auto disk = fs::posix_disk();
    put(directory.file("b/1.jsonl"));
    put(directory.file("a.jsonl"));
    put(directory.file("a.txt"));
    put(directory.file("skipped/2.jsonl"));
    std::filesystem::create_directory_symlink(directory.path(), directory.file("b/again"));
    std::filesystem::create_symlink(directory.file("a.jsonl"), directory.file("c.jsonl"));
    REQUIRE(::mkfifo(directory.file("p.jsonl").c_str(), 0600) == 0);

    const fs::Walked kept = fs::walk(directory.path(), rules(fs::Links::Stay), *disk);
    REQUIRE(kept.files.size() == 2);
    CHECK(kept.files[0].path == directory.file("a.jsonl"));
    CHECK(kept.files[1].path == directory.file("b/1.jsonl"));
    CHECK(kept.left_out() == "2 links not followed, 1 FIFO, socket or device");

    const fs::Walked followed = fs::walk(directory.path(), rules(fs::Links::Files), *disk);
    CHECK(followed.files.size() == 3);
    CHECK(followed.left_out() == "1 link not followed, 1 FIFO, socket or device");
}

TEST_CASE("walk: a folder that is there twice is looked into once") {
    // As with bind mounts.
    class Mounted final : public fs::ForwardingDisk {
    public:
        using ForwardingDisk::ForwardingDisk;
        std::vector<fs::FileInfo> list(const std::string& path) override {
            std::vector<fs::FileInfo> entries = ForwardingDisk::list(path);
            for (fs::FileInfo& entry : entries)
                if (entry.is_directory()) entry.inode = 7;
            return entries;
        }
    };
    const TemporaryDirectory directory;
    const auto real = fs::posix_disk();
    Mounted disk(*real);
    put(directory.file("a/1.jsonl"));
    put(directory.file("b/1.jsonl"));
    const fs::Walked walked = fs::walk(directory.path(), rules(fs::Links::Files), disk);
    CHECK(walked.files.size() == 1);
    CHECK(walked.left_out() == "1 folder there already under another name");
}

TEST_CASE("walk: folders without end are left") {
    const TemporaryDirectory directory;
    const auto disk = fs::posix_disk();
    std::string path = directory.path();
    for (int i = 0; i < 40; ++i)
        path += "/d";
    put(path + "/deep.jsonl");
    const fs::Walked walked = fs::walk(directory.path(), rules(fs::Links::Stay), *disk);
    CHECK(walked.files.empty());
    CHECK(walked.left_out() == "1 folder too deep");
}
