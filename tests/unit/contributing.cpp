// docs/contributing.md has a row for each thing that people add; its paths are there.
#include <filesystem>
#include <regex>

#include "catch.hpp"
#include "opentraces/capture/agent.hpp"
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
    for (const char* thing :
         {"secret rule", "exporter", "importer", "agent", "command", "check", "setting", "error", "room"})
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
