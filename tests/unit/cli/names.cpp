// A dataset is called the same in every command, and lists are given a value at a time.
#include <algorithm>

#include "catch.hpp"
#include "cli/program.hpp"
#include "doubles/command_bench.hpp"
#include "opentraces/json/writer.hpp"

using namespace opentraces;
using testing::CommandBench;

namespace {

using Words = std::vector<std::string>;

Words words_of(std::string_view name) {
    const std::size_t space = name.find(' ');
    if (space == std::string_view::npos) return {std::string(name)};
    return {std::string(name.substr(0, space)), std::string(name.substr(space + 1))};
}

bool has(const cli::Declaration& declaration, std::string_view name) {
    return std::any_of(declaration.options.begin(), declaration.options.end(), [name](const auto& option) {
        const auto spellings = option.spellings();
        return std::find(spellings.begin(), spellings.end(), name) != spellings.end();
    });
}

// What else a command needs before it looks at its dataset.
Words needed_by(std::string_view command) {
    if (command == "export") return {"--format", "steps", "-o", "out.jsonl"};
    if (command == "remote add") return {"second"};
    if (command == "takedown") return {"4f2a90cc", "--remove", "--yes"};
    return {};
}

void make_project(CommandBench& bench) {
    REQUIRE(bench.run({"init", "--agent", "claude-code", "--no-hook"}).exit == 0);
}

}  // namespace

TEST_CASE("names: no command takes a bare name for a dataset") {
    int tried = 0;
    const cli::Program program;
    for (const auto& [command, declaration] : program.commands()) {
        INFO(std::string(command.name));
        for (const char* option : {"--repo", "--remote", "--dataset", "DATASET", "TARGET"}) {
            const bool by_place = option[0] != '-';
            if (!has(declaration, by_place ? option : "--repo")) continue;
            CommandBench bench;
            make_project(bench);
            Words words = words_of(command.name);
            for (const std::string& word : needed_by(command.name))
                words.push_back(word);
            if (!by_place) words.emplace_back(option);
            words.emplace_back("traces");
            const CommandBench::Result result = bench.run(words);
            INFO(option << ": " << result.out << result.err);
            CHECK(result.exit == 2);
            CHECK(result.err.find("./traces") != std::string::npos);
            CHECK(result.err.find("OWNER/traces") != std::string::npos);
            CHECK(result.err.find("opentraces remote add traces") != std::string::npos);
            ++tried;
        }
    }
    CHECK(tried >= 25);
}

TEST_CASE("names: DATASET and --repo are one thing, which is said once") {
    const cli::Program program;
    for (const auto& [command, declaration] : program.commands()) {
        if (!has(declaration, "DATASET")) continue;
        INFO(std::string(command.name));
        CHECK(has(declaration, "--repo"));
        CommandBench bench;
        Words words = words_of(command.name);
        for (const char* word : {"./a", "--repo", "./b"})
            words.emplace_back(word);
        const CommandBench::Result result = bench.run(words);
        CHECK(result.exit == 2);
        CHECK(result.err.find("exclude each other") != std::string::npos);
    }
}

TEST_CASE("names: the older names of --repo are told of nowhere") {
    const cli::Program program;
    for (const auto& [command, declaration] : program.commands()) {
        INFO(std::string(command.name));
        CHECK_FALSE(has(declaration, "--remote"));
        CHECK_FALSE(has(declaration, "--dataset"));
    }
}

TEST_CASE("names: an option takes one value, and what follows is something else") {
    const cli::Program program;
    int tried = 0;
    for (const auto& [command, declaration] : program.commands()) {
        for (const cli::OptionDescription& option : declaration.options) {
            if (option.is_positional() || option.value.empty() || option.value_optional) continue;
            // One that no command expects there, so that it is refused as what it is.
            CommandBench bench;
            Words words = words_of(command.name);
            words.push_back(option.spellings().back());
            words.push_back(!option.choices.empty() ? option.choices.front()
                            : option.value == "N"   ? "5"
                                                    : "x");
            const std::string stray = "stray-word";
            for (int i = 0; i < 8; ++i)
                words.push_back(stray);
            const CommandBench::Result result = bench.run(words);
            INFO(std::string(command.name) << " " << option.names << ": " << result.err);
            const bool takes_more =
                std::any_of(declaration.options.begin(), declaration.options.end(),
                            [](const auto& other) { return other.is_positional() && other.repeatable; });
            if (takes_more) continue;
            CHECK(result.exit == 2);
            CHECK(result.err.find(stray) != std::string::npos);
            ++tried;
        }
    }
    CHECK(tried > 15);
}

TEST_CASE("names: --agent A PATH takes one value and may be repeated") {
    CommandBench bench;
    make_project(bench);
    const std::string session =
        testing::source_folder() +
        "/tests/fixtures/sessions/claude-code/c93f3533-0f6b-4a61-99bd-7b788208ad61.jsonl";
    const CommandBench::Result once = bench.run({"capture", "--agent", "claude-code", session, "--json"});
    INFO(once.out << once.err);
    CHECK(once.exit == 0);
    CHECK(once.json()["captured"].integer() == 1);
    CommandBench other;
    const CommandBench::Result twice =
        other.run({"init", "--agent", "claude-code", "--agent", "codex", "--no-hook", "--json"});
    CHECK(json::to_compact(twice.json()["agents"]) == R"(["claude-code","codex"])");
}

TEST_CASE("names: what export reads may be said several times, before the traces") {
    CommandBench bench;
    make_project(bench);
    CHECK(bench.run({"export", "--format", "steps", "--stage", "inbox", "--stage", "pushed", "-o", "x.jsonl"})
              .exit == 6);
    const CommandBench::Result one = bench.run({"export", "--format", "steps", "--stage", "inbox", "0123"});
    CHECK(one.exit == 6);
    CHECK(one.err.find("0123") != std::string::npos);
}

TEST_CASE("names: the name of a remote cannot be taken for a dataset") {
    CommandBench bench;
    make_project(bench);
    for (const char* name : {"ada/traces", "./x", "file:x"})
        CHECK(bench.run({"remote", "add", name, "./dataset"}).exit == 2);
    CHECK(bench.run({"remote", "add", "team", "ada/traces"}).exit == 0);
}

TEST_CASE("names: a push into a file says what a dataset is") {
    CommandBench bench;
    make_project(bench);
    bench.write("rows.jsonl", "{}\n");
    for (const char* name : {"rows.jsonl", "./rows.jsonl"}) {
        const CommandBench::Result result = bench.run({"push", "--repo", name});
        CHECK(result.exit == 2);
        CHECK(result.err.find("is a file; a dataset is a folder") != std::string::npos);
        CHECK(result.err.find("opentraces import") != std::string::npos);
    }
}
