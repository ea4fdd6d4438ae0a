// Every command of the list explains itself and has a page.
#include <cstdlib>
#include <filesystem>

#include "catch.hpp"
#include "cli/command.hpp"
#include "where.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::Workbench;

namespace {

const std::string k_start = "<!-- help -->\n```\n";
const std::string k_end = "```\n<!-- /help -->\n";

std::vector<std::string> words(std::string_view name) {
    const std::size_t space = name.find(' ');
    if (space == std::string_view::npos) return {std::string(name)};
    return {std::string(name.substr(0, space)), std::string(name.substr(space + 1))};
}

std::filesystem::path page_of(std::string_view name) {
    std::string file(name);
    for (char& c : file)
        c = c == ' ' ? '-' : c;
    return std::filesystem::path(opentraces::testing::source_folder()) / "docs/commands" / (file + ".md");
}

// Replaces the help block of the page; a page without one gets it at the end.
std::string with_help(std::string page, const std::string& help) {
    const std::size_t begin = page.find(k_start);
    const std::size_t end = page.find(k_end);
    const std::string block = k_start + help + k_end;
    if (begin == std::string::npos || end == std::string::npos) return page + "\n" + block;
    return page.substr(0, begin) + block + page.substr(end + k_end.size());
}

}  // namespace

TEST_CASE("every group of commands says what it is about") {
    Workbench bench;
    CHECK(bench.expect(0, {"--help"}).out.find("Commands called") == std::string::npos);
}

TEST_CASE("every command answers --help, and its page shows that help") {
    Workbench bench;
    for (const cli::Command& command : cli::commands()) {
        if (command.name.rfind("session ", 0) == 0 || command.name == "auth login" ||
            command.name == "auth logout")
            continue;
        INFO(std::string(command.name));
        std::vector<std::string> arguments = words(command.name);
        arguments.push_back("--help");
        const std::string help = bench.expect(0, arguments).out;
        CHECK(help.find(std::string(command.summary)) != std::string::npos);
        const auto path = page_of(command.name);
        const bool accept = std::getenv("OPENTRACES_ACCEPT") != nullptr;
        if (accept && !std::filesystem::exists(path))
            bench.write(path, "# opentraces " + std::string(command.name) + "\n");
        REQUIRE(std::filesystem::exists(path));
        const std::string page = Workbench::read(path);
        const std::string wanted = with_help(page, help);
        if (accept && page != wanted) {
            bench.write(path, wanted);
            WARN("skipped: rewritten " << path.string());
        } else {
            CHECK(page == wanted);
        }
    }
}

TEST_CASE("the main help names every command in its section, and the version is one line") {
    Workbench bench;
    const std::string help = bench.expect(0, {"--help"}).out;
    for (const char* name :
         {"init", "capture", "commit", "push", "parse", "validate", "scan", "session", "remote"}) {
        CHECK(help.find(std::string("  ") + name) != std::string::npos);
    }
    CHECK(bench.expect(0, {"--version"}).out.rfind("opentraces ", 0) == 0);
    CHECK(bench.expect(0, {}).out == help);
}
