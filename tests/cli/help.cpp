// Every command of the list explains itself and has a page.
#include <algorithm>

#include "catch.hpp"
#include "cli/command.hpp"
#include "source_files.hpp"
#include "workbench/workbench.hpp"

using namespace opentraces;
using testing::Workbench;

namespace {

std::vector<std::string> words(std::string_view name) {
    const std::size_t space = name.find(' ');
    if (space == std::string_view::npos) return {std::string(name)};
    return {std::string(name.substr(0, space)), std::string(name.substr(space + 1))};
}

std::string page_of(std::string_view name) {
    std::string file(name);
    std::replace(file.begin(), file.end(), ' ', '-');
    return "docs/commands/" + file + ".md";
}

// Other names of commands that have their page and tests under the first.
bool is_alias(std::string_view name) {
    return name.starts_with("session ") || name == "auth login" || name == "auth logout" || name == "manual";
}

// Whether a test gives these words to the program.
bool is_driven(std::string_view name, const std::string& tests) {
    std::string given = "{\"";
    for (const std::string& word : words(name))
        given += (given.size() > 2 ? "\", \"" : "") + word;
    return tests.find(given + "\"") != std::string::npos;
}

}  // namespace

TEST_CASE("every group of commands says what it is about") {
    Workbench bench;
    CHECK(bench.expect(0, {"--help"}).out.find("Commands called") == std::string::npos);
}

TEST_CASE("every command answers --help, and its page shows that help") {
    Workbench bench;
    for (const cli::Command& command : cli::commands()) {
        if (is_alias(command.name) || command.hidden) continue;
        INFO(std::string(command.name));
        std::vector<std::string> arguments = words(command.name);
        arguments.push_back("--help");
        const std::string help = bench.expect(0, arguments).out;
        CHECK(help.find(std::string(command.summary)) != std::string::npos);
        const std::string path = page_of(command.name);
        std::string page = testing::source_text(path);
        if (page.empty()) page = "# opentraces " + std::string(command.name) + "\n";
        testing::check_file(path, testing::with_block(page, "help", "```\n" + help + "```\n"));
    }
}

TEST_CASE("every command is run by a test") {
    std::string tests;
    for (const char* folder : {"tests/cli", "tests/hostile"})
        for (const testing::SourceFile& file : testing::source_files(folder))
            tests += file.text;
    for (const cli::Command& command : cli::commands()) {
        INFO(std::string(command.name));
        CHECK((is_alias(command.name) || is_driven(command.name, tests)));
    }
}

TEST_CASE("the main help names every command in its section, and the version tells what it is built with") {
    Workbench bench;
    const std::string help = bench.expect(0, {"--help"}).out;
    for (const char* name :
         {"init", "capture", "commit", "push", "parse", "validate", "scan", "session", "remote"}) {
        CHECK(help.find(std::string("  ") + name) != std::string::npos);
    }
    const std::string version = bench.expect(0, {"--version"}).out;
    CHECK(version.rfind("opentraces ", 0) == 0);
    CHECK(bench.expect(0, {"-V"}).out == version);
    const json::Value fields = bench.expect(0, {"--version", "--json"}).json();
    for (const char* name : {"version", "compiler", "schema_version", "rule_set_digest"})
        CHECK(version.find(std::string(fields[name].string_or())) != std::string::npos);
    CHECK(fields["commit"].if_string() != nullptr);
    CHECK(fields["libraries"]["SQLite"].if_string() != nullptr);
    CHECK(bench.expect(0, {}).out == help);
}
