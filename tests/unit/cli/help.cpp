// What the program tells of itself.
#include <algorithm>
#include <filesystem>

#include "catch.hpp"
#include "cli/cells.hpp"
#include "cli/help_page.hpp"
#include "doubles/command_bench.hpp"
#include "golden.hpp"
#include "opentraces/core/text.hpp"
#include "source_files.hpp"

using namespace opentraces;
using testing::BufferTerminal;
using testing::CommandBench;

namespace {

using Words = std::vector<std::string>;

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        lines.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

std::vector<std::string> places() {
    const cli::Program program;
    std::vector<std::string> all = cli::help_places(program);
    all.insert(all.end(), {"", "environment", "complete", "manual"});
    return all;
}

CommandBench::Result refused(const Words& words) {
    CommandBench bench;
    const CommandBench::Result result = bench.run(words);
    CHECK(result.exit == 2);
    CHECK(result.out == "");
    return result;
}

std::string visible(std::string text) {
    for (std::size_t at = 0; (at = text.find('\x1b', at)) != std::string::npos;)
        text.replace(at, 1, "^");
    return text;
}

}  // namespace

TEST_CASE("help: nothing is wider than 80 columns, and all fits into narrower terminals") {
    const cli::Program program;
    for (const std::string& place : places()) {
        INFO(place);
        for (const int width : {50, 80, 120, 1000}) {
            for (const std::string& line : lines_of(cli::help_page(program, place, {width, false}))) {
                INFO(line);
                const bool is_example = line.starts_with("  opentraces ");  // a word of a shell stays whole
                const bool is_name = line.find(' ', 2) == std::string::npos;
                CHECK((code_points(line) <= static_cast<std::size_t>(std::min(width, 80)) ||
                       (width < 80 && (is_example || is_name))));
            }
        }
    }
}

TEST_CASE("help: every command has an example, variables and a page that exists") {
    const cli::Program program;
    for (const auto& [command, declaration] : program.commands()) {
        INFO(std::string(command.name));
        CHECK_FALSE(declaration.examples.empty());
        for (const cli::Example& example : declaration.examples) {
            CHECK(example.line.starts_with("opentraces "));
            CHECK(example.line.size() <= 78);
            CHECK_FALSE(example.about.empty());
        }
        const std::string page = cli::help_page(program, command.name, {});
        CHECK(page.find("HF_TOKEN") != std::string::npos);
        CHECK(page.find("opentraces help environment") != std::string::npos);
        if (command.hidden) continue;
        const std::string path = cli::page_path(command);
        CHECK(page.find(path) != std::string::npos);
        CHECK_FALSE(testing::source_text(path).empty());
    }
}

TEST_CASE("help: a page at 80 and 120 columns, with colours and without") {
    std::string text;
    for (const Words& words : {Words{}, Words{"help", "remote", "add"}, Words{"config"}}) {
        for (const bool colours : {false, true}) {
            std::string narrow;
            for (const int columns : {80, 120}) {
                CommandBench bench;
                BufferTerminal terminal;
                terminal.columns = columns;
                terminal.colours = colours;
                CHECK(bench.run_at(terminal, words).exit == 0);
                if (columns == 80) narrow = terminal.output;
                CHECK(terminal.output == narrow);  // longer lines are harder to read
            }
            text += std::string("== ") + (words.empty() ? "" : words.front()) +
                    (colours ? ", in colours\n" : "\n") + visible(narrow);
        }
    }
    testing::check_golden("help.txt", text);
}

TEST_CASE("help: three ways lead to one page") {
    CommandBench bench;
    const std::string page = bench.run({"help", "remote", "add"}).out;
    CHECK(bench.run({"remote", "add", "--help"}).out == page);
    CHECK(bench.run({"remote", "add", "-h"}).out == page);
    CHECK(bench.run({"remote"}).out == bench.run({"help", "remote"}).out);
    CHECK(bench.run({}).out == bench.run({"help"}).out);
    CHECK(bench.run({"manual", "push"}).out == bench.run({"man", "push"}).out);
}

TEST_CASE("help: with --json it is an object, for a group and the program too") {
    CommandBench bench;
    for (const Words& words :
         {Words{"--json"}, Words{"remote", "--json"}, Words{"push", "--help", "--json"},
          Words{"--help", "--json"}, Words{"--version", "--json"}, Words{"help", "--json"}}) {
        const CommandBench::Result result = bench.run(words);
        CHECK(result.exit == 0);
        CHECK(result.json()["status"].string_or() == "ok");
    }
    CHECK(bench.run({"push", "--help", "--json"}).json()["help"]["name"].string_or() == "opentraces push");
}

TEST_CASE("help: hidden names are told of nowhere") {
    const cli::Program program;
    for (const auto& [command, declaration] : program.commands()) {
        if (!command.hidden) continue;
        const std::string name(command.name);
        INFO(name);
        CHECK(cli::help_page(program, "", {}).find("\n  " + name + " ") == std::string::npos);
        const Words all = cli::help_places(program);
        CHECK(std::find(all.begin(), all.end(), name) == all.end());
    }
}

TEST_CASE("suggestion: what may have been meant is said, everywhere") {
    struct Row {
        Words words;
        std::string meant;
    };
    const std::vector<Row> rows{
        {{"comit"}, "Did you mean 'commit'?"},
        {{"remote", "ad"}, "Did you mean 'remote add'?"},
        {{"add", "x"}, "Did you mean 'remote add'?"},
        {{"list", "--limt", "3"}, "Did you mean '--limit'?"},
        {{"push", "--dry-rnu"}, "Did you mean '--dry-run'?"},
        {{"--jsno"}, "Did you mean '--json'?"},
        {{"list", "--stage=comitted"}, "Did you mean 'committed'?"},
        {{"push", "--gated=atuo"}, "Did you mean 'auto'?"},
        {{"capture", "--agent", "claud"}, "Did you mean 'claude-code'?"},
        {{"parse", "--agent", "codx", "a.jsonl"}, "Did you mean 'codex'?"},
        {{"export", "--format", "atfi"}, "Did you mean 'atif'?"},
        {{"import", "--parser", "herms", "a.jsonl"}, "Did you mean 'hermes'?"},
        {{"config", "get", "review_polcy"}, "Did you mean 'review_policy'?"},
        {{"config", "set", "redct", "x"}, "Did you mean 'redact'?"},
        {{"help", "pusj"}, "Did you mean 'push'?"},
        {{"man", "pusj"}, "Did you mean 'push'?"},
    };
    for (const auto& [words, meant] : rows) {
        INFO(words.front());
        const std::string said = refused(words).err;
        INFO(said);
        CHECK(said.find(meant) != std::string::npos);
    }
    CommandBench bench;
    REQUIRE(bench.run({"init", "--no-hook", "--agent", "claude-code", "--repo", "./dataset"}).exit == 0);
    for (const Words& words : {Words{"remote", "use", "orign"}, Words{"remote", "remove", "orgin"},
                               Words{"push", "--repo", "oirgin"}, Words{"verify", "orign"}}) {
        const CommandBench::Result result = bench.run(words);
        INFO(result.err);
        CHECK(result.err.find("Did you mean 'origin'?") != std::string::npos);
    }
    CHECK(bench.run({"config", "set", "agents", "codx"}).err.find("'codex'") != std::string::npos);
}

TEST_CASE("suggestion: an id that is nearly one of a trace") {
    CommandBench bench;
    REQUIRE(bench.run({"init", "--no-hook", "--agent", "claude-code"}).exit == 0);
    const std::string session =
        testing::source_folder() +
        "/tests/fixtures/sessions/claude-code/c93f3533-0f6b-4a61-99bd-7b788208ad61.jsonl";
    REQUIRE(bench.run({"capture", session}).exit == 0);
    const std::string id(bench.run({"list", "--json"}).json()["traces"].at(0)["trace_id"].string_or());
    std::string mistyped = id.substr(0, 8);
    std::swap(mistyped[2], mistyped[3]);
    if (mistyped == id.substr(0, 8)) mistyped[3] = mistyped[3] == '0' ? '1' : '0';
    const CommandBench::Result result = bench.run({"show", mistyped});
    INFO(result.err);
    CHECK(result.exit == 6);
    CHECK(result.err.find("Did you mean '" + id.substr(0, 8)) != std::string::npos);
}

TEST_CASE("command line: words are told in the order in which they were given") {
    CHECK(refused({"status", "one", "two", "three"}).err.find("one two three") != std::string::npos);
    CHECK(refused({"remote", "show", "b", "a"}).err.find("b a") != std::string::npos);
    CHECK(refused({"status", "x", "--zzz", "y"}).err.find("x --zzz y") != std::string::npos);
    CHECK(refused({"list", "--limit", "-1"}).err.starts_with("error: --limit: -1 is less than 0\n"));
    CHECK(refused({"list", "--limit", "1.5"}).err.starts_with("error: --limit: '1.5' is no whole number\n"));
    CHECK(refused({"list", "--limit"}).err.starts_with("error: --limit needs a value\n"));
    CHECK(refused({"push", "--repo", "a", "--repo", "b"})
              .err.starts_with("error: --repo can be given only once"));
}
