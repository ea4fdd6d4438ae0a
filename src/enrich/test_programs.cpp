#include <algorithm>
#include <array>
#include <initializer_list>

#include "enrich/test_runs.hpp"
#include "opentraces/core/text.hpp"

namespace opentraces::enrich {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

struct Direct {
    std::string_view program;
    std::string_view verb;  // empty: the program alone runs tests
    std::string_view runner;
};

constexpr std::array<Direct, 47> k_direct = {{
    {"go", "test", "go"},
    {"gotestsum", "", "go"},
    {"cargo", "test", "cargo"},
    {"cargo", "nextest", "nextest"},
    {"cargo", "t", "cargo"},
    {"pytest", "", "pytest"},
    {"py.test", "", "pytest"},
    {"unittest", "", "unittest"},
    {"jest", "", "jest"},
    {"vitest", "", "vitest"},
    {"playwright", "test", "playwright"},
    {"mocha", "", "mocha"},
    {"ava", "", "ava"},
    {"tap", "", "tap"},
    {"karma", "start", "karma"},
    {"cypress", "run", "cypress"},
    {"bun", "test", "bun"},
    {"deno", "test", "deno"},
    {"node", "--test", "node"},
    {"ctest", "", "ctest"},
    {"mvn", "test", "maven"},
    {"mvn", "verify", "maven"},
    {"mvnw", "test", "maven"},
    {"mvnw", "verify", "maven"},
    {"gradle", "test", "gradle"},
    {"gradlew", "test", "gradle"},
    {"gradle", "check", "gradle"},
    {"gradlew", "check", "gradle"},
    {"dotnet", "test", "dotnet"},
    {"rspec", "", "rspec"},
    {"rails", "test", "minitest"},
    {"phpunit", "", "phpunit"},
    {"pest", "", "pest"},
    {"mix", "test", "mix"},
    {"swift", "test", "swift"},
    {"xcodebuild", "test", "swift"},
    {"flutter", "test", "dart"},
    {"dart", "test", "dart"},
    {"zig", "test", "zig"},
    {"sbt", "test", "sbt"},
    {"lein", "test", "lein"},
    {"stack", "test", "stack"},
    {"cabal", "test", "cabal"},
    {"bazel", "test", "bazel"},
    {"tox", "", "tox"},
    {"nox", "", "nox"},
    {"artisan", "test", "pest"},
}};

Command tail_of(const Command& words, std::size_t from) {
    if (from >= words.size()) return {};
    Command rest(words.begin() + static_cast<std::ptrdiff_t>(from), words.end());
    const std::size_t slash = rest.front().find_last_of("/\\");
    if (slash != std::string::npos) rest.front().erase(0, slash + 1);
    return rest;
}

// Without what starts programs of a project: "npx -y x", "uv run x", "python -m x", "bundle exec x".
Command launched(Command words) {
    for (;;) {
        if (words.size() < 2) return words;
        const std::string& program = words[0];
        std::size_t at = 0;
        if (is_one_of(program, {"npx", "bunx", "pnpx", "cross-env", "dotenv", "ruby", "php"})) {
            at = 1;
        } else if (is_one_of(program, {"pnpm", "yarn", "npm", "bundle", "mise", "asdf"}) &&
                   is_one_of(words[1], {"exec", "dlx", "x"})) {
            at = 2;
        } else if (is_one_of(program, {"uv", "poetry", "pipenv", "pdm", "hatch", "rye", "pixi"}) &&
                   words[1] == "run") {
            at = 2;
        } else if (program.starts_with("python") && words[1] == "-m") {
            at = 2;
        } else {
            return words;
        }
        while (at < words.size() && (words[at].starts_with('-') || words[at].find('=') != std::string::npos))
            ++at;
        Command rest = tail_of(words, at);
        if (rest.empty()) return words;
        words = std::move(rest);
    }
}

// "test", "test:ci", "unit-tests", "check-test"; not "latest".
bool names_tests(std::string_view task) {
    while (!task.empty()) {
        const std::size_t end = std::min(task.find_first_of(":-_./"), task.size());
        const std::string_view part = task.substr(0, end);
        if (is_one_of(part, {"test", "tests", "spec", "specs", "e2e"})) return true;
        task.remove_prefix(std::min(end + 1, task.size()));
    }
    return false;
}

std::string_view first_task(const Command& words, std::size_t from) {
    for (std::size_t at = from; at < words.size(); ++at) {
        if (is_one_of(words[at], {"-C", "-f", "--prefix", "--filter", "-w", "--workspace", "-F", "--dir"})) {
            ++at;
        } else if (!words[at].starts_with('-') && words[at].find('=') == std::string::npos) {
            return words[at];
        }
    }
    return {};
}

std::optional<TestProgram> task_of(const Command& words) {
    const std::string& program = words[0];
    if (is_one_of(program, {"npm", "pnpm", "yarn", "bun", "composer", "turbo", "nx", "lerna", "deno"})) {
        const std::string_view verb = first_task(words, 1);
        const auto place = std::find(words.begin(), words.end(), verb) - words.begin();
        const bool runs = is_one_of(verb, {"run", "run-script", "task"});
        const std::string_view task = runs ? first_task(words, static_cast<std::size_t>(place) + 1) : verb;
        const bool shorthand = program == "npm" && is_one_of(verb, {"t", "tst"});
        if (!shorthand && !names_tests(task)) return std::nullopt;
        if (!runs && !shorthand && is_one_of(verb, {"install", "i", "add", "why", "remove", "x", "dlx"}))
            return std::nullopt;
        return TestProgram{{}, runs ? program + " " + std::string(verb) : program};
    }
    if (is_one_of(program, {"make", "gmake", "just", "task", "rake", "ninja"})) {
        for (std::size_t at = 1; at < words.size(); ++at) {
            const bool checks = words[at] == "check" && program != "just" && program != "task";
            if (!words[at].starts_with('-') && (names_tests(words[at]) || checks))
                return TestProgram{{}, program};
        }
        return std::nullopt;
    }
    if (program == "mise" && words.size() > 2 && is_one_of(words[1], {"run", "r"}) &&
        names_tests(first_task(words, 2)))
        return TestProgram{{}, "mise"};
    return std::nullopt;
}

}  // namespace

std::optional<TestProgram> test_program_of(const Command& command) {
    Command words = launched(unwrapped(command));
    if (words.empty()) return std::nullopt;
    for (const std::string_view ending : {".exe", ".cmd", ".bat"}) {
        if (words[0].ends_with(ending)) words[0].resize(words[0].size() - ending.size());
    }
    if (words.size() > 1 && is_one_of(words[1], {"--version", "--help", "-h", "-V"})) return std::nullopt;
    for (const Direct& row : k_direct) {
        if (row.program != words[0]) continue;
        if (row.verb.empty()) return TestProgram{std::string(row.runner), {}};
        const bool anywhere = is_one_of(
            row.program, {"mvn", "mvnw", "gradle", "gradlew", "node", "xcodebuild", "sbt", "bazel"});
        const auto has = [&](const std::string& word) {
            return word == row.verb || (anywhere && word.ends_with(":" + std::string(row.verb)));
        };
        if (anywhere && std::any_of(words.begin() + 1, words.end(), has))
            return TestProgram{std::string(row.runner), {}};
        if (!anywhere && first_task(words, 1) == row.verb) return TestProgram{std::string(row.runner), {}};
    }
    return task_of(words);
}

}  // namespace opentraces::enrich
