// What a listing shows of a task.
#include "opentraces/trace/title.hpp"

#include "catch.hpp"
#include "opentraces/core/text.hpp"

using opentraces::trace::title_of;

namespace {

struct Row {
    const char* task;
    const char* title;
};

constexpr Row k_rows[] = {
    {"Fix the login bug", "Fix the login bug"},
    {"\n\n  Fix it  \nand more", "Fix it"},
    {"", ""},
    {"   \n\t", ""},
    // Announcements of what comes.
    {"Implement the following plan:\n\n# Fix: filter is not applied\n\n## Problem",
     "Fix: filter is not applied"},
    {"Implement the following plan:\n\n# Plan: Expand the README\n", "Expand the README"},
    {"IMPLEMENT THIS PLAN\nDo it", "Do it"},
    {"Implement the following plan", "Implement the following plan"},  // and nothing else
    // Headings and rules without words of their own.
    {"## Context\n\n---\n\nThe color is wrong", "The color is wrong"},
    {"Low Severity\n\nThe error is wrapped twice", "The error is wrapped twice"},
    {"### Summary\n**Goal:**\n> Make it fast", "Make it fast"},
    {"```\n???\n```", "```"},
    // Signs that belong to the words.
    {"--json prints two objects", "--json prints two objects"},
    {"*.cpp files are not found", "*.cpp files are not found"},
    {"# Heading that says it", "Heading that says it"},
    {"- a list begins", "a list begins"},
    // Pictures.
    {"[image: image/png, 29255 bytes]\nUse this logo", "Use this logo"},
    {"<image name=[Image #1]>\nUse it", "Use it"},
    // What editors put around a request.
    {"# Context from my IDE setup:\n\n## Open tabs:\n- a.go\n\n## My request for Codex:\ncheck go.mod",
     "check go.mod"},
    {"\n# Files mentioned by the user:\n\n## image (2).png: /home/x/image (2).png\n\n## My request for "
     "Codex:\nadd it",
     "add it"},
    // Commands of the agent.
    {"/init", "/init"},
    {" /workflows:review", "/workflows:review"},
    {"<command-message>init is analyzing\u2026</command-message>\n<command-name>/init</command-name>",
     "/init"},
    {"<command-name>/changelog</command-name>\n<command-args>for 0.4.3</command-args>",
     "/changelog for 0.4.3"},
    {"<system-reminder>be good</system-reminder>\nFix it", "Fix it"},
    {"<environment_context>\n<cwd>/x</cwd>\n</environment_context>\n\nFix it", "Fix it"},
    {"<b>bold</b> move", "<b>bold</b> move"},
    {"<system-reminder>only this</system-reminder>", "<system-reminder>only this</system-reminder>"},
    // Other scripts.
    {"\u555f\u52d5app\u6642", "\u555f\u52d5app\u6642"},
    {"# \u5e6b\u6211\u6aa2\u67e5", "\u5e6b\u6211\u6aa2\u67e5"},
};

}  // namespace

TEST_CASE("task title: the first words that say something") {
    for (const Row& row : k_rows) {
        INFO(row.task);
        CHECK(title_of(row.task) == row.title);
    }
}

TEST_CASE("task title: cut by code points and safe to show") {
    const std::string accents = [] {
        std::string text;
        for (int i = 0; i < 300; ++i)
            text += "\xC3\xA9";
        return text;
    }();
    CHECK(opentraces::code_points(title_of(accents)) == 200);
    CHECK(title_of("a\x1b[31mb") == "a\\x1b[31mb");
    CHECK(title_of("a\tb\rc") == opentraces::printable_line("a\tb\rc"));
}

TEST_CASE("task title: a long task costs its first lines only") {
    std::string task;
    for (int i = 0; i < 100'000; ++i)
        task += "#\n";
    CHECK(title_of(task + "words") == "#");
}
