#include "hub_emulator/gitattributes.hpp"

#include "catch.hpp"

using namespace hub_emulator;

TEST_CASE("patterns match as gitattributes(5) says") {
    struct Example {
        const char* pattern;
        const char* path;
        bool matches;
    };
    const Example examples[] = {
        {"*.bin", "a.bin", true},
        {"*.bin", "deep/er/a.bin", true},
        {"*.bin", "a.bin.txt", false},
        {"data/*.jsonl", "data/a.jsonl", true},
        {"data/*.jsonl", "data/x/a.jsonl", false},
        {"data/*.jsonl", "more/data/a.jsonl", false},
        {"data/**/*.jsonl", "data/a.jsonl", true},
        {"data/**/*.jsonl", "data/x/y/a.jsonl", true},
        {"data/**/*.jsonl", "data.jsonl", false},
        {"**/cache", "x/y/cache", true},
        {"data/**", "data/x/y", true},
        {"/top.txt", "top.txt", true},
        {"/top.txt", "x/top.txt", false},
        {"saved_model/**/*", "saved_model/v/x", true},
        {"*tfevents*", "runs/events.tfevents.1", true},
        {"a?c", "abc", true},
        {"[a-c]x", "bx", true},
        {"[!a-c]x", "bx", false},
        {"my[[:space:]]file", "my file", true},
        {"a\\*b", "a*b", true},
        {"a\\*b", "axb", false},
    };
    for (const auto& example : examples) {
        INFO(example.pattern << " against " << example.path);
        REQUIRE(git_pattern_matches(example.pattern, example.path) == example.matches);
    }
}

TEST_CASE("the last deciding line wins") {
    const GitAttributes rules(
        "# note\n*.jsonl filter=lfs diff=lfs merge=lfs -text\nsmall/*.jsonl -filter\n*.md text\n");
    REQUIRE(rules.is_lfs("a.jsonl"));
    REQUIRE_FALSE(rules.is_lfs("small/a.jsonl"));
    REQUIRE_FALSE(rules.is_lfs("README.md"));
}

TEST_CASE("the default file tracks archives and not JSON lines") {
    const GitAttributes rules(default_gitattributes());
    REQUIRE(rules.is_lfs("x/data.jsonl.gz"));
    REQUIRE(rules.is_lfs("a.parquet"));
    REQUIRE_FALSE(rules.is_lfs("data/train.jsonl"));
    REQUIRE_FALSE(rules.is_lfs("README.md"));
}

TEST_CASE("an exact-path line covers its own path") {
    for (const auto* path : {"data/a.jsonl", "with space.txt", "odd[1]*.txt", "a\\b"}) {
        REQUIRE(GitAttributes(exact_path_line(path)).is_lfs(path));
    }
    REQUIRE_FALSE(GitAttributes(exact_path_line("odd[1]*.txt")).is_lfs("odd1x.txt"));
}

TEST_CASE("ignore files") {
    const std::string text = "*.log\n!keep.log\nbuild/\n";
    REQUIRE(git_ignores(text, "x/a.log"));
    REQUIRE_FALSE(git_ignores(text, "keep.log"));
    REQUIRE(git_ignores(text, "build/x/y"));
    REQUIRE_FALSE(git_ignores(text, "build"));
}

TEST_CASE("binary samples") {
    using namespace std::string_literals;
    REQUIRE_FALSE(looks_binary(""));
    REQUIRE_FALSE(looks_binary("größe"));
    REQUIRE_FALSE(looks_binary("cut \xe2\x82"));
    REQUIRE(looks_binary("a\0b"s));
    REQUIRE(looks_binary("\xff\xfe"));
}
