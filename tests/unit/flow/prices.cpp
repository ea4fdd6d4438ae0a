#include "opentraces/flow/prices.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "doubles/error_from.hpp"
#include "doubles/temporary_directory.hpp"

using namespace opentraces;
using namespace opentraces::testing;

namespace {

namespace stdfs = std::filesystem;

const std::string k_table = "model\tinput\toutput\nclaude-opus-5\t1\t2\n";

struct Files {
    TemporaryDirectory folder;
    std::string root = folder.file("project");
    std::unique_ptr<fs::Disk> disk = fs::posix_disk();

    Files() {
        stdfs::create_directory(root);
        write("project/prices.tsv", k_table);
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder.file(name), std::ios::binary) << text;
    }
    std::string refusal(const std::string& file, const std::string& project) {
        const Error error = error_from([&] { flow::own_prices(file, project, *disk); });
        CHECK(error.code() == ErrorCode::ConfigInvalid);
        CHECK(std::string(error.hint()).find("opentraces config unset pricing_file") != std::string::npos);
        return error.message();
    }
};

}  // namespace

TEST_CASE("own prices: a relative path starts at the project, another is taken as it is") {
    Files files;
    CHECK(flow::own_prices("", files.root, *files.disk) == nullptr);
    const auto relative = flow::own_prices("prices.tsv", files.root, *files.disk);
    CHECK(relative->table.find("claude-opus-5")->price.input == 1);
    const auto absolute = flow::own_prices(files.root + "/prices.tsv", {}, *files.disk);
    CHECK(absolute->digest == relative->digest);
    files.write("project/prices.tsv", k_table + "#\n");
    CHECK(flow::own_prices("prices.tsv", files.root, *files.disk)->digest != relative->digest);
}

TEST_CASE("own prices: what is not there, no file, too large or no table is refused, with its line") {
    Files files;
    CHECK(files.refusal("none.tsv", files.root) == "pricing_file: " + files.root + "/none.tsv is not there");
    CHECK(files.refusal(".", files.root).find("pricing_file: ") == 0);
    CHECK(files.refusal(files.root, {}) == "pricing_file: " + files.root + " is no file");
    CHECK(files.refusal("prices.tsv", {}) ==
          "pricing_file: prices.tsv is relative to a project, and there is none here");
    REQUIRE(::mkfifo(files.folder.file("project/pipe").c_str(), 0600) == 0);
    CHECK(files.refusal("pipe", files.root) == "pricing_file: " + files.root + "/pipe is no file");
    files.write("project/large.tsv", std::string(flow::k_largest_price_file + 1, '#'));
    CHECK(files.refusal("large.tsv", files.root).ends_with("is larger than 4 MB"));
    files.write("project/prices.tsv", k_table + "claude-opus-4-5\tcheap\t2\n");
    CHECK(files.refusal("prices.tsv", files.root) ==
          "pricing_file: " + files.root + "/prices.tsv:3: input is no number from 0 to 1000000");
}

TEST_CASE("own prices: a path of the project leads nowhere else, and no message has what a file says") {
    Files files;
    const std::string secret = "s3cret";
    files.write("outside", secret + "\t" + secret + "\n" + secret + "\n");
    stdfs::create_symlink(files.folder.file("outside"), files.root + "/link.tsv");
    stdfs::create_directory_symlink(files.folder.path(), files.root + "/folder");
    for (const char* file : {"link.tsv", "folder/outside", "../outside", "x/../../outside"}) {
        CAPTURE(file);
        const std::string message = files.refusal(file, files.root);
        CHECK(message.find(secret) == std::string::npos);
        CHECK(message.find("link") != std::string::npos);
    }
    // Named by the user themselves, it is read, and still not repeated.
    CHECK(files.refusal(files.folder.file("outside"), {}).find(secret) == std::string::npos);
}
