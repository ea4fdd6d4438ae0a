// docs/contributing.md has a row for each thing that people add; its paths are there.
#include <filesystem>
#include <regex>

#include "catch.hpp"
#include "opentraces/capture/agent.hpp"
#include "opentraces/formats/format.hpp"
#include "opentraces/formats/importer.hpp"
#include "source_files.hpp"

using namespace opentraces;

namespace {

// From `heading` to the next one.
std::string section(const std::string& page, const std::string& heading) {
    const std::size_t from = page.find("\n## " + heading + "\n");
    REQUIRE(from != std::string::npos);
    return page.substr(from, page.find("\n## ", from + 1) - from);
}

}  // namespace

TEST_CASE("contributing: every path in the table of things to add is there") {
    const std::string text = section(testing::source_text("docs/contributing.md"), "Adding things");
    for (const char* thing : {"secret rule", "exporter", "importer", "agent", "command", "check",
                              "field of the record", "setting", "error", "room"})
        CHECK((text.find(std::string("| a ") + thing) != std::string::npos ||
               text.find(std::string("| an ") + thing) != std::string::npos));
    const std::regex path("`((?:src|include|docs|tests)/[^`<>*]*)`");
    std::size_t paths = 0;
    for (std::sregex_iterator at(text.begin(), text.end(), path), end; at != end; ++at, ++paths) {
        INFO((*at)[1].str());
        CHECK(std::filesystem::exists(std::filesystem::path(testing::source_folder()) / (*at)[1].str()));
    }
    CHECK(paths >= 10);
}

TEST_CASE("contributing: every agent has sessions among the fixtures") {
    const std::string names = capture::agent_names();
    std::size_t from = 0;
    for (std::size_t to = 0; to != std::string::npos; from = to + 2) {
        to = names.find(", ", from);
        const std::string name = names.substr(from, to - from);
        INFO(name);
        CHECK(std::filesystem::is_directory(std::filesystem::path(testing::source_folder()) /
                                            "tests/fixtures/sessions" / name));
    }
}

TEST_CASE("contributing: every format of export and import is on its command's page") {
    const std::string exports = testing::source_text("docs/commands/export.md");
    for (const formats::Format& format : formats::formats()) {
        INFO(format.name);
        CHECK(exports.find("`" + std::string(format.name) + "`") != std::string::npos);
    }
    const std::string imports = testing::source_text("docs/commands/import.md");
    for (const formats::Importer& importer : formats::importers()) {
        INFO(importer.name);
        CHECK(imports.find("`" + std::string(importer.name) + "`") != std::string::npos);
    }
}

TEST_CASE("contributing: what OPENTRACES_ACCEPT rewrites is said in one place, which ctest listens to") {
    for (const testing::SourceFile& file : testing::source_files("tests")) {
        INFO(file.path);
        CHECK((file.path == "tests/golden.hpp" ||
               file.text.find(std::string("getenv(\"OPENTRACES") + "_ACCEPT\")") == std::string::npos));
    }
    CHECK(testing::source_text("tests/golden.hpp").find("REWRITTEN:") != std::string::npos);
    CHECK(testing::source_text("tests/CMakeLists.txt").find("SKIP_REGULAR_EXPRESSION \"REWRITTEN:\"") !=
          std::string::npos);
}
